"""What our own scripts ask for in JSON: described in openapi.yaml, held to the code, and pelted by schemathesis."""

import json
import logging
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
import yaml
from django.urls import reverse
from hypothesis import given, settings

from tests.fuzz.pelting import SETTINGS
from tests.pages import objects, walk
from tests.pages.table import TABLE

FILE = yaml.safe_load((Path(__file__).parent / "openapi.yaml").read_text("utf-8"))
PATHS = {path: operation["post"] for path, operation in FILE["paths"].items()}
PARAMETERS = list(FILE["components"]["parameters"])
WRITERS = {"draft": "ehpad_nurse", "heart": "cardiologist", "sent": "dermatologist"}
ASKED_BY_SCRIPT = {"HTTP_ACCEPT": "application/json"}
TIMES = 25
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(settings):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def _page(operation: dict[str, Any]):
    return next(page for page in TABLE if page.name == f"teleexpertise:{operation['operationId']}")


def _names(operation: dict[str, Any]) -> list[str]:
    return [parameter["$ref"].rpartition("/")[2] for parameter in operation["parameters"]]


def test_each_address_is_the_one_of_the_site():
    for path, operation in PATHS.items():
        names = _names(operation)
        found = reverse(_page(operation).name, args=[f"XX{name}XX" for name in names])
        for name in names:
            found = found.replace(f"XX{name}XX", f"{{{name}}}")
        assert found == path


def test_whatever_answers_in_json_is_described():
    """Asked as a script asks, by everybody: no other page than these answers a script."""
    cast, answering = walk.Cast(), set()
    for page in (page for page in TABLE if page.method == "POST"):
        with walk.undone():
            url = reverse(page.name, args=[objects.made(name) for name in page.objects])
            sent = {name: objects.made(v[1:]) if str(v)[:1] == "@" else v for name, v in (page.posts or {}).items()}
            parts = [part for part in objects.PARTS if page.expects(part) < 404][:2]
            for part in (*parts, ""):
                answer = cast.asks(part, "POST", url, {**sent, "once": "a" * 22}, **ASKED_BY_SCRIPT)
                if "json" in answer.headers.get("Content-Type", ""):
                    answering.add(page.name)
    assert answering == {_page(operation).name for operation in PATHS.values()}


@pytest.mark.parametrize("path", PATHS)
def test_what_is_sent_gets_an_answer_that_is_described(path: str):
    cast, names = walk.Cast(), _names(PATHS[path])
    refs = {name: objects.made(name) for name in names}
    file = json.loads(json.dumps(FILE))
    for name in PARAMETERS:
        file["components"]["parameters"][name]["schema"]["enum"] = [refs.get(name, "x"), "0" * 22]
    operation = schemathesis.openapi.from_dict(file)[path]["POST"]
    schemas = {"components": FILE["components"]}
    seen = set()

    @settings(SETTINGS, max_examples=TIMES, derandomize=True)
    @given(case=operation.as_strategy())
    def property_(case: schemathesis.Case) -> None:
        url = path.format(**case.path_parameters)
        body = case.body if isinstance(case.body, dict) else {}
        sent = {name: value if isinstance(value, list) else str(value) for name, value in body.items()}
        answer = cast.asks(WRITERS[names[0]], "POST", url, sent, **ASKED_BY_SCRIPT)
        seen.add(answer.status)
        described = PATHS[path]["responses"][str(answer.status)]
        if "content" in described:
            schema = described["content"]["application/json"]["schema"]
            jsonschema_rs.validate(schemas | schema, json.loads(answer.text))

    property_()
    assert 404 in seen
    assert len(seen) > 1, "the object that is there was found"
