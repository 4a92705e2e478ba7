"""Every page in its richest role, looked at by axe at 390 pixels; a sample on a wide screen and in English."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext

from tests import ground
from tests.browser.house import PHONE, WIDE, accessible, fits, opened
from tests.pages import objects
from tests.pages.table import TABLE, Page
from virage.acts.views.door import VISIT

pytestmark = pytest.mark.browser

RICHEST = {  # where it is not the first that the table lets in
    "me": "wound_doctor",
    "billing:own": "dermatologist",
    "billing:line": "payer",
    "teleexpertise:record": "dermatologist",
    "account_login": "",
}
BESIDE = {"home": ("dermatologist", "gp", "ars", "payer", "national"), "teleexpertise:act": ("dermatologist",)}
SAMPLE = ("home", "patients", "teleexpertise:draft", "teleexpertise:act", "teleexpertise:report", "activity:state")
PARTS = 2


def looked_at(names: tuple[str, ...] = ()) -> Iterator[tuple[str, Page]]:
    """Who opens which page: those that answer 200 to a GET."""
    for page in TABLE:
        seen = page.who.get(200, "") if page.method == "GET" else ""
        if page.open == 200 or (seen and (not names or page.name in names)):
            first = RICHEST.get(page.name, seen.split()[0] if seen else "")
            yield "" if page.open == 200 else first, page
            yield from ((part, page) for part in BESIDE.get(page.name, ()) if page.expects(part) == 200)


def is_page(kind: str, text: str) -> bool:
    """Neither a file nor a fragment of a page."""
    return kind.startswith("text/html") and "<html" in text[:300]


def become(context: BrowserContext, home: str, part: str, language: str) -> None:
    context.clear_cookies()
    cookies = [{"name": "language", "value": language, "url": home}]
    if part == objects.VISITOR:
        cookies.append({"name": VISIT, "value": objects.visit(), "url": f"{home}{reverse('patient:home')}"})
    elif part:
        user, session = objects.member(part).user, SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookies.append({"name": "sessionid", "value": session.session_key, "url": home})
    context.add_cookies(cookies)


def look_at(chromium: Browser, home: str, visits: list[tuple[str, Page]], language: str, **options: object) -> None:
    with opened(chromium, home, **options) as page:
        who = None
        for part, entry in sorted(visits, key=lambda visit: visit[0]):
            if part != who:
                become(page.context, home, part, language)
                who = part
            address = reverse(entry.name, args=[objects.made(name) for name in entry.objects])
            answer = page.request.get(address)
            assert answer.status == 200, (address, part, answer.status)
            if is_page(answer.headers["content-type"], answer.text()):
                page.goto(address)
                assert page.locator("h1").count() == 1, address
                assert page.locator("html").get_attribute("lang") == language
                accessible(page)
                fits(page)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_on_a_phone(chromium: Browser, site: ground.Site, part: int) -> None:
    look_at(chromium, site.url, list(looked_at())[part::PARTS], "fr", viewport=PHONE)


def test_a_sample_on_a_wide_screen_and_in_english(chromium: Browser, site: ground.Site) -> None:
    look_at(chromium, site.url, list(looked_at(SAMPLE)), "fr", viewport=WIDE)
    look_at(chromium, site.url, list(looked_at(SAMPLE)), "en", viewport=PHONE, locale="en-GB")
