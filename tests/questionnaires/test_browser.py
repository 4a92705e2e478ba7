"""Forms in a real browser: what is asked follows the answers, and nothing typed is lost on a bad line."""

import os
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.questionnaires.samples import HL7, LINES, questionnaire
from virage.questionnaires.actions import load_library, publish, start
from virage.questionnaires.models import Response
from virage.questionnaires.reports.reading import latest

pytestmark = pytest.mark.browser

AT = datetime(2026, 3, 1, 13, 2, tzinfo=UTC)
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PROJECTS = questionnaire(
    {
        "linkId": "p",
        "type": "group",
        "text": "Projet",
        "repeats": True,
        "item": [
            {"linkId": "nom", "type": "string", "text": "Nom", "required": True},
            {
                "linkId": "autre",
                "type": "string",
                "text": "Précisez",
                "enableWhen": [{"question": "nom", "operator": "=", "answerString": "autre"}],
            },
            {
                "linkId": "a",
                "type": "group",
                "text": "Acteur",
                "repeats": True,
                "item": [{"linkId": "role", "type": "string", "text": "Rôle"}],
            },
        ],
    },
    {
        "linkId": "duree",
        "type": "quantity",
        "text": "Durée",
        "extension": [
            {"url": f"{HL7}questionnaire-unitOption", "valueCoding": {"code": code}} for code in ("d", "wk")
        ],
    },
    {
        "linkId": "long",
        "type": "string",
        "text": "Longtemps",
        "enableWhen": [{"question": "duree", "operator": ">", "answerQuantity": {"value": 2, "code": "wk"}}],
    },
    {"linkId": "jour", "type": "date", "text": "Jour"},
    {
        "linkId": "tard",
        "type": "string",
        "text": "Pourquoi si tard",
        "enableWhen": [{"question": "jour", "operator": ">=", "answerDate": "2026-06-01"}],
    },
)


@pytest.fixture(scope="module", autouse=True)
def _async_unsafe():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread
        yield


@pytest.fixture
def site(own_database, settings):
    settings.ROOT_URLCONF = "tests.questionnaires.site"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    server = LiveServer("127.0.0.1")
    load_library(AT)
    yield server
    server.stop()


@pytest.fixture
def chromium(require_tool):
    with sync_playwright() as playwright:
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=require_tool("chromium"), args=arguments)
        yield browser
        connections.close_all()  # Playwright's loop has its own: the database is dropped after the test
        browser.close()


@contextmanager
def opened(browser, **options):
    """A page that fails the test on any script error or content policy report."""
    context = browser.new_context(locale=options.pop("locale", "fr-FR"), **options)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()
    assert faults == []


def draft_of(name):
    return start(version=latest(name), author_id=7, author_label="Camille Fictive", at=AT)


def stored(draft):
    return Response.objects.get(pk=draft.pk)


