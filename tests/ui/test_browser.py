"""The look and app.js in a real browser. Pages are drawn here and handed to it: no server, no database."""

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from virage.ui.forms import BirthDateField, FilterForm, Renderer
from virage.ui.middleware import POLICY

pytestmark = pytest.mark.browser
HOST = "http://virage.test"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")].filter((one) => {
  const box = one.getBoundingClientRect();
  const inline = one.closest("p, dd, .error-summary, label, .visually-hidden, .skip-link, .item-main");
  return box.width && box.height && !inline && (box.height < 43.5 || box.width < 43.5);
}).map((one) => one.outerHTML.slice(0, 120))"""


class Sheet(forms.Form):
    default_renderer = Renderer
    name = forms.CharField(label="Nom", help_text="Comme sur la carte.")
    born = BirthDateField()
    urgency = forms.ChoiceField(label="Urgence", choices=[("a", "Non"), ("b", "Oui")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Accord", help_text="Recueilli aujourd’hui.")
    size = forms.DecimalField(label="Longueur", widget=forms.TextInput(attrs={"data-unit": "cm", "class": "w-short"}))


class Filters(FilterForm):
    state = forms.ChoiceField(label="État", choices=[("", "Tous"), ("open", "Ouvert")])


FORM = """<form method="post" action="/write/" novalidate>{% once %}{% include "ui/form.html" %}
<div class="actions-bar"><button class="btn btn-primary" name="go" value="next">Continuer</button>
<button class="btn btn-outline-danger" name="go" value="drop" data-confirm="Retirer ?" data-confirm-ok="Retirer">Supprimer</button>
</div></form>"""
PIECES = """{% include "ui/filters.html" with form=filters %}
{% include "ui/callout.html" with kind="danger" title="Appelez le 15" text="Pied froid et blanc." %}
<ul class="items"><li class="item item-late"><div class="item-main"><a class="item-link" href="/x/">EXEMPLE Paule</a>
<p class="item-note">Escarre</p></div><div class="item-side">{% for kind in kinds %}{% status kind "État" %}{% endfor %}</div></li></ul>
{% include "ui/empty.html" with title="Rien" text="Tout est fait." url="/x/" label="Commencer" %}
<div class="table-wrap" tabindex="0" role="region" aria-label="Lignes"><table class="rows"><thead><tr><th scope="col">Acte</th>
<th scope="col">Montant</th></tr></thead><tbody><tr><th scope="row">Avis</th><td data-label="Montant">14,00 €</td></tr></tbody></table></div>
<button type="button" class="btn btn-outline-primary" hx-get="/gone/">Rafraîchir</button>"""


def draw(content: str, layout: str = "web/base.html", **context: Any) -> str:
    rooms = [
        SimpleNamespace(url=f"/{name}/", label=name, icon=icon, current=name == "Accueil", count=3)
        for name, icon in (
            ("Accueil", "house"),
            ("Patients", "people"),
            ("Avis à donner", "inbox"),
            ("Soins", "bandaid"),
            ("Lignes", "cash-coin"),
        )
    ]
    structure = SimpleNamespace(
        pk=1, ref="a", organisation=SimpleNamespace(name="EHPAD des Tilleuls, résidence de la Fontaine")
    )
    user = SimpleNamespace(is_authenticated=True, first_name="Anne", last_name="Exemple", get_full_name="Anne EXEMPLE")
    page = (
        "{% extends layout %}{% block title %}Essai{% endblock %}{% block lead %}Une page d’essai.{% endblock %}"
        "{% block back %}<a href='/x/'>Retour</a>{% endblock %}{% block content %}" + content + "{% endblock %}"
    )
    frame = {
        "rooms": rooms,
        "membership": structure,
        "memberships": [structure],
        "user": user,
        "DEMO": True,
        "DEMO_NOTICE": "Tout est fictif.",
    }
    return (
        engines["django"]
        .from_string(page)
        .render({"layout": layout, **frame, **context}, RequestFactory().get("/essai/"))
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--headless=new", "--no-sandbox", "--disable-gpu"]
        )


@pytest.fixture
def show(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Show a drawn page under the real content policy; fail on anything that the policy or a script complains of."""
    complaints: list[str] = []

    def open_page(html: str, width: int = 1280) -> Page:
        page = browser.new_context(viewport={"width": width, "height": 844}, locale="fr-FR").new_page()
        page.sent = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None
        )
        page.route("**/*", lambda route: _answer(route, html, page.sent))  # type: ignore[attr-defined]
        page.goto(f"{HOST}/essai/")
        page.wait_for_function("document.documentElement.classList.contains('js')")
        return page

    yield open_page
    assert complaints == []


