"""How long a session lasts, the lock of a shared computer, and ending sessions from elsewhere."""

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import PASSWORD
from virage.accounts.actions.members import suspend
from virage.accounts.middleware import sessions
from virage.accounts.rules.sessions import Lived, Verdict, judge
from virage.journal.models import Entry

IDLE, LONGEST, LOCK = 1800, 43200, 300
moments = st.integers(0, 100_000)


@pytest.fixture
def someone(db):
    return factories.nurse(user__password=PASSWORD)


def enter(user, **more):
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, **more})
    return client


def age(client, **seconds):
    """Put the session's moments back."""
    session = client.session
    for name, back in seconds.items():
        session[name] -= back
    session.save()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(began=moments, quiet=moments, shared=st.booleans(), locked=st.booleans(), since=moments)
def test_a_session_is_never_open_beyond_its_lengths(began, quiet, shared, locked, since):
    lived = Lived(began=began, seen=began + since, shared=shared, locked=locked)
    now = began + since + quiet
    verdict = judge(lived, now=now, idle=IDLE, longest=LONGEST, lock=LOCK)
    if now - began >= LONGEST or quiet >= IDLE:
        assert verdict is Verdict.OVER
    elif locked or (shared and quiet >= LOCK):
        assert verdict is Verdict.LOCKED
    else:
        assert verdict is Verdict.OPEN


def test_a_session_left_alone_is_over_and_says_so(someone):
    client = enter(someone.user)
    age(client, seen=django_settings.SESSIONS.idle)
    page = client.get(reverse("patients"), follow=True)
    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "Votre session a pris fin" in page.content.decode()


def test_a_session_is_over_after_its_longest_time_whatever_one_does(someone):
    client = enter(someone.user)
    age(client, began=django_settings.SESSIONS.longest)
    assert client.get(reverse("home")).status_code == 302


def test_a_sign_of_life_keeps_the_session_and_a_list_that_refreshes_itself_does_not(someone):
    client = enter(someone.user)
    age(client, seen=120)
    before = client.session["seen"]
    client.get(reverse("me"), headers={"X-Unattended": "1"})
    assert client.session["seen"] == before
    assert client.post(reverse("presence")).status_code == 204
    assert client.session["seen"] > before


def test_the_lock_shows_nothing_until_the_same_person_is_back(someone):
    client = enter(someone.user)
    answer = client.post(reverse("lock"), {"next": reverse("patients")})
    assert answer.url == f"{reverse('unlock')}?next=%2Fpatients%2F"
    assert client.get(reverse("patients")).url == answer.url
    page = client.get(answer.url)
    assert page.status_code == 200
    assert reverse("patients") in page.content.decode()
    assert client.post(reverse("unlock"), {"password": "autre-chose-2026", "next": "/patients/"}).status_code == 200
    assert client.get(reverse("patients")).status_code == 302
    assert client.post(reverse("unlock"), {"password": PASSWORD, "next": "/patients/"}).url == "/patients/"
    assert client.get(reverse("patients")).status_code == 200


def test_unlocking_never_leads_to_another_site(someone):
    client = enter(someone.user)
    client.post(reverse("lock"))
    answer = client.post(reverse("unlock"), {"password": PASSWORD, "next": "https://ailleurs.invalid/"})
    assert answer.url == reverse("home")


def test_the_password_of_somebody_else_does_not_unlock(someone):
    factories.nurse(user__password="le-mot-d-un-autre-2026")
    client = enter(someone.user)
    client.post(reverse("lock"))
    assert client.post(reverse("unlock"), {"password": "le-mot-d-un-autre-2026"}).status_code == 200
    assert client.session["locked"]


def test_a_shared_computer_locks_itself_and_another_does_not(someone):
    alone, shared = enter(someone.user), enter(someone.user, shared="on")
    for client in (alone, shared):
        age(client, seen=django_settings.SESSIONS.lock)
    assert alone.get(reverse("me")).status_code == 200
    assert shared.get(reverse("me")).url.startswith(reverse("unlock"))
    assert shared.cookies["shared_computer"].value == "1"