def picture(page, name):
    """Screenshots are looked at: they go where SCREENSHOTS says, when it says."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def address(site, draft):
    return f"{site.url}/essai/{draft.ref}/"


def field(page, key):
    return page.locator(f'[name="{key}"]')


def choose(page, key, code):
    page.locator(f'[name="{key}"][value="{code}"]').check()


def fill_wound(page):
    choose(page, "type", "ulcere-veineux")
    field(page, "apparition").fill("01/2026")
    field(page, "longueur").fill("4,5")
    field(page, "largeur").fill("2")
    field(page, "fibrine").fill("70")
    field(page, "bourgeonnement").fill("30")
    choose(page, "exsudat", "modere")
    choose(page, "douleur", "3")
    choose(page, "signes", "aucun")
    field(page, "question").fill("Quel pansement proposer ?")


def saved(page):
    expect(page.locator("[data-autosave-status]")).to_contain_text("Enregistré à", timeout=8000)


def test_a_wound_is_assessed_from_the_first_field_to_the_end(site, chromium):
    draft = draft_of("plaie-evaluation")
    with opened(chromium, viewport=WIDE) as page:
        page.goto(address(site, draft))
        page.get_by_role("button", name="Envoyer").click()
        expect(page.locator(".error-summary")).to_be_focused()
        expect(page.locator(".error-summary li")).to_have_count(9)
        picture(page, "wound-missing")
        page.locator(".error-summary a").nth(2).click()
        expect(field(page, "longueur")).to_be_focused()
        fill_wound(page)
        saved(page)
        expect(page.locator('[data-calculated="surface"]')).to_have_text("7,07")
        expect(page.locator('[data-calculated="tissus-total"]')).to_have_text("100")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("heading", name="Lu")).to_be_visible()
        expect(page.get_by_text("7,07 cm²")).to_be_visible()
        picture(page, "wound-read")
    assert stored(draft).completed_at is not None


def test_scales_are_asked_where_they_belong(site, chromium):
    draft = draft_of("plaie-evaluation")
    with opened(chromium, viewport=WIDE) as page:
        page.goto(address(site, draft))
        stage, foot = page.locator('[data-key="escarre"]'), page.locator('[data-key="pied-diabetique"]')
        expect(stage).to_be_hidden()
        choose(page, "type", "escarre")
        expect(stage).to_be_visible()
        choose(page, "type", "pied-diabetique")
        expect(stage).to_be_hidden()
        expect(foot).to_be_visible()
        choose(page, "signes", "pus")
        choose(page, "signes", "aucun")
        expect(page.locator('[name="signes"]:checked')).to_have_count(1)
        choose(page, "type", "@")
        expect(foot).to_be_hidden()
        field(page, "type@other").fill("Morsure")
        saved(page)
    assert stored(draft).text("type") == "Morsure"
    assert stored(draft).codes("signes") == ("aucun",)


def test_a_fault_is_said_beside_its_field_while_the_draft_is_kept(site, chromium):
    draft = draft_of("plaie-suivi")
    with opened(chromium, viewport=PHONE) as page:
        page.goto(address(site, draft))
        field(page, "longueur").fill("4,5x")
        field(page, "necrose").fill("70")
        field(page, "question").click()
        saved(page)
        expect(page.locator('[data-error="longueur"]')).to_contain_text("Ce n'est pas un nombre")
        expect(page.locator('[data-error="tissus"]')).to_contain_text("100 %")
        picture(page, "follow-up-phone")
        field(page, "longueur").fill("4,5")
        field(page, "question").click()
        expect(page.locator('[data-error="longueur"]')).to_be_hidden(timeout=8000)


def test_what_is_typed_offline_survives_a_reload_and_is_sent_later(site, chromium):
    draft = draft_of("teleexpertise-simple")
    with opened(chromium, viewport=PHONE) as page:
        page.goto(address(site, draft))
        page.route("**/brouillon", lambda route: route.abort())
        field(page, "question").fill("Faut-il un avis chirurgical ?")
        expect(page.locator("[data-autosave-status]")).to_contain_text("Hors ligne", timeout=8000)
        page.get_by_role("button", name="Envoyer").click()
        expect(field(page, "question")).to_have_value("Faut-il un avis chirurgical ?")
        assert stored(draft).text("question") == ""
        page.reload()
        expect(field(page, "question")).to_have_value("Faut-il un avis chirurgical ?")
        page.unroute("**/brouillon")
        page.evaluate("dispatchEvent(new Event('online'))")
        saved(page)
        assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('autosave:'))") == []
    assert stored(draft).text("question") == "Faut-il un avis chirurgical ?"


def test_an_expired_session_keeps_what_is_typed(site, chromium):
    draft = draft_of("teleexpertise-simple")
    with opened(chromium, viewport=PHONE) as page:
        page.goto(address(site, draft))
        page.route("**/brouillon", lambda route: route.fulfill(status=403, body="non"))
        field(page, "question").fill("Gardé ?")
        expect(page.locator("[data-autosave-status]")).to_contain_text("Session finie", timeout=8000)
        page.unroute("**/brouillon")
        page.reload()
        saved(page)
    assert stored(draft).text("question") == "Gardé ?"


@pytest.mark.parametrize(("button", "kept"), [("keep", "Second onglet"), ("reload", "Premier onglet")])
def test_two_tabs_are_told_of_each_other(site, chromium, button, kept):
    draft = draft_of("teleexpertise-simple")
    with opened(chromium, viewport=WIDE) as page:
        page.goto(address(site, draft))
        other = page.context.new_page()
        other.goto(address(site, draft))
        field(page, "question").fill("Premier onglet")
        saved(page)
        field(other, "question").fill("Second onglet")
        expect(other.locator("[data-autosave-clash]")).to_be_visible(timeout=8000)
        picture(other, "two-tabs")
        other.locator(f"[data-autosave-{button}]").click()
        expect(other.locator("[data-autosave-clash]")).to_be_hidden()
        expect(field(other, "question")).to_have_value(kept)
        if button == "keep":
            saved(other)
    assert stored(draft).text("question") == kept


def test_a_press_on_the_button_takes_along_what_was_just_typed(site, chromium):
    draft = draft_of("teleexpertise-simple")
    with opened(chromium, viewport=WIDE) as page:
        page.goto(address(site, draft))
        field(page, "question").fill("Une question")
        field(page, "contexte").fill("Un contexte")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("heading", name="Lu")).to_be_visible()
    assert stored(draft).text("contexte") == "Un contexte"


def test_lines_are_added_and_removed(site, chromium):
    publish(definition=LINES, at=AT)
    draft = draft_of("lignes")
    with opened(chromium, viewport=PHONE) as page:
        page.goto(address(site, draft))
        lines = page.locator('[data-key="pansement"]')
        field(page, "pansement").first.fill("Hydrofibre")
        lines.get_by_role("button", name="Ajouter une ligne").click()
        field(page, "pansement").nth(1).fill("Alginate")
        lines.get_by_role("button", name="Ajouter une ligne").click()
        field(page, "pansement").nth(2).fill("Compression")
        lines.locator("[data-entry-remove]").nth(1).click()
        field(page, "reevaluation").fill("3")
        page.locator('[name="reevaluation@unit"]').select_option("wk")
        choose(page, "teleconsultation", "true")
        expect(field(page, "teleconsultation-motif")).to_be_visible()
        saved(page)
        picture(page, "advice-phone")
    assert stored(draft).values()["pansement"] == ("Hydrofibre", "Compression")
    assert stored(draft).numbers()["reevaluation"] == 3


def test_rows_within_rows_and_conditions_of_every_kind(site, chromium):
    publish(definition=PROJECTS, at=AT)
    draft = draft_of("essai")
    with opened(chromium, viewport=WIDE) as page:
        page.goto(address(site, draft))
        add = page.get_by_role("button", name="Ajouter : Projet")
        add.click()
        add.click()
        field(page, "p:0/nom").fill("autre")
        expect(field(page, "p:0/autre")).to_be_visible()
        expect(field(page, "p:1/autre")).to_be_hidden()
        field(page, "p:1/nom").fill("Plaies en EHPAD")
        page.locator('[data-row="p:1"]').get_by_role("button", name="Ajouter : Acteur").click()
        field(page, "p:1/a:0/role").fill("IDE")
        field(page, "duree").fill("3")
        page.locator('[name="duree@unit"]').select_option("d")
        expect(field(page, "long")).to_be_hidden()
        page.locator('[name="duree@unit"]').select_option("wk")
        expect(field(page, "long")).to_be_visible()
        field(page, "jour").fill("31/05/2026")
        expect(field(page, "tard")).to_be_hidden()
        field(page, "jour").fill("06/2026")
        expect(field(page, "tard")).to_be_visible()
        page.route("**/brouillon", lambda route: route.abort())
        page.locator('[data-row="p:0"] > div [data-row-remove]').click()
        page.reload()
        expect(field(page, "p:1/a:0/role")).to_have_value("IDE")
        expect(page.locator('[data-row="p:0"]')).to_have_count(0)
        page.unroute("**/brouillon")
        page.evaluate("dispatchEvent(new Event('online'))")
        saved(page)
        picture(page, "rows")
    assert stored(draft).values()["p:0/a:0/role"] == ("IDE",)


@pytest.mark.parametrize(("viewport", "locale"), [(PHONE, "fr-FR"), (WIDE, "en-GB")])
@pytest.mark.parametrize("name", ["plaie-evaluation", "push-3", "lignes"])
def test_forms_are_accessible_and_fit_the_screen(site, chromium, name, viewport, locale):
    if name == "lignes":
        publish(definition=LINES, at=AT)
    draft = draft_of(name)
    with opened(chromium, viewport=viewport, locale=locale) as page:
        page.goto(address(site, draft))
        if name == "plaie-evaluation":
            choose(page, "type", "pied-diabetique")
            saved_word = "Saved at" if locale.startswith("en") else "Enregistré à"
            expect(page.locator("[data-autosave-status]")).to_contain_text(saved_word, timeout=8000)
        for fold in page.locator("details.questionnaire-fold:visible > summary").all():
            fold.click()
        wide = page.evaluate(
            '[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 120))'
        )
        assert wide == []
        picture(page, f"{name}-{locale}")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
        assert found.response["violations"] == [], found.generate_report()
