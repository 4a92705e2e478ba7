"""`manage.py eligibility` as people run it: another process, exit codes, one line that names the key."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples" / "eligibility").glob("*.json"))
GOOD = {
    "regime": "art36-2014",
    "on": "2014-02-05",
    "act": "teleconsultation",
    "setting": "ville",
    "specialty": "dermatologie",
}


def run(*arguments, stdin=b""):
    # An environment without settings or database: the command needs none.
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ} | {"LC_ALL": "C"}
    command = [sys.executable, str(ROOT / "manage.py"), "eligibility", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, cwd=ROOT, env=environment)


def run_facts(*, drop=None, **facts):
    content = {key: value for key, value in {**GOOD, **facts}.items() if key != drop}
    return run("-", stdin=json.dumps(content).encode())


def test_the_example_of_the_issue():
    done = run_facts()
    answer = json.loads(done.stdout.decode("utf-8"))
    assert done.returncode == 0
    assert done.stderr == b""
    assert answer["eligible"] is False
    failed = [reason for reason in answer["reasons"] if reason["outcome"] == "failed"]
    assert [reason["section"] for reason in failed] == ["1.1"]
    assert "2014/17" in failed[0]["text"]
    assert set(failed[0]) == {"rule", "text", "section", "status", "outcome", "explanation"}
    assert "price" not in answer


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_shipped_with_the_project(path):
    done = run(str(path))
    answer = json.loads(done.stdout.decode("utf-8"))
    assert done.returncode == 0
    assert answer["reasons"]
    assert str(answer["eligible"]).lower() == path.stem.rsplit("-", 1)[1]


def test_there_are_examples_of_each_answer():
    assert {path.stem.rsplit("-", 1)[1] for path in EXAMPLES} == {"true", "false", "none"}


def test_english_explanations_and_french_titles():
    done = run("--lang", "en", "-", stdin=json.dumps(GOOD).encode())
    reason = json.loads(done.stdout.decode("utf-8"))["reasons"][-1]
    assert "not in the list" in reason["explanation"]
    assert reason["text"].startswith("Instruction")


def test_price_has_amount_currency_payee_and_citation():
    facts = {
        "regime": "plaies-2015",
        "on": "2015-09-01",
        "setting": "esms",
        "specialty": None,
        "pathology": "escarre",
        "patient_region": "Picardie",
        "performer_profession": "medecin",
        "agreement_sector": "1",
    }
    answer = json.loads(run_facts(**facts).stdout.decode("utf-8"))
    assert answer["price"]["amount"] == 28
    assert answer["price"]["currency"] == "EUR"
    assert answer["price"]["payee"] == "requis"
    assert answer["price"]["citation"]["section"] == "3.1"
    waiting = json.loads(run_facts(**facts | {"agreement_sector": None}).stdout.decode("utf-8"))
    assert waiting["eligible"] is None
    assert waiting["missing"] == ["agreement_sector"]
    assert "price" not in waiting


@pytest.mark.parametrize(
    ("facts", "key", "allowed"),
    [
        ({"act": "telepathie"}, "act", "teleexpertise"),
        ({"act": 5}, "act", "teleexpertise"),
        ({"act": ["teleexpertise"]}, "act", "regulation"),
        ({"setting": "plage"}, "setting", "esms"),
        ({"on": "05/02/2014"}, "on", "YYYY-MM-DD"),
        ({"on": "2014-02-30"}, "on", "YYYY-MM-DD"),
        ({"on": "20140205"}, "on", "YYYY-MM-DD"),
        ({"on": 20140205}, "on", "YYYY-MM-DD"),
        ({"regime": "art37-2014"}, "regime", "art36-2014"),
        ({"hair_colour": "red"}, "hair_colour", "pathology"),
        ({"implantable_device": "yes"}, "implantable_device", "true"),
        ({"regime": "plaies-2015", "agreement_sector": "9"}, "agreement_sector", "1"),
        ({"regime": "plaies-2015", "agreement_sector": True}, "agreement_sector", "1"),
        ({"regime": "plaies-2015", "patient_region": "atlantide"}, "patient_region", "alsace"),
        ({"specialty": 12}, "specialty", "text"),
        ({"on": None}, "on", "YYYY-MM-DD"),
    ],
)
def test_facts_that_cannot_be_read(facts, key, allowed):
    done = run_facts(**facts)
    message = done.stderr.decode()
    assert done.returncode == 2
    assert done.stdout == b""
    assert message.count("\n") == 1
    assert f" {key}:" in message
    assert allowed in message


@pytest.mark.parametrize("key", ["regime", "on", "act", "setting"])
def test_a_required_fact_is_named(key):
    done = run_facts(drop=key)
    assert done.returncode == 2
    assert f" {key}: missing" in done.stderr.decode()


@pytest.mark.parametrize(
    "stdin",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"\xff\xfe",
        b'{"act": NaN}',
        b"[" * 100_000,
        b'{"act": "regulation", "act": "teleexpertise"}',
    ],
)
def test_what_is_not_a_json_object(stdin):
    done = run("-", stdin=stdin)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [(), ("a", "b"), ("--lang", "de", "-"), ("--lang",), ("--help",), ("no-such-file.json",), (".",)]
)
def test_arguments_that_make_no_sense(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("name", ["medecine_generale", "Chirurgie de la main", "xyz", "œil"])
def test_any_specialty_or_pathology_is_legal_input(name):
    assert run_facts(specialty=name, pathology=name, purpose=name, requester_profession=name).returncode == 0


def test_no_django_is_loaded():
    code = "import sys, virage.law.cli; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_it_answers_in_half_a_second():
    def once():
        start = time.perf_counter()
        assert run_facts().returncode == 0
        return time.perf_counter() - start

    assert min(once() for _ in range(5)) < 0.5
