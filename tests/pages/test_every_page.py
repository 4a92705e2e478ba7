"""Every address of the site by every member of the cast of the demo world: who may open it, and who may not.

A page that is not in the table fails. Reading a page writes nothing but its trace.
"""

import logging
import re
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils.crypto import get_random_string

from tests.pages import objects, walk
from tests.pages.table import TABLE, Page

pytestmark = pytest.mark.django_db
NAMES = re.compile(r"EXEMPLE|TESTOT|MODELE|TEMOIN|ESSAI|FICTIF")  # patients of the demo
OUTSIDERS = ("stranger", "arm", "ars_elsewhere")


@pytest.fixture(autouse=True)
def _plain_errors(settings):
    """An exception in a page is shown as it is; refusals are not logged, there are hundreds."""
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def cast() -> walk.Cast:
    return walk.Cast()


def _label(page: Page) -> str:
    return "-".join((page.name, *page.objects))


def _sent(page: Page) -> dict[str, str]:
    """What the form sends; `@name` stands for an object of the world."""
    given = page.posts or {}
    values = {name: objects.made(value[1:]) if value[:1] == "@" else value for name, value in given.items()}
    return {"once": get_random_string(20), **values}


def test_every_address_is_in_the_table():
    names = list(walk.every_name())
    assert len(names) == len(set(names)), "two addresses of one name"
    assert set(names) == {page.name for page in TABLE}


@pytest.mark.parametrize("page", TABLE, ids=_label)
def test_who_may_open_a_page(page, cast):
    url = reverse(page.name, args=[objects.made(name) for name in page.objects])
    sent = _sent(page) if page.method == "POST" else None
    answers = {part: cast.asks(part, page.method, url, sent) for part in ("", objects.VISITOR, *objects.PARTS)}
    wrong = {
        part or "nobody signed in": f"{answer.status} and not {page.expects(part)}"
        for part, answer in answers.items()
        if answer.status != page.expects(part)
    }
    assert wrong == {}
    for part, answer in answers.items():
        if page.method == "GET":
            assert answer.wrote <= walk.TRACES, (part, answer.wrote)
        _looks_after_health_data(answer)
    if page.method == "POST":
        assert cast.asks("ehpad_nurse", "GET", url).status == _status_of_a_get(page)


def _status_of_a_get(page: Page) -> int:
    return {"set_language": 302, "search": 302}.get(page.name, 405)


def _looks_after_health_data(answer: walk.Answer) -> None:
    """No name in what a browser's history or a log keeps; nothing left in a cache; the content policy everywhere."""
    title = re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL)
    assert not (title and NAMES.search(title[1])), title[1]
    assert not NAMES.search(answer.headers.get("Location", ""))
    assert "no-store" in answer.headers["Cache-Control"]
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("page", [page for page in TABLE if page.method == "GET" and not page.open], ids=_label)
def test_whoever_may_not_open_a_page_may_not_write_there(page, cast):
    url = reverse(page.name, args=[objects.made(name) for name in page.objects])
    for part in OUTSIDERS:
        if page.expects(part) in (403, 404):
            answer = cast.asks(part, "POST", url, {"once": get_random_string(20)})
            assert answer.status in (403, 404, 405), part
            assert answer.wrote <= walk.TRACES | {"ui_submission"}, part


@pytest.mark.parametrize(
    "page", [page for page in TABLE if page.objects and not page.open and page.name != "activity:region"], ids=_label
)
def test_what_one_may_not_see_looks_like_what_is_not_there(page, cast):
    """A stranger reads the same words, and nobody signed in is led to the same place, whether or not it exists."""
    refs = [objects.made(name) for name in page.objects]
    there = reverse(page.name, args=refs)
    gone = reverse(page.name, args=["0" * len(refs[0]), *refs[1:]])
    sent = _sent(page) if page.method == "POST" else None
    for part in ("", "stranger"):
        if part and page.expects(part) != 404:
            continue
        one, other = (cast.asks(part, page.method, url, sent) for url in (there, gone))
        assert one.status == other.status
        assert _without(one, there) == _without(other, gone)


def _without(answer: walk.Answer, url: str) -> tuple[str, str]:
    """The words and the redirect, without the address itself nor what is new each time."""
    text = re.sub(
        r'(name="csrfmiddlewaretoken" value|X-CSRFToken&quot;: &quot;|X-CSRFToken": ")[^>]*', "", answer.text
    )
    return text.replace(url, ""), unquote(answer.headers.get("Location", "")).replace(unquote(url), "")