def test_a_script_is_told_so_and_not_shown_the_lock_as_its_answer(someone):
    client = enter(someone.user)
    client.post(reverse("lock"))
    here = {"HX-Request": "true", "HX-Current-URL": "http://testserver/patients/?page=2"}
    answer = client.get(reverse("me"), headers=here)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == f"{reverse('unlock')}?next=%2Fpatients%2F%3Fpage%3D2"
    fetched = client.post(reverse("presence"), headers={"Sec-Fetch-Dest": "empty"})
    assert (fetched.status_code, fetched.content) == (401, b"")


def test_changing_user_leaves_no_name_behind(someone):
    client = enter(someone.user, shared="on")
    client.post(reverse("account_logout"), {"next": reverse("account_login")})
    page = client.get(reverse("account_login")).content.decode()
    assert someone.user.email not in page
    assert someone.user.last_name not in page
    assert 'autocomplete="off"' in page


def test_a_request_that_began_before_the_lock_does_not_open_it(someone):
    """While a slow page is made, another tab locks; what the slow one then writes of the session keeps the lock."""
    client = enter(someone.user)

    def slow(request):
        client.post(reverse("lock"))
        request.session["membership"] = someone.pk
        return HttpResponse()

    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(client.session.session_key), someone.user
    sessions(slow)(request)
    request.session.save()
    assert client.session["locked"]
    assert client.session["membership"] == someone.pk


def test_one_ends_a_session_from_elsewhere_and_not_somebody_else_s(someone):
    here, there, stranger = enter(someone.user), enter(someone.user), factories.nurse(user__password=PASSWORD)
    enter(stranger.user)
    page = here.get(reverse("mfa_index")).content.decode()
    assert page.count('name="session"') == 1
    others = type(stranger.user).objects.get(pk=stranger.user.pk).usersession_set.get()
    url = reverse("accounts:session_end")
    assert here.post(url, {"session": others.pk, "once": "k0"}).status_code == 404
    row = someone.user.usersession_set.get(session_key=there.session.session_key)
    assert here.post(url, {"session": row.pk, "once": "k1"}).status_code == 302
    assert there.get(reverse("me")).status_code == 302
    assert here.get(reverse("me")).status_code == 200


def test_one_ends_all_other_sessions(someone):
    here, *others = (enter(someone.user) for _number in range(3))
    here.post(reverse("accounts:session_end"), {"others": "1", "once": "k1"})
    assert [client.get(reverse("me")).status_code for client in (here, *others)] == [200, 302, 302]
    assert Entry.objects.filter(verb="sessions_ended", subject_ref=someone.user.ref, data={"number": 2}).exists()


def test_the_sessions_of_a_suspended_person_end_and_do_not_come_back(someone):
    client = enter(someone.user)
    someone.user.is_active = False
    someone.user.save()
    assert client.get(reverse("me")).status_code == 302
    someone.user.is_active = True
    someone.user.save()
    assert client.get(reverse("me")).status_code == 302, "one signs in again"


def test_suspending_a_place_ends_the_sessions_of_the_person(someone):
    boss = factories.member("administrator", organisation_=someone.organisation)
    client = enter(someone.user)
    suspend(by=boss, member=someone, at=timezone.now())
    assert client.get(reverse("me")).status_code == 302


def test_the_account_s_chain_tells_what_happened_and_holds_no_address(someone):
    client = enter(someone.user)
    client.post(reverse("lock"))
    client.post(reverse("unlock"), {"password": PASSWORD})
    client.post(reverse("account_logout"))
    enter(someone.user)
    rows = Entry.objects.filter(subject_kind="account", subject_ref=someone.user.ref).order_by("position")
    assert [row.verb for row in rows] == [
        "signed_in",
        "session_locked",
        "session_unlocked",
        "signed_out",
        "signed_in",
    ]
    assert all("@" not in f"{row.data}{row.actor_label}" and "127.0.0.1" not in str(row.data) for row in rows)
    assert rows[0].at <= timezone.now()
