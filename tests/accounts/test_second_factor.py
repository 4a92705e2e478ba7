"""The second factor: compulsory for professionals, a code serves once, the last one stays, every change is told."""

import threading

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from cryptography.exceptions import InvalidTag
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import PASSWORD
from tests.pages import objects, walk
from tests.pages.table import TABLE
from virage.accounts.middleware import WHILE_LOCKED, WHILE_SETTING_UP
from virage.accounts.storage import seal, unseal
from virage.journal.models import Entry
from virage.notifications.models import Message

NOW = 1_800_000_000  # seconds; the clock of codes


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: NOW)


@pytest.fixture
def someone(db):
    return factories.nurse(user__password=PASSWORD)


def code_of(secret, step=0):
    return format_hotp_value(hotp_value(secret, NOW // 30 + step))


def enter(user):
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def again(client):
    """Say the password once more, as changes of factors ask."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def with_app(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def key(user):
    """A key as allauth keeps it; only its being there matters."""
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Clé", "credential": {}})


def test_an_application_is_linked_by_its_code_and_recovery_codes_come_with_it(someone):
    client = again(enter(someone.user))
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert secret in page.content.decode(), "can be copied into an application of the computer"
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    assert client.get(answer.url).content.decode().count("data-print") == 1
    stored = Authenticator.objects.get(user=someone.user, type="totp").data["secret"]
    assert secret not in stored
    assert Entry.objects.filter(verb="factor_added", subject_ref=someone.user.ref, data={"how": "totp"}).count() == 1
    assert Message.objects.filter(template="factor_added", address=someone.user.email).count() == 1


def test_a_wrong_code_links_nothing(someone):
    client = again(enter(someone.user))
    client.get(reverse("mfa_activate_totp"))
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.filter(user=someone.user).exists()


def test_linking_asks_who_one_is(someone):
    client = enter(someone.user)
    assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))


def test_a_code_is_asked_for_and_serves_once(someone):
    secret = with_app(someone.user)
    client = enter(someone.user)
    assert client.get(reverse("home")).url.startswith(reverse("account_login")), "not signed in yet"
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).url == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    second = enter(someone.user)
    for form in (code_of(secret), code_of(secret)[:3] + " " + code_of(secret)[3:]):
        second.post(reverse("mfa_authenticate"), {"code": form})
        assert "_auth_user_id" not in second.session
    how = Entry.objects.get(verb="signed_in", subject_ref=someone.user.ref).data["how"]
    assert how == "password + totp"
    assert Entry.objects.filter(verb="sign_in_failed", subject_ref=someone.user.ref).exists()


def test_a_code_is_remembered_as_used_for_as_long_as_it_is_valid(someone, monkeypatch):
    secret = with_app(someone.user)
    enter(someone.user).post(reverse("mfa_authenticate"), {"code": code_of(secret, step=1)})
    cache.delete(f"allauth.mfa.totp.used?user={someone.user.pk}&code={code_of(secret, step=1)}")  # after 30 seconds
    later = enter(someone.user)
    later.post(reverse("mfa_authenticate"), {"code": code_of(secret, step=1)})
    assert "_auth_user_id" not in later.session


def test_a_recovery_code_replaces_the_application_once(someone):
    with_app(someone.user)
    code = RecoveryCodes.activate(someone.user).generate_codes()[0]
    first, second = enter(someone.user), enter(someone.user)
    first.post(reverse("mfa_authenticate"), {"code": code})
    second.post(reverse("mfa_authenticate"), {"code": code})
    assert ("_auth_user_id" in first.session, "_auth_user_id" in second.session) == (True, False)


def test_after_five_wrong_codes_one_is_told_until_when(someone):
    secret = with_app(someone.user)
    client = enter(someone.user)
    for _number in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    page = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "Réessayez après" in page.content.decode()
    assert Message.objects.filter(template="locked_out", address=someone.user.email).count() == 1


@pytest.mark.parametrize("demo", [True, False])
def test_the_last_application_is_removed_in_the_demo_only(someone, settings, demo):
    settings.DEMO = demo
    secret = with_app(someone.user)
    client = enter(someone.user)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    again(client).post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=someone.user).exists() is not demo
    assert Entry.objects.filter(verb="factor_removed", subject_ref=someone.user.ref).exists() is demo


def test_the_last_key_is_refused_and_one_of_two_is_not(someone, settings):
    settings.DEMO = False
    client = Client()
    client.force_login(someone.user)
    one, other = key(someone.user), key(someone.user)
    again(client)
    assert client.post(reverse("mfa_remove_webauthn", args=[one.pk])).status_code == 302
    refused = client.post(reverse("mfa_remove_webauthn", args=[other.pk]))
    assert refused.status_code == 403
    assert "dernier second facteur" in refused.content.decode()
    assert list(Authenticator.objects.filter(user=someone.user)) == [other]


def test_a_key_of_somebody_else_cannot_be_removed_nor_renamed(someone):
    other = key(factories.nurse().user)
    client = Client()
    client.force_login(someone.user)
    again(client)
    assert client.post(reverse("mfa_remove_webauthn", args=[other.pk])).status_code == 404
    assert client.post(reverse("mfa_edit_webauthn", args=[other.pk]), {"name": "Mienne"}).status_code == 404


def test_two_keys_removed_at_the_same_moment_leave_one(own_database, settings):
    settings.DEMO = False
    user = factories.nurse(user__password=PASSWORD).user
    keys = [key(user), key(user)]
    clients = []
    for _key in keys:
        client = Client()
        client.force_login(user)
        clients.append(again(client))
    answers = []

    def remove(client, one):
        answers.append(client.post(reverse("mfa_remove_webauthn", args=[one.pk])).status_code)
        connections.close_all()

    threads = [threading.Thread(target=remove, args=pair) for pair in zip(clients, keys, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 403]
    assert Authenticator.objects.filter(user=user).count() == 1


def test_a_sealed_secret_opens_with_the_installation_s_keys_only(settings):
    sealed = seal("SECRET")
    assert sealed != seal("SECRET"), "never twice the same"
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(InvalidTag):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert unseal(sealed) == "SECRET"


def test_a_professional_without_a_factor_is_led_to_the_page_that_adds_one(someone, settings):
    settings.DEMO = False
    client = enter(someone.user)
    assert client.get(reverse("patients")).url == reverse("mfa_index")
    page = client.get(reverse("mfa_index")).content.decode()
    assert "Ajoutez un second facteur" in page
    assert reverse("patients") not in page, "no room is offered"
    assert client.get(reverse("home"), headers={"HX-Request": "true"}).status_code == 401
    again(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert client.get(reverse("patients")).status_code == 200


def test_one_who_has_no_role_is_asked_for_none(db, settings):
    settings.DEMO = False
    client = Client()
    client.force_login(factories.user())
    assert client.get(reverse("home")).status_code == 200


@pytest.mark.django_db
def test_every_address_is_shut_to_a_professional_without_a_factor(settings):
    """And while the session is locked: no page of the site but the few that open the door again."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    cast = walk.Cast()
    free = {"mfa_login_webauthn", "mfa_authenticate", "account_login"}
    for page in TABLE:
        if page.method != "GET":
            continue
        url = reverse(page.name, args=["0" if name == "no_number" else objects.made(name) for name in page.objects])
        settings.DEMO = False
        if page.name not in WHILE_SETTING_UP | free:
            answer = cast.asks("gp", "GET", url)
            assert (answer.status, answer.headers.get("Location")) == (302, reverse("mfa_index")), page.name
        settings.DEMO = True
        if page.name not in WHILE_LOCKED:
            locked = cast.asks("gp", "GET", url, session={"locked": True})
            assert locked.status == 302, page.name
            assert locked.headers["Location"].startswith(reverse("unlock")), page.name
