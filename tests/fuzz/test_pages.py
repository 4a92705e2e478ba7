"""The small round of every run; `python -m bench.fuzz` makes the long one."""

import logging

import pytest
from django.http import HttpRequest, HttpResponse

from tests.fuzz.pelting import aim, pelt
from tests.pages import walk
from tests.pages.table import TABLE
from virage.web import urls

pytestmark = pytest.mark.django_db
TIMES = 8  # requests for each row of the table
ROUNDS = 8  # tests that share the table among them, for the workers of a run


@pytest.mark.parametrize("share", range(ROUNDS))
def test_no_page_breaks(share: int, settings) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    logging.disable(logging.ERROR)
    cast = walk.Cast()
    try:
        for page in TABLE[share::ROUNDS]:
            with walk.undone():
                pelt(aim(page, cast), cast, TIMES)
    finally:
        logging.disable(logging.NOTSET)


def test_a_page_that_trusts_its_address_is_found(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"

    def careless(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(int(request.GET.get("page") or 1)))

    careless.login_required = False
    page = next(entry for entry in urls.urlpatterns if entry.name == "help")
    monkeypatch.setattr(page, "callback", careless)
    cast = walk.Cast()
    with pytest.raises(ValueError, match="invalid literal"):
        pelt(aim(next(page for page in TABLE if page.name == "help"), cast), cast, 300)
