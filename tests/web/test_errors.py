"""An error page says the number of the incident and nothing else; a database that is away is not the reader's fault."""

import logging

import pytest
from django.db import OperationalError
from django.test import Client

from virage.web import urls as web_urls

SECRET = "DURAND Jeanne 2 55 08 14 168 025 38"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch):
    """The page of help, failing."""

    def breaks(error: Exception) -> Client:
        def fails(*_: object, **__: object) -> None:
            raise error

        page = next(entry for entry in web_urls.urlpatterns if entry.name == "help")
        monkeypatch.setattr(page, "callback", fails)
        fails.login_required = False
        return Client(raise_request_exception=False)

    return breaks


def test_a_failed_page_shows_its_number_only(broken, db: None, caplog: pytest.LogCaptureFixture) -> None:
    answer = broken(ValueError(SECRET)).get("/aide/", {"q": SECRET})
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
    assert "DURAND" not in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers
    assert answer["Cache-Control"] == "private, no-store"


def test_a_database_that_is_away_says_when_to_come_back(broken, db: None) -> None:
    answer = broken(OperationalError(SECRET)).get("/aide/")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "DURAND" not in answer.content.decode()


def test_the_log_of_a_failure_holds_no_word_of_it(
    broken, db: None, caplog: pytest.LogCaptureFixture, settings
) -> None:
    settings.DEMO = False
    with caplog.at_level(logging.INFO):
        number = broken(ValueError(SECRET)).get("/aide/", {"q": SECRET})["X-Request-ID"]
    assert number
    assert [record.levelname for record in caplog.records if record.name == "django.request"] == ["ERROR"]


def test_a_number_from_outside_is_taken_behind_a_proxy_only(client: Client, db: None, settings) -> None:
    given = {"X-Request-ID": "proxy-0123456789"}
    assert client.get("/aide/", headers=given)["X-Request-ID"] != "proxy-0123456789"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/aide/", headers=given)["X-Request-ID"] == "proxy-0123456789"
    assert "<" not in client.get("/aide/", headers={"X-Request-ID": "<script>alert"})["X-Request-ID"]
