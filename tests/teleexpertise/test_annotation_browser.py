"""The expert's pages in a real browser: fingers, wheel, keys, a line that drops; looked at by axe."""

import os
import re
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.teleexpertise.world import World
from virage.records.actions import documents
from virage.teleexpertise.actions import advising, answering, drafts, sending, signing
from virage.teleexpertise.models import Advice, Drawing
from virage.web.demo.pictures import wound_picture

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def site(live_site):
    return live_site


@contextmanager
def opened(browser, site, member, locale="fr-FR", **options):
    """A signed-in page that fails the test on any script error or content policy report."""
    context = browser.new_context(locale=locale, viewport=options.pop("viewport", WIDE), **options)
    session = SessionStore()
    session[SESSION_KEY] = str(member.user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session.save()
    context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": site.url}])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert faults == []


def accessible(page):
    """WCAG 2.2 AA as far as axe can see, on the page as it stands."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    found = Axe().run(page, options=rules)
    assert found.violations_count == 0, found.generate_report()


def fits(page):
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def shot(page, name):
    """Screenshots are looked at: they go where SCREENSHOTS says, when it says."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def photograph(world, expertise, kind, seed, area):
    place = documents.Place(patient=expertise.act.patient, folder=expertise.act.ref, wound=expertise.wound)
    file = ContentFile(wound_picture(seed=seed, area=area, ruler=kind == "photo_ruler", wide=False), name="photo.jpg")
    document = documents.receive(
        by=world.nurse.actor, place=place, file=file, client_id=uuid4(), kind=kind, at=expertise.act.created_at
    )
    documents.process(document=document, at=expertise.act.created_at)
    return document


def asked(world, seed, length):
    """A sent request with two photographs."""
    expertise = world.draft()
    world.answer_form(expertise, longueur=length, motifs="")
    for index, kind in enumerate(("photo_closeup", "photo_ruler")):
        photograph(world, expertise, kind, seed + index, float(length) * 2)
    drafts.choose_addressee(by=world.nurse, expertise=expertise, to_team=world.pool, at=world.at)
    sending.confirm_relevance(by=world.nurse, expertise=expertise, at=world.at)
    world.consent(expertise)
    return sending.send(by=world.nurse, expertise=expertise, at=world.at)


@pytest.fixture
def world(site):
    return World(timezone.now() - timedelta(days=20))


@pytest.fixture
def story(world):
    """A wound seen before, and a second request that the dermatologist has accepted."""
    earlier = asked(world, 1, "6")
    answering.accept(by=world.dermatologist, expertise=earlier, at=world.at)
    write(world, earlier, diagnosis="Escarre de stade 3", free_text="Décharger.")
    signing.sign(by=world.dermatologist, expertise=earlier, at=world.at + timedelta(hours=3))
    world.at = timezone.now() - timedelta(hours=3)
    expertise = asked(world, 1, "4")
    return answering.accept(by=world.dermatologist, expertise=expertise, at=world.at + timedelta(hours=1))


def write(world, expertise, **fields):
    advice = advising.draft_advice(by=world.dermatologist, expertise=expertise, at=world.at)
    advising.save_advice(by=world.dermatologist, advice=advice, revision=advice.revision, at=world.at, **fields)


def address(site, name, expertise, *more):
    return site.url + reverse(f"teleexpertise:{name}", args=[expertise.act.ref, *more])


def viewer(site, expertise):
    document = expertise.act.patient.documents.filter(folder=expertise.act.ref).first()
    return address(site, "photo", expertise, document.ref)


def drag(page, start, end, steps=8):
    """From one place of the stage to another, in hundredths of it."""
    box = page.locator("[data-stage]").bounding_box()

    def place(at):
        return box["x"] + box["width"] * at[0] / 100, box["y"] + box["height"] * at[1] / 100

    page.mouse.move(*place(start))
    page.mouse.down()
    page.mouse.move(*place(end), steps=steps)
    page.mouse.up()


def shapes():
    row = Drawing.objects.first()
    return [(shape["kind"], shape["colour"]) for shape in row.shapes] if row else []


def saved(page):
    expect(page.locator("[data-state]")).to_contain_text("Enregistré à")


def test_arrows_circles_and_words_are_drawn_kept_and_undone(chromium, site, world, story):
    with opened(chromium, site, world.dermatologist) as page:
        page.goto(viewer(site, story))
        page.locator("[data-tool=arrow]").click()
        drag(page, (20, 20), (45, 45))
        page.locator("[data-colour]").select_option("yellow")
        expect(page.locator("[data-list] li")).to_have_count(1)
        page.locator("[data-tool=circle]").click()
        drag(page, (40, 40), (60, 65))
        page.locator("[data-tool=text]").click()
        page.locator("[data-text-input]").fill("Berge décollée")
        page.locator("[data-do=place]").click()
        expect(page.locator("[data-list] li")).to_have_count(3)
        saved(page)
        assert shapes() == [("arrow", "yellow"), ("circle", "yellow"), ("text", "yellow")]
        shot(page, "viewer-wide")
        accessible(page)
        page.locator("[data-do=undo]").click()
        expect(page.locator("[data-list] li")).to_have_count(2)
        page.locator("[data-do=redo]").click()
        page.locator("[data-list] li").nth(1).locator("[data-remove]").click()
        expect(page.locator("[data-list] li")).to_have_count(2)
        expect(page.locator("[data-state]")).to_contain_text("Enregistré à")
        page.wait_for_function("!document.querySelector('[data-state]').textContent.includes('…')")
        page.locator("[data-stage]").focus()
        page.keyboard.press("Escape")
        if "photos/" in page.url:
            page.keyboard.press("Escape")
        page.wait_for_url(f"**{reverse('teleexpertise:act', args=[story.act.ref])}*")
        expect(page.locator("svg.marked")).to_have_count(1)
        assert shapes() == [("arrow", "yellow"), ("text", "yellow")]


def test_everything_by_keyboard(chromium, site, world, story):
    with opened(chromium, site, world.dermatologist) as page:
        page.goto(viewer(site, story))
        page.locator("[data-tool=arrow]").press("Enter")
        page.locator("[data-stage]").focus()
        page.keyboard.press("Enter")
        for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown", "Alt+ArrowLeft"):
            page.keyboard.press(key)
        expect(page.locator("[data-list] li")).to_have_count(1)
        saved(page)
        page.wait_for_timeout(900)
        points = Drawing.objects.get().shapes[0]["points"]
        assert points == [[390, 645], [505, 525]]
        page.keyboard.press("Delete")
        expect(page.locator("[data-list] li")).to_have_count(0)
        page.keyboard.press("Control+z")
        expect(page.locator("[data-list] li")).to_have_count(1)


def test_wheel_keys_and_drag_move_the_view_and_never_the_drawing(chromium, site, world, story):
    with opened(chromium, site, world.dermatologist) as page:
        page.goto(viewer(site, story))
        picture = page.locator("[data-picture]")
        whole = picture.get_attribute("viewBox")
        page.locator("[data-stage]").hover()
        page.mouse.wheel(0, -600)
        expect(picture).not_to_have_attribute("viewBox", whole)
        near = picture.get_attribute("viewBox")
        drag(page, (50, 50), (30, 40))
        expect(picture).not_to_have_attribute("viewBox", near)
        expect(picture.locator("image")).to_have_attribute(
            "href", page.locator("[data-viewer]").get_attribute("data-full")
        )
        page.locator("[data-stage]").focus()
        page.keyboard.press("0")
        expect(picture).to_have_attribute("viewBox", whole)
        assert shapes() == []


def test_two_fingers_zoom_on_a_phone_even_with_a_tool_in_hand(chromium, site, world, story):
    with opened(chromium, site, world.dermatologist, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        page.goto(viewer(site, story))
        fits(page)
        page.locator("[data-tool=circle]").tap()
        picture = page.locator("[data-picture]")
        before = picture.get_attribute("viewBox")
        touch = page.context.new_cdp_session(page)
        box = page.locator("[data-stage]").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

        def fingers(kind, spread):
            points = [{"x": x - spread, "y": y, "id": 1}, {"x": x + spread, "y": y, "id": 2}] if spread else []
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        fingers("touchStart", 30)
        for spread in (45, 60, 90):
            fingers("touchMove", spread)
        fingers("touchEnd", 0)
        expect(picture).not_to_have_attribute("viewBox", before)
        expect(page.locator("[data-list] li")).to_have_count(0)
        shot(page, "viewer-phone")
        accessible(page)


def test_a_drawing_made_without_line_is_sent_when_it_is_back(chromium, site, world, story):
    with opened(chromium, site, world.dermatologist) as page:
        page.goto(viewer(site, story))
        page.context.set_offline(True)
        page.locator("[data-tool=circle]").click()
        drag(page, (40, 40), (60, 60))
        expect(page.locator("[data-state]")).to_contain_text("Pas encore enregistré")
        assert shapes() == []
        page.context.set_offline(False)
        saved(page)
        assert shapes() == [("circle", "red")]


def test_a_signed_request_is_for_reading(chromium, site, world, story):
    earlier = world.wound.expertises.order_by("pk").first()
    with opened(chromium, site, world.dermatologist) as page:
        page.goto(viewer(site, earlier))
        expect(page.locator("[data-tool]")).to_have_count(0)
        page.locator("[data-do=in]").click()
        accessible(page)


@pytest.mark.parametrize(("name", "viewport"), [("wide", WIDE), ("phone", PHONE)])
def test_the_request_and_the_advice_on_every_screen(chromium, site, world, story, name, viewport):
    with opened(chromium, site, world.dermatologist, viewport=viewport) as page:
        page.goto(site.url + reverse("teleexpertise:inbox"))
        shot(page, f"inbox-{name}")
        accessible(page)
        fits(page)
        page.goto(address(site, "act", story))
        expect(page.locator(".compare .photo")).to_have_count(4)
        expect(page.locator(".chart-point")).to_have_count(2)
        page.wait_for_load_state("networkidle")
        shot(page, f"answer-{name}")
        accessible(page)
        fits(page)
        for link in ("decline", "pass_on"):
            page.goto(address(site, link, story))
            shot(page, f"{link}-{name}")
            accessible(page)
            fits(page)
        page.goto(address(site, "advice", story))
        shot(page, f"advice-{name}")
        accessible(page)
        fits(page)


def test_advice_saves_itself_takes_proposals_and_is_signed(chromium, site, world, story):
    with opened(chromium, site, world.dermatologist) as page:
        page.goto(address(site, "advice", story))
        page.locator("[name=diagnosis]").fill("Escarre de stade 2, en voie de guérison")
        page.locator("[name=free_text]").fill("Poursuivre la décharge du talon, jour et nuit.")
        expect(page.locator("[data-autosave-status]")).to_contain_text("Enregistré à")
        assert Advice.objects.get(expertise=story).diagnosis.startswith("Escarre")
        page.locator("[name=new-text]").fill("Hydrocellulaire, tous les trois jours")
        page.locator("[name=new-prescriber]").select_option(world.doctor.ref)
        page.locator("[value=add]").click()
        expect(page.locator("#propositions .item")).to_have_count(1)
        expect(page.locator("[name=free_text]")).to_have_value("Poursuivre la décharge du talon, jour et nuit.")
        shot(page, "advice-filled")
        page.locator("[value=preview]").click()
        shot(page, "preview")
        accessible(page)
        page.get_by_role("button", name="Signer et envoyer").click()
        page.locator("#confirm [value=yes]").click()
        report = reverse("teleexpertise:report", args=["REF"]).replace("REF", "[^/]+")
        expect(page).to_have_url(re.compile(f"{report}$"))
        story.act.refresh_from_db()
        assert story.act.state == "answered"


def test_validation_and_correction_pages(chromium, site, world):
    nurse = world.article51()
    expertise, _advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=expertise, at=timezone.now() - timedelta(hours=2))
    with opened(chromium, site, world.second) as page:
        page.goto(address(site, "validation", expertise))
        shot(page, "validation")
        accessible(page)
        page.goto(address(site, "act", expertise))
        accessible(page)
    signing.validate(by=world.second, expertise=expertise, at=timezone.now())
    with opened(chromium, site, nurse, viewport=PHONE) as page:
        page.goto(address(site, "correct", expertise))
        accessible(page)
        fits(page)
        page.goto(address(site, "act", expertise))
        shot(page, "answered-phone")
        accessible(page)
        fits(page)


def test_pages_in_english(chromium, site, world, story):
    with opened(chromium, site, world.dermatologist, locale="en-GB") as page:
        page.context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
        for name in ("act", "advice"):
            page.goto(address(site, name, story))
            shot(page, f"{name}-english")
        page.goto(viewer(site, story))
        expect(page.get_by_role("button", name="Arrow")).to_be_visible()
        shot(page, "viewer-english")
