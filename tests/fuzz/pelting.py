"""Every address, as several members of the cast, with questions and forms that make no sense: never an error of ours.

Each request is undone. What a page answers with is its own affair (a refusal, a form with its faults): only a status of
500 or more, or an exception, is a fault.
"""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import rubbish
from tests.pages import objects, walk
from tests.pages.table import Page

DOWN = {"working"}  # says 503 of itself
SETTINGS = settings(
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)


@dataclass(frozen=True)
class Target:
    """A page with the objects of its address, who knocks, and the fields that they were shown."""

    page: Page
    url: str
    parts: tuple[str, ...]
    fields: dict[str, list[str]]


def aim(page: Page, cast: walk.Cast) -> Target:
    url = reverse(page.name, args=[objects.made(name) for name in page.objects])
    inside = [part for part in objects.PARTS if page.expects(part) not in (403, 404, 405)]
    fields = {name: [_made(str(value))] for name, value in (page.posts or {}).items()}
    if page.method == "GET" and inside:
        fields = rubbish.fields_of(cast.asks(inside[0], "GET", url).text)
    return Target(page, url, (*inside[:2], "stranger", ""), fields)


def _made(value: str) -> str:
    return objects.made(value[1:]) if value[:1] == "@" else value


def pelt(target: Target, cast: walk.Cast, times: int, number: int = 0) -> int:
    """How many requests were made. An exception of a page, or its status, fails the property with the request."""
    made = 0

    @seed(number)
    @settings(SETTINGS, max_examples=times, derandomize=False)
    @given(st.data())
    def property_(data: st.DataObject) -> None:
        nonlocal made
        made += 1
        part = data.draw(st.sampled_from(target.parts), label="who")
        method = data.draw(st.sampled_from(["POST", "POST", "GET"]), label="method")
        query = data.draw(rubbish.queries(), label="query")
        sent: dict[str, Any] = data.draw(rubbish.forms(target.fields), label="form") if method == "POST" else {}
        answer = cast.asks(part, method, f"{target.url}?{query}" if query else target.url, sent)
        assert answer.status < 500 or target.page.name in DOWN, (target.page.name, answer.status)

    property_()
    return made
