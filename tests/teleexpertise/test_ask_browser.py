"""The draft in a real browser: it saves itself, alerts, says what is missing and what the law says, and is sent."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.teleexpertise.world import World
from virage.teleexpertise.models import Expertise

pytestmark = pytest.mark.browser

FIGURES = {"longueur": "3,2", "largeur": "2", "necrose": "10", "fibrine": "40", "bourgeonnement": "40"}


@pytest.fixture
def site(live_site):
    return live_site


@pytest.fixture
def world(site):
    world = World(timezone.now() - timedelta(hours=1))
    world.project.pools.add(world.pool)
    return world


@contextmanager
def opened(browser, site, member, **options):
    """A page signed in as that person, that fails the test on any script error or content policy report."""
    session = SessionStore()
    session[SESSION_KEY] = str(member.user_id)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session.save()
    context = browser.new_context(locale="fr-FR", **options)
    context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": site.url}])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert faults == []


def address(site, name: str, expertise: Expertise) -> str:
    return site.url + reverse(f"teleexpertise:{name}", args=[expertise.act.ref])


def fill_in(page, sign: str) -> None:
    page.check("[name=type][value=escarre]")
    page.fill("[name=apparition]", "10/2026")
    for name, value in FIGURES.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=epithelialisation]", "10")
    page.check("[name=exsudat][value=modere]")
    page.check("[name=douleur][value='4']")
    page.check(f"[name=signes][value={sign}]")
    page.fill("[name=question]", "Quel pansement ?")


def test_from_the_empty_draft_to_the_request_sent(site, world, chromium) -> None:
    draft = world.draft()
    with opened(chromium, site, world.nurse, viewport={"width": 1280, "height": 900}) as page:
        page.goto(address(site, "draft", draft))
        fill_in(page, "acute_ischaemia")
        expect(page.locator("#alertes")).to_contain_text("Appelez le 15", timeout=20_000)
        expect(page.locator("#toasts")).to_contain_text("Appelez le 15")
        page.locator("#alertes button").click()
        expect(page.locator("#alertes")).to_contain_text("Alerte lue")
        page.check(f"#destinataires [value='team:{world.pool.ref}']")
        expect(page.locator("#texte")).to_contain_text("14,00")
        page.fill("#cadre [name=wished_by]", "31/02/2027")
        expect(page.locator("#cadre [data-fault]")).to_contain_text("Ce jour n’existe pas", timeout=10_000)
        page.fill("#cadre [name=wished_by]", "")
        page.check("[name=consent-given_by][value=patient]")
        page.check("[name=consent-informed_on_exchange]")
        with page.expect_navigation():
            page.get_by_role("button", name="Enregistrer le consentement").click()
        page.check("#suits")
        with page.expect_navigation():
            page.get_by_role("button", name="Confirmer").click()
        expect(page.locator("#etat")).to_contain_text("Tout y est")
        page.fill("[name=question]", "Quel pansement, et pour combien de temps ?")  # and at once:
        with page.expect_navigation():
            page.get_by_role("button", name="Envoyer la demande").click()
        expect(page.locator("main")).to_contain_text("combien de temps")
    sent = Expertise.objects.get(pk=draft.pk)
    assert (sent.act.state, sent.act.project) == ("sent", world.project)
    assert sent.assessment.text("question") == "Quel pansement, et pour combien de temps ?"


def test_the_list_of_what_is_missing_leads_to_the_control_by_keyboard(site, world, chromium) -> None:
    draft = world.draft()
    with opened(chromium, site, world.nurse, viewport={"width": 390, "height": 844}) as page:
        page.goto(address(site, "draft", draft))
        page.locator("#etat a", has_text="Longueur").focus()
        page.keyboard.press("Enter")
        expect(page.locator("[name=longueur]")).to_be_focused()
        page.locator("#etat a", has_text="Confirmez").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#verifications")).to_be_focused()


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_and_are_accessible(site, world, chromium, width: int) -> None:
    draft, sent = world.draft(), world.sent()
    flagged = world.ready()
    world.answer_form(flagged, signes="sepsis")
    pages = {
        "requests": site.url + reverse("teleexpertise:requests"),
        "new": site.url + reverse("teleexpertise:new"),
        "new_for": site.url + reverse("teleexpertise:new_for", args=[world.patient.ref]),
        "draft": address(site, "draft", draft),
        "flagged": address(site, "draft", flagged),
        "act": address(site, "act", sent),
        "withdraw": address(site, "withdraw", sent),
    }
    found = {}
    with opened(chromium, site, world.nurse, viewport={"width": width, "height": 844}) as page:
        for name, url in pages.items():
            page.goto(url)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
            if results.violations_count:
                found[name] = results.generate_report()
    assert found == {}
