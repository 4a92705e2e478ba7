"""The house as people have it: the platform in a process of its own with its worker, and browsers that watch."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect

from tests import ground
from virage.web.demo.data import CAST, PASSWORD

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
EMAILS = {person.part: person.email for person in CAST}
PICTURES = Path(ground.ROOT, "docs", "how-to", "pictures")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
QUIET = ("Failed to load resource", "htmx:afterRequest", "htmx:sendAbort")  # htmx tells so of a poll cut by leaving

WIDER = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > width + 1)
    .map((one) => one.outerHTML.slice(0, 160)).slice(-4);
}"""


class Watch:
    """Everything that a page must not do: script errors, policy reports, requests elsewhere, files that fail."""

    def __init__(self, home: str) -> None:
        self.host, self.faults, self.bad_line = urlsplit(home).netloc, list[str](), False

    def on(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._said)
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("requestfailed", self._failed)

    def _said(self, line: ConsoleMessage) -> None:
        if self.bad_line and line.text.startswith("htmx:"):
            return
        if line.type == "error" and not line.text.startswith(QUIET):
            self.faults.append(f"console: {line.text}")
        elif "Content Security Policy" in line.text:
            self.faults.append(f"policy: {line.text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != self.host:
            self.faults.append(f"elsewhere: {request.url}")

    def _failed(self, request: Request) -> None:
        if not self.bad_line and request.failure != "net::ERR_ABORTED":  # aborted: one has left the page
            self.faults.append(f"{request.failure}: {request.url}")

    def _answered(self, response: Response) -> None:
        """A page may be refused; what it is made of may not."""
        if response.status >= 400 and not response.request.is_navigation_request() and not self.bad_line:
            self.faults.append(f"{response.status}: {response.url}")


@contextmanager
def opened(browser: Browser, home: str, **options: Any) -> Iterator[Page]:
    """A page of a browser of its own; the test fails on whatever `Watch` saw."""
    settings = {
        "locale": "fr-FR",
        "viewport": WIDE,
        "timezone_id": "Europe/Paris",
        "permissions": ["camera"],
    } | options
    context = browser.new_context(base_url=home, **settings)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.watch = Watch(home)  # type: ignore[attr-defined]
    page.watch.on(page)  # type: ignore[attr-defined]
    try:
        yield page
    except BaseException:
        print(page.url, page.locator("body").inner_text()[:2000])  # noqa: T201 - pytest shows it with the failure
        picture(page, "failed")
        raise
    context.close()
    assert not page.watch.faults, page.watch.faults  # type: ignore[attr-defined]


def sign_in(page: Page, part: str) -> None:
    """By the form, as the member of the cast does it."""
    page.goto("/compte/connexion/")
    page.locator("#id_login").fill(EMAILS[part])
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page).not_to_have_url(re.compile("connexion"))


@contextmanager
def signed_in(browser: Browser, home: str, part: str, **options: Any) -> Iterator[Page]:
    with opened(browser, home, **options) as page:
        sign_in(page, part)
        yield page


def answer(page: Page, key: str, *values: str) -> None:
    """Answer one question of a questionnaire, whatever control it is shown by."""
    field = page.locator(f"[name='{key}']")
    kind = field.first.evaluate("one => one.type || one.tagName.toLowerCase()")
    if kind in ("radio", "checkbox"):
        for value in values:
            page.locator(f"[name='{key}'][value='{value}']").check()
    elif kind.startswith("select"):
        field.first.select_option(list(values))
    else:
        field.first.fill(values[0])


def accessible(page: Page, known: tuple[str, ...] = ()) -> None:
    """WCAG 2.2 AA as far as axe can see: nothing serious, nothing critical."""
    found = Axe().run(page, options=RULES).response["violations"]
    grave = {
        one["id"]: [node["html"][:160] for node in one["nodes"]][:3]
        for one in found
        if one["impact"] in ("serious", "critical") and one["id"] not in known
    }
    assert grave == {}, (page.url, grave)


def fits(page: Page) -> None:
    """Nothing is wider than the window."""
    wide = page.evaluate(WIDER)
    assert not wide, (page.url, wide)


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """For the guides: taken when VIRAGE_PICTURES=1. SCREENSHOTS names a folder to look at them."""
    with suppress(KeyError):
        page.screenshot(path=f"{os.environ['SCREENSHOTS']}/{name}.png", full_page=True)
    if os.environ.get("VIRAGE_PICTURES") == "1":
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(500)  # a scroll under way, a picture being drawn
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.jpg", full_page=whole, type="jpeg", quality=60, scale="css")
