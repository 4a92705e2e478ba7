"""Every answer carries its headers: pages, refusals, errors, files to fetch, styles and scripts, redirects to https."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from virage.web.watch import incident

ALWAYS = {
    "Content-Security-Policy": re.compile(r"default-src 'none'.*frame-ancestors 'none'"),
    "Permissions-Policy": re.compile(r"geolocation=\(\)"),
    "Referrer-Policy": re.compile("^same-origin$"),
    "X-Content-Type-Options": re.compile("^nosniff$"),
    "X-Frame-Options": re.compile("^DENY$"),
    "Cross-Origin-Opener-Policy": re.compile("^same-origin$"),
    "Cross-Origin-Resource-Policy": re.compile("^same-origin$"),
    incident.HEADER: re.compile(r"^[0-9a-f]{16}$"),
}
pytestmark = pytest.mark.django_db


def missing(answer) -> list[str]:
    return [name for name, value in ALWAYS.items() if not value.search(answer.headers.get(name, ""))]


@pytest.mark.parametrize(
    "path, status",
    [
        ("/", 302),
        ("/aide/", 200),
        ("/nulle-part/", 404),
        ("/aide/?q=%00", 400),
        ("/static/ui/theme.css", 200),
        ("/static/ui/nothing.css", 404),
        ("/sante/vivant/", 200),
        ("/aide", 301),
    ],
)
def test_an_answer_to_anybody(client: Client, path: str, status: int) -> None:
    answer = client.get(path)
    answer.close()
    assert (answer.status_code, missing(answer)) == (status, [])


def test_a_refused_form_and_another_host(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert missing(strict.post("/langue/", {"language": "en"})) == []
    assert missing(client.get("/", headers={"host": "ailleurs.invalid"})) == []


def test_pages_stay_out_of_caches_and_styles_may_stay(client: Client) -> None:
    client.force_login(factories.nurse().user)
    for path in ("/", "/patients/", "/nulle-part/", "/static/ui/nothing.css", reverse("billing:own_csv")):
        assert client.get(path)["Cache-Control"] == "private, no-store", path
    style = client.get("/static/ui/theme.css")
    style.close()
    assert "no-store" not in style["Cache-Control"]


def test_https_is_asked_for_and_remembered(client: Client, settings) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    fresh = Client()
    moved = fresh.get("/aide/")
    assert (moved.status_code, moved["Location"], missing(moved)) == (301, "https://testserver/aide/", [])
    safe = fresh.get("/aide/", secure=True)
    assert "max-age=31536000" in safe["Strict-Transport-Security"]
    assert fresh.get("/sante/vivant/").status_code == 200, "a probe on the process's own port speaks http"


def test_a_cookie_is_for_this_site_alone_and_not_for_scripts(client: Client, settings) -> None:
    someone = factories.nurse(user__password=factories.PASSWORD)
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": someone.user.email, "password": factories.PASSWORD})
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert (bool(cookie["secure"]), cookie["samesite"]) == (True, "Lax"), name
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["language"]["httponly"]
