"""Signing in: a wrong password says no more than that; too many are refused; the demo opens with one press."""

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import PASSWORD
from virage.journal.models import Entry
from virage.notifications.models import Message

LOGIN = "account_login"


@pytest.fixture
def someone(db):
    return factories.nurse(user__password=PASSWORD)


def enter(client, email, password=PASSWORD, **more):
    return client.post(reverse(LOGIN), {"login": email, "password": password, **more})


def test_the_right_password_opens_the_home_page(client, someone):
    response = enter(client, someone.user.email)
    assert response.status_code == 302
    assert response.url == reverse("home")
    assert client.session["_auth_user_id"] == str(someone.user.pk)


def test_the_page_one_wanted_comes_after_signing_in(client, someone):
    assert enter(client, someone.user.email, next="/patients/").url == "/patients/"


def test_one_is_never_sent_to_another_site(client, someone):
    assert "ailleurs" not in enter(client, someone.user.email, next="https://ailleurs.invalid/").url


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, someone):
    wrong = enter(client, someone.user.email, "autre-chose-2026")
    unknown = enter(client, "inconnu@essai.invalid", "autre-chose-2026")
    assert wrong.status_code == unknown.status_code == 200
    words = [page.context["form"].non_field_errors()[0] for page in (wrong, unknown)]
    assert words[0] == words[1]


def test_a_closed_account_does_not_open(client, someone):
    someone.user.is_active = False
    someone.user.save()
    enter(client, someone.user.email)
    assert "_auth_user_id" not in client.session


def test_after_five_failures_even_the_right_password_waits(client, someone):
    for _attempt in range(5):
        enter(client, someone.user.email, "autre-chose-2026")
    page = enter(client, someone.user.email)
    assert "_auth_user_id" not in client.session
    assert page.status_code in (200, 429)


def test_nobody_opens_an_account_alone(client, db):
    assert client.get("/compte/signup/").status_code == 404
    assert client.get("/compte/email/").status_code == 404


def test_signing_in_speaks_the_language_of_ones_profile(client, someone):
    someone.user.language = "en"
    someone.user.save()
    assert enter(client, someone.user.email).cookies["language"].value == "en"


def test_a_language_chosen_on_this_device_is_kept(client, someone):
    someone.user.language = "fr"
    someone.user.save()
    client.cookies["language"] = "en"
    assert "language" not in enter(client, someone.user.email).cookies


def test_the_demo_page_lists_the_cast_with_one_press(client, db, settings):
    settings.DEMO = True
    page = client.get(reverse(LOGIN))
    people = page.context["demo_sign_ins"]
    assert len(people) > 10
    assert all(person.email in page.content.decode() for person in people)


def test_a_real_installation_lists_nobody(client, db, settings):
    settings.DEMO = False
    assert not client.get(reverse(LOGIN)).context["demo_sign_ins"]


def test_signing_out_ends_the_session(client, someone):
    client.force_login(someone.user)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_replaced_through_the_link(client, someone):
    assert client.post(reverse("account_reset_password"), {"email": someone.user.email}).status_code == 302
    message = Message.objects.get(template="password_reset", address=someone.user.email)
    page = client.get(message.link, follow=True)
    new = {"password1": "une-autre-phrase-2026", "password2": "une-autre-phrase-2026"}
    assert client.post(page.request["PATH_INFO"], new).status_code == 302
    someone.user.refresh_from_db()
    assert someone.user.check_password("une-autre-phrase-2026")


def test_an_unknown_address_gets_no_message_and_the_same_page(client, db):
    before = Message.objects.count(), Entry.objects.count()
    response = client.post(reverse("account_reset_password"), {"email": "inconnu@essai.invalid"})
    assert response.url == reverse("account_reset_password_done")
    assert (Message.objects.count(), Entry.objects.count()) == before


def test_a_bad_link_says_what_to_do(client, db):
    page = client.get(reverse("account_reset_password_from_key", args=["1", "faux-lien"]))
    assert page.status_code == 200
    assert reverse("account_reset_password") in page.content.decode()


@pytest.mark.parametrize("name", ["account_change_password", "account_reauthenticate", "account_logout"])
def test_pages_of_a_signed_in_person_are_in_our_look(client, someone, name):
    client.force_login(someone.user)
    page = client.get(reverse(name), follow=True)
    assert page.status_code == 200
    assert 'id="main"' in page.content.decode()
