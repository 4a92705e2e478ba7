"""Too many failures: per account and per address, known to every process, with the hour; and what is told of them."""

import re
import threading

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import PASSWORD
from virage.journal.models import Entry
from virage.notifications.models import Message

NEW = "une-autre-phrase-2026"


@pytest.fixture
def someone(db):
    return factories.nurse(user__password=PASSWORD)


def enter(client, email, password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def fail(email, times=5, **extra):
    for _number in range(times):
        enter(Client(), email, "autre-chose-2026", **extra)


def test_the_refusal_says_from_when_on_to_try_again_and_is_told_once(someone):
    fail(someone.user.email)
    for _again in range(3):
        page = enter(Client(), someone.user.email)
        assert re.search(r"Réessayez après \d\d:\d\d:\d\d", page.content.decode())
    verbs = list(
        Entry.objects.filter(subject_ref=someone.user.ref).order_by("position").values_list("verb", flat=True)
    )
    assert verbs == ["sign_in_failed"] * 5 + ["locked_out"]
    assert Message.objects.filter(template="locked_out", address=someone.user.email).count() == 1


def test_one_account_waits_and_another_of_the_same_address_does_not(someone):
    colleague = factories.nurse(user__password=PASSWORD)
    fail(someone.user.email)
    client = Client()
    enter(client, colleague.user.email)
    assert "_auth_user_id" in client.session


def test_one_address_of_the_network_waits_whatever_account_it_tries(someone):
    for number in range(10):
        enter(Client(), f"inconnu{number}@essai.invalid", REMOTE_ADDR="192.0.2.7")
    here, elsewhere = Client(), Client()
    enter(here, someone.user.email, REMOTE_ADDR="192.0.2.7")
    enter(elsewhere, someone.user.email, REMOTE_ADDR="192.0.2.8")
    assert ("_auth_user_id" in here.session, "_auth_user_id" in elsewhere.session) == (False, True)


def test_behind_a_proxy_the_person_s_own_address_counts(someone, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        enter(Client(), f"inconnu{number}@essai.invalid", HTTP_X_FORWARDED_FOR="192.0.2.7")
    client = Client()
    enter(client, someone.user.email, HTTP_X_FORWARDED_FOR="192.0.2.8")
    assert "_auth_user_id" in client.session


def test_attempts_at_the_same_moment_are_counted_by_all(own_database):
    """Each thread has its own connection, as each process has: the count is in the database."""
    user = factories.nurse(user__password=PASSWORD).user

    def attempt():
        enter(Client(), user.email, "autre-chose-2026")
        connections.close_all()

    threads = [threading.Thread(target=attempt) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client = Client()
    enter(client, user.email)
    assert "_auth_user_id" not in client.session
    assert Entry.objects.filter(verb="sign_in_failed", subject_ref=user.ref).count() <= 5


def test_logs_hold_no_address_of_a_person(someone, caplog):
    with caplog.at_level("INFO", logger="virage"):
        fail(someone.user.email, times=6)
    assert someone.user.ref in caplog.text
    assert "@" not in caplog.text


def test_a_new_password_by_the_link_ends_sessions_and_the_wait(someone):
    elsewhere = Client()
    enter(elsewhere, someone.user.email)
    fail(someone.user.email)
    Client().post(reverse("account_reset_password"), {"email": someone.user.email})
    client = Client()
    page = client.get(Message.objects.get(template="password_reset").link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert elsewhere.get(reverse("me")).status_code == 302
    enter(client, someone.user.email, NEW)
    assert "_auth_user_id" in client.session
    assert Message.objects.filter(template="password_changed", address=someone.user.email).count() == 1
    again = Client().get(Message.objects.get(template="password_reset").link, follow=True)
    assert "Ce lien ne sert plus" in again.content.decode()


def test_changing_the_password_ends_the_other_sessions_only(someone):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        enter(client, someone.user.email)
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post(reverse("account_change_password"), fields).url == reverse("mfa_index")
    assert (here.get(reverse("me")).status_code, elsewhere.get(reverse("me")).status_code) == (200, 302)
    someone.user.refresh_from_db()
    assert someone.user.password.startswith("argon2")


@pytest.mark.parametrize("weak", ["court-2026", "password1234", "Fictivement-Long1"])
def test_a_weak_password_is_refused_with_the_reason(someone, weak):
    someone.user.last_name = "Fictivement-Long"
    someone.user.save()
    client = Client()
    enter(client, someone.user.email)
    page = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    assert page.status_code == 200
    assert page.context["form"].errors
    assert "Au moins 12 caractères" in page.content.decode()


def test_a_device_that_the_account_does_not_know_is_told_of_and_the_first_is_not(someone):
    known = Client()
    enter(known, someone.user.email)
    known.post(reverse("account_logout"))
    enter(known, someone.user.email)
    told = Message.objects.filter(template="new_device", address=someone.user.email)
    assert told.count() == 0
    enter(Client(), someone.user.email)
    assert told.count() == 1
    assert someone.user.email not in known.cookies["device"].value


def test_the_operator_takes_back_lost_factors_and_the_person_is_told(someone):
    Authenticator.objects.create(user=someone.user, type="webauthn", data={"name": "Perdue"})
    client = Client()
    client.force_login(someone.user)
    enter(client, someone.user.email)
    call_command("forget_factors", someone.user.email)
    assert not Authenticator.objects.filter(user=someone.user).exists()
    assert Message.objects.filter(template="factor_removed", address=someone.user.email).count() == 1
    with pytest.raises(CommandError):
        call_command("forget_factors", "inconnu@essai.invalid")
