"""What a real installation logs while the whole house is walked through holds no patient, no person and no address."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils.crypto import get_random_string

from tests import factories
from tests.pages import objects, walk
from tests.pages.table import TABLE, Page
from virage.accounts.models import User
from virage.records.models import Patient
from virage.web.watch.logs import Json, Routes

SECRET = "DURAND Jeanne"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The lines as production writes them, from every logger, at the level of production or lower."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(Json())
    handler.addFilter(Routes())
    root, requests = logging.getLogger(), logging.getLogger("virage.requests")
    before = root.level, requests.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    requests.setLevel(logging.INFO)
    yield text
    root.removeHandler(handler)
    root.setLevel(before[0])
    requests.setLevel(before[1])


def lines(log: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def secrets_of_the_world() -> set[str]:
    """Names, identifiers, telephones and addresses of every patient and every person."""
    found: set[str] = set()
    for one in Patient.objects.all():
        found |= {one.birth_name, one.used_name, one.ins, one.ref, *one.first_names.split()}
    for user in User.objects.all():
        found |= {user.email, user.last_name, user.rpps}
    return {word for word in found if len(word) > 3}


def visits(page: Page) -> Iterator[str]:
    """Who is let in, somebody who is not, and nobody."""
    inside = [part for part in objects.PARTS if page.expects(part) == 200]
    yield from (*inside[:1], "stranger", "")


@pytest.mark.django_db
def test_the_whole_house_is_walked_through_and_no_log_names_anybody(log: io.StringIO, settings) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    cast, words = walk.Cast(), secrets_of_the_world()
    assert len(words) > 60
    for page in TABLE:
        with walk.undone():
            words |= _walked(page, cast)
    text = log.getvalue()
    assert len(lines(log)) > 2 * len(TABLE)
    assert {word for word in words if re.search(rf"\b{re.escape(word)}\b", text)} == set()
    assert not re.search(r"\?\w+=", text), "no query"


def _walked(page: Page, cast: walk.Cast) -> set[str]:
    """Opened with a question that names a patient, and an address beside it; the references that were used."""
    refs = [objects.made(name) for name in page.objects]
    url = reverse(page.name, args=refs)
    for part in visits(page):
        cast.asks(part, page.method, f"{url}?nom=EXEMPLE&q={refs[0] if refs else ''}", _form())
        cast.asks(part, page.method, f"{url}nulle-part/EXEMPLE/", _form())
    return {ref for ref in refs if len(ref) > 12}


def _form() -> dict[str, str]:
    return {"q": "EXEMPLE Paule", "once": get_random_string(20), "login": "paule.exemple@essai.invalid"}


def test_a_request_is_one_line_that_says_page_and_person_by_reference(client, log: io.StringIO, db) -> None:
    nurse = factories.nurse()
    client.force_login(nurse.user)
    answer = client.get("/aide/?q=secret", headers={"user-agent": "Mozilla/5.0"})
    [line] = [line for line in lines(log) if line["logger"] == "virage.requests"]
    assert set(line) == {"time", "level", "logger", "message", "method", "view", "status", "ms", "user", "request_id"}
    assert (line["view"], line["status"], line["user"]) == ("help", 200, nurse.user.ref)
    assert line["request_id"] == answer["X-Request-ID"]


def test_an_exception_is_told_without_its_words(log: io.StringIO, db) -> None:
    try:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s::integer", [SECRET])
        except Exception as error:
            raise IntegrityError(f"Key (birth_name)=({SECRET}) already exists") from error
    except IntegrityError:
        logging.getLogger("virage.somewhere").exception("document %s can't be read", "A" * 22)
    [line] = lines(log)
    assert "Jeanne" not in log.getvalue()
    assert "django.db.utils.IntegrityError" in line["exc_info"]
    assert "22P02" in line["exc_info"], "the database's own code"
    assert "test_no_names.py" in line["exc_info"]


def test_what_a_library_adds_to_a_line_is_left_out(log: io.StringIO) -> None:
    logging.getLogger("procrastinate").warning("Job failed", extra={"job": {"args": {"name": SECRET}}})
    assert "Jeanne" not in log.getvalue()


def test_exceptions_that_name_each_other_end(log: io.StringIO) -> None:
    one, other = ValueError("a"), KeyError("b")
    one.__cause__, other.__context__ = other, one
    try:
        raise one
    except ValueError:
        logging.getLogger("virage").exception("round")
    assert lines(log)[0]["exc_info"].count("Traceback") == 2
