"""The tags that every template has."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from virage.kernel.money import Money
from virage.kernel.references import is_reference
from virage.ui.templatetags import ui

NOON = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)  # noon in Paris, winter time
NBSP = "\xa0"


def words(html: Any) -> str:
    return re.sub(r"<[^>]+>", "", str(html)).replace("\u202f", NBSP)


def draw(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    "moment, expected",
    [
        (NOON - timedelta(hours=2), "aujourd’hui à 10:00"),
        (NOON - timedelta(hours=13), "hier à 23:00"),
        (NOON + timedelta(hours=13), "demain à 01:00"),
        (NOON - timedelta(days=3), "9 mars 2026 à 12:00"),
        (NOON - timedelta(days=60), "11 janvier 2026 à 12:00"),
        (NOON + timedelta(days=30), "11 avril 2026 à 13:00"),  # the clocks changed on 29 March
    ],
)
def test_when_speaks_in_the_zone_of_the_page(moment: datetime, expected: str) -> None:
    assert words(ui.when(moment, at=NOON)) == expected


def test_when_follows_the_zone_of_the_patients_place() -> None:
    evening = datetime(2026, 3, 12, 21, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Indian/Reunion")):
        html = str(ui.when(evening, at=NOON))
    assert words(html) == "demain à 01:30"
    assert "2026-03-13T01:30:00+04:00" in html


def test_when_nothing_happened_yet() -> None:
    assert (ui.when(None), ui.ago(None), ui.day(None), ui.money(None)) == ("—", "—", "—", "—")


@pytest.mark.parametrize(
    "gap, expected",
    [
        (timedelta(seconds=-20), "à l’instant"),
        (timedelta(minutes=-5), "il y a 5 min"),
        (timedelta(hours=-3), "il y a 3 h"),
        (timedelta(hours=30), "dans 30 h"),
        (timedelta(days=2), "dans 2 jours"),
        (timedelta(days=-9, hours=-5), "il y a 9 jours"),
    ],
)
def test_ago(gap: timedelta, expected: str) -> None:
    assert words(ui.ago(NOON + gap, at=NOON)) == expected


def test_day_of_a_moment_is_the_local_one() -> None:
    assert words(ui.day(datetime(2026, 3, 12, 23, 30, tzinfo=UTC))) == "13 mars 2026"
    assert words(ui.day(date(1940, 12, 31))) == "31 décembre 1940"


def test_dates_and_amounts_in_english() -> None:
    with translation.override("en"):
        assert words(ui.when(NOON - timedelta(days=3), at=NOON)) == "9 March 2026 at 12:00"
        assert words(ui.ago(NOON - timedelta(days=3), at=NOON)) == "3 days ago"
        assert ui.money(Decimal("1414.5")) == "€1,414.50"


@pytest.mark.parametrize("amount", [Money(Decimal("1414.5")), Decimal("1414.50"), "1414.5"])
def test_money_as_it_is_written_in_france(amount: Any) -> None:
    assert words(ui.money(amount)) == f"1{NBSP}414,50 €"


def test_status_says_it_by_icon_and_word() -> None:
    html = ui.status("late", "<En retard>")
    assert "status-late" in html
    assert "#clock-history" in html
    assert "&lt;En retard&gt;" in html


def test_status_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        ui.status("pink", "Rose")


def test_icons_are_silent_unless_named() -> None:
    assert 'aria-hidden="true"' in ui.icon("camera")
    labelled = ui.icon("camera", label='a "b"')
    assert 'role="img"' in labelled
    assert "aria-hidden" not in labelled
    assert 'aria-label="a &quot;b&quot;"' in labelled


def test_once_gives_a_new_key_each_time() -> None:
    keys = re.findall(r'name="once" value="([^"]+)"', draw("{% once %}{% once %}"))
    assert len(set(keys)) == 2
    assert all(is_reference(key) for key in keys)


def test_pager_keeps_the_filters() -> None:
    request = RequestFactory().get("/", {"state": "open", "page": "2", "q": "é&a"})
    page = Paginator(range(128), 20).page(2)
    html = draw("{% pager page %}", request=request, page=page)
    assert "21 à 40 sur 128" in html
    assert "?state=open&amp;page=1&amp;q=%C3%A9%26a" in html
    assert "?state=open&amp;page=3&amp;q=%C3%A9%26a" in html


def test_pager_of_one_page_has_no_links_and_of_none_says_nothing() -> None:
    assert "href" not in draw("{% pager page %}", page=Paginator(range(3), 20).page(1))
    assert draw("{% pager page %}", page=Paginator([], 20).page(1)).strip() == ""


def test_query_with_sets_and_removes() -> None:
    request = RequestFactory().get("/", {"a": "1", "b": "2"})
    assert draw("{% query_with a=None c=3 %}", request=request) == "?b=2&amp;c=3"


@pytest.mark.parametrize(
    "sent_from, expected",
    [
        ("http://testserver/x/", "http://testserver/x/"),
        ("https://elsewhere.example/x", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_page_before_is_never_another_site(sent_from: str, expected: str) -> None:
    request = RequestFactory().post("/sign/", headers={"referer": sent_from})
    assert ui.page_before(Context({"request": request})) == expected


def test_the_page_before_a_page_that_was_only_read_is_itself() -> None:
    assert ui.page_before(Context({"request": RequestFactory().get("/act/?page=2")})) == "/act/?page=2"
    assert ui.page_before(Context()) == "/"


def test_timeline_escapes_what_people_wrote() -> None:
    entry = SimpleNamespace(at=NOON, who="A", what="<b>x</b>", note="1\n<i>", icon="", kind="ok")
    html = draw('{% include "ui/timeline.html" %}', entries=[entry])
    assert "&lt;b&gt;x" in html
    assert "1<br>&lt;i&gt;" in html
    assert "timeline-ok" in html