def _answer(route: Route, html: str, sent: list[str]) -> None:
    path = urlsplit(route.request.url).path
    if path == "/gone/":
        route.abort("internetdisconnected")
    elif path == "/write/":
        sent.append(route.request.post_data or "")
        route.fulfill(status=204)
    elif path.startswith("/static/"):
        name = finders.find(path.removeprefix("/static/"))
        assert name, path
        route.fulfill(
            body=Path(name).read_bytes(), content_type=mimetypes.guess_type(name)[0] or "application/octet-stream"
        )
    else:
        sent.append(route.request.url)
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "content, layout",
    [
        (PIECES, "web/base.html"),
        (FORM, "web/base.html"),
        (FORM, "web/base_public.html"),
    ],
    ids=["pieces", "form", "public"],
)
def test_pages_are_accessible_and_fit_the_screen(
    show: Callable[..., Page], content: str, layout: str, width: int
) -> None:
    kinds = ["todo", "wait", "late", "danger", "ok", "info", "off", "draft"]
    page = show(draw(content, layout, form=Sheet({"born": "31/02/1940"}), filters=Filters({}), kinds=kinds), width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL) == []
    assert [fault["id"] for fault in Axe().run(page, options=RULES).response["violations"]] == []
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "18px"
    assert page.evaluate("document.fonts.check('18px \"Atkinson Hyperlegible\"')")


def test_after_a_refused_form_the_summary_has_the_focus_and_leads_to_the_fields(show: Callable[..., Page]) -> None:
    page = show(draw(FORM, form=Sheet({"born": "31/02/1940"})))
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a", has_text="Urgence").click()
    expect(page.locator("#id_urgency_0")).to_be_focused()


def test_two_presses_send_the_form_once_with_the_value_of_the_button(show: Callable[..., Page]) -> None:
    page = show(draw(FORM, form=Sheet()))
    page.sent.clear()  # type: ignore[attr-defined]
    page.evaluate("() => { const go = document.querySelector('[value=next]'); go.click(); go.click(); }")
    page.wait_for_timeout(200)
    assert [parse_qs(body)["go"] for body in page.sent] == [["next"]]  # type: ignore[attr-defined]


def test_a_dangerous_button_asks_first(show: Callable[..., Page]) -> None:
    page = show(draw(FORM, form=Sheet()))
    page.sent.clear()  # type: ignore[attr-defined]
    drop = page.get_by_role("button", name="Supprimer")
    drop.click()
    expect(page.get_by_role("heading", name="Retirer ?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drop).to_be_focused()
    assert page.sent == []  # type: ignore[attr-defined]
    drop.click()
    with page.expect_request(f"{HOST}/write/") as request:
        page.locator("#confirm").get_by_role("button", name="Retirer").click()
    assert parse_qs(request.value.post_data)["go"] == ["drop"]


def test_a_filter_sends_itself(show: Callable[..., Page]) -> None:
    page = show(draw(PIECES, filters=Filters({})))
    page.get_by_label("État", exact=True).select_option("open")
    page.wait_for_url("**/?state=open")


def test_a_lost_connection_is_said(show: Callable[..., Page]) -> None:
    page = show(draw(PIECES, filters=Filters({})))
    page.get_by_role("button", name="Rafraîchir").click()
    message = page.locator("#toasts")
    expect(message).to_contain_text("Pas de réseau")
    message.get_by_role("button", name="Fermer ce message").click()
    expect(message).to_be_empty()


def test_menus_close_with_escape_and_give_the_focus_back(show: Callable[..., Page]) -> None:
    page = show(draw(PIECES, filters=Filters({})), 390)
    more = page.locator(".bottom summary")
    more.click()
    expect(page.locator(".bottom .menu-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".bottom .menu-list")).to_be_hidden()
    expect(more).to_be_focused()
