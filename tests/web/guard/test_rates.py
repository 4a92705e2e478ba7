"""What searches and what opens with a link may be asked so often and no more; one is told when to come back."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.pages.table import TABLE
from virage.web.guard import rates
from virage.web.guard.middleware import too_many

SIGN_IN = {"account_login", "account_reset_password", "account_reset_password_from_key"}  # allauth's own limits


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rates.RATES, "search", rates.Rate(most=3, seconds=3600))
    monkeypatch.setitem(rates.RATES, "records:phone_link", rates.Rate(most=3, seconds=3600, methods=("GET",)))


def searches(client: Client, times: int) -> list[int]:
    return [client.post(reverse("search"), {"q": "martin"}).status_code for _ in range(times)]


def test_too_many_searches_wait_and_are_told_how_long(client: Client, db: None) -> None:
    client.force_login(factories.nurse().user)
    assert searches(client, 4) == [200, 200, 200, 429]
    page = client.post(reverse("search"), {"q": "martin"})
    assert 0 < int(page["Retry-After"]) <= 3600
    assert re.search(r"Recommencez dans \d+ (seconde|minute)s?\.", page.content.decode())
    assert "martin" not in page.content.decode()


def test_the_page_speaks_english(client: Client, db: None) -> None:
    client.force_login(factories.nurse().user)
    client.cookies["language"] = "en"
    searches(client, 3)
    assert "Try again in" in client.post(reverse("search"), {"q": "martin"}).content.decode()


def test_another_account_is_not_concerned(client: Client, db: None) -> None:
    client.force_login(factories.nurse().user)
    searches(client, 4)
    client.force_login(factories.nurse().user)
    assert searches(client, 1) == [200]


def test_an_installation_may_allow_more(client: Client, db: None, settings) -> None:
    settings.RATE_FACTOR = 2
    client.force_login(factories.nurse().user)
    assert searches(client, 7) == [200] * 6 + [429]


def test_links_are_not_guessed_in_a_row(client: Client, db: None) -> None:
    address = reverse("records:phone_link", args=["0" * 22])
    assert [client.get(address).status_code for _ in range(4)] == [404, 404, 404, 429]
    assert client.get(address, REMOTE_ADDR="198.51.100.7").status_code == 404


def test_the_next_window_begins_anew(db: None) -> None:
    assert [rates.wait("search", "someone", at=7_199.0) for _ in range(4)] == [0, 0, 0, 1]
    assert rates.wait("search", "someone", at=7_200.0) == 0


def test_what_is_open_to_anyone_is_bounded() -> None:
    """A page that nobody must sign in for, with a secret in its address or a form on it."""
    bare = {page.name for page in TABLE if page.open and (page.objects or page.posts is not None)}
    assert bare - set(rates.RATES) - SIGN_IN == set()


def test_each_bound_is_that_of_a_page() -> None:
    assert set(rates.RATES) - {page.name for page in TABLE} == set()


@pytest.mark.parametrize(
    "seconds, words", [(1, "1 seconde."), (90, "90 secondes."), (91, "2 minutes."), (0, "quelques minutes.")]
)
def test_a_long_wait_is_told_in_minutes(rf, db: None, seconds: int, words: str) -> None:
    assert f"Recommencez dans {words}" in too_many(rf.get("/"), seconds).content.decode()


def test_whatever_looks_into_the_directory_is_bounded() -> None:
    """Both pages ask the same directory: neither is a way round the other's bound."""
    assert rates.RATES["records:oppose"] == rates.RATES["records:team_add"] == rates.SEARCH
