"""The frames: one title, landmarks, nothing personal in the tab, and error pages that work without a request."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import translation

ROOMS = [SimpleNamespace(url=f"/{n}/", label=f"Pièce {n}", icon="house", current=n == 1, count=n) for n in range(6)]
USER = SimpleNamespace(is_authenticated=True, first_name="Anne", last_name="Exemple", get_full_name="Anne EXEMPLE")
PAGE = """{% extends layout %}{% block title %}Demande{% endblock %}{% block content %}<h2>Plaie</h2>{% endblock %}"""
LAYOUTS = ["web/base.html", "web/base_public.html"]


def draw(source: str, **context: Any) -> str:
    request = RequestFactory().get("/ici/?page=2")
    return engines["django"].from_string(source).render(context, request)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_page_has_one_title_a_skip_link_and_a_language(layout: str) -> None:
    html = draw(PAGE, layout=layout)
    assert html.count("<h1") == 1
    assert "<h1>Demande</h1>" in html
    assert "<title>Demande · Virage</title>" in html
    assert '<html lang="fr">' in html
    assert 'href="#main"' in html
    assert html.count('id="main"') == 1
    assert '"allowEval": false' in html


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_heading_may_name_a_patient_that_the_tab_must_not(layout: str) -> None:
    html = draw(PAGE + "{% block heading %}EXEMPLE Paule{% endblock %}", layout=layout)
    assert "<h1>EXEMPLE Paule</h1>" in html
    assert "<title>Demande · Virage</title>" in html


def test_empty_blocks_leave_no_empty_frame() -> None:
    html = draw(PAGE, layout="web/base.html")
    for absent in ("page-lead", "page-actions", "page-aside", 'class="back"', "has-aside"):
        assert absent not in html
    full = draw(
        PAGE + "{% block lead %}À quoi{% endblock %}{% block aside %}<p>x</p>{% endblock %}", layout="web/base.html"
    )
    assert '<p class="page-lead">À quoi</p>' in full
    assert "has-aside" in full


def test_the_rail_marks_the_room_and_the_phone_has_four_places() -> None:
    html = draw(PAGE, layout="web/base.html", rooms=ROOMS, user=USER)
    rail, bottom = html.split('<nav class="bottom')
    assert rail.count('aria-current="page"') == 1
    assert all(f'href="/{n}/"' in rail for n in range(6))
    places = bottom.split("</nav>")[0]
    assert places.count("<summary>") == 1
    assert places.split("<details")[0].count("<a href") == 3
    four = (
        draw(PAGE, layout="web/base.html", rooms=ROOMS[:4], user=USER)
        .split('<nav class="bottom')[1]
        .split("</nav>")[0]
    )
    assert "<summary>" not in four
    assert four.count("<a href") == 4


def test_the_switch_of_organisation_shows_only_with_a_choice() -> None:
    one = SimpleNamespace(pk=1, ref="a", organisation=SimpleNamespace(name="EHPAD <des> Tilleuls"))
    html = draw(PAGE, layout="web/base.html", membership=one, memberships=[one], user=USER)
    assert "EHPAD &lt;des&gt; Tilleuls" in html
    assert 'name="membership"' not in html


@pytest.mark.parametrize("demo", [True, False])
def test_the_demo_says_so(demo: bool) -> None:
    html = draw(PAGE, layout="web/base.html", DEMO=demo, DEMO_NOTICE="Tout est fictif.")
    assert ("Tout est fictif." in html) is demo


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "409", "500", "503"])
def test_error_pages_need_no_context(code: str) -> None:
    html = get_template(f"{code}.html").render()
    assert html.count("<h1") == 1
    assert 'href="/"' in html


def test_a_refusal_says_why_in_the_frame_of_the_signed_in() -> None:
    html = get_template("403.html").render(
        {"reason": "Seul le requis <signe>.", "user": USER}, RequestFactory().get("/")
    )
    assert "Seul le requis &lt;signe&gt;." in html
    assert 'class="rail"' in html


def test_error_pages_speak_english_too() -> None:
    with translation.override("en"):
        assert "Page not found" in get_template("404.html").render()
    assert "Something went wrong" in get_template("500.html").render()
