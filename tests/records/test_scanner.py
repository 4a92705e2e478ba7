"""The virus scanner: a real clamd, and one that does not do as it should. Nothing unscanned is ever shown."""

import io
import socket
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests import factories, ground
from tests.factories import NOW
from tests.records.clamd import MARK, clamd, pretended
from tests.records.pictures import PDF, phone_photo
from virage.config import values
from virage.journal.models import Entry
from virage.records.actions import documents
from virage.records.actions.documents import Place
from virage.records.models.documents import Document
from virage.records.storage import scanner
from virage.records.storage.scanner import ScannerError
from virage.web.watch import health, metrics


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with clamd(ground.require_tool("clamd"), tmp_path_factory.mktemp("clamav")) as address:
        yield address


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.DOCUMENTS_DIR, settings.DOCUMENT_KEYS_DIR = tmp_path / "documents", tmp_path / "keys"


def received(data):
    nurse = factories.nurse()
    place = Place(patient=factories.patient(cared_by=nurse.organisation), folder="F" * 22, opened_at=NOW)
    file = SimpleUploadedFile("x", data)
    return documents.receive(by=nurse.actor, place=place, file=file, client_id=uuid.uuid4(), at=NOW)


def infected_photo():
    """A good JPEG with something in its comment: the cleaning would have dropped it, the scanner must see it first."""
    out = io.BytesIO()
    Image.new("RGB", (60, 60)).save(out, "JPEG", comment=MARK)
    return out.getvalue()


def on_disk(tmp_path):
    return [path.name for path in (tmp_path / "documents").rglob("*") if path.is_file()]


def test_the_real_one_lets_the_clean_through_and_names_what_it_finds(daemon):
    assert scanner.scan([phone_photo()], at=str(daemon)) == ""
    assert scanner.scan([b"", b"x" * 100_000, b"", MARK[:10], MARK[10:]], at=str(daemon)).startswith("Virage.Test")
    assert scanner.scan([], at=str(daemon)) == ""
    assert scanner.scan([MARK], at=f"127.0.0.1:{(daemon.parent / 'port').read_text()}").startswith("Virage.Test")


def test_the_largest_document_goes_through_the_real_one(daemon):
    assert scanner.scan([b"\0" * (25 * 1024 * 1024 - len(MARK)), MARK], at=str(daemon)).startswith("Virage.Test")


def test_more_than_the_real_one_takes_is_not_taken_for_clean(require_tool, tmp_path):
    with clamd(require_tool("clamd"), tmp_path / "small", longest="1M") as address, pytest.raises(ScannerError):
        scanner.scan([b"\0" * 3_000_000], at=str(address))


@pytest.mark.parametrize("data", [infected_photo(), PDF[:-6] + MARK + b"\n%%EOF\n"], ids=["photograph", "PDF"])
def test_an_infected_file_is_refused_with_words_journaled_and_deleted(
    db, daemon, settings, tmp_path, data, caplog, django_capture_on_commit_callbacks
):
    settings.CLAMAV = str(daemon)
    document = received(data)
    with django_capture_on_commit_callbacks(execute=True):
        documents.process(document=document, at=NOW)
    document.refresh_from_db()
    assert (document.state, document.refusal) == ("refused", "infected")
    assert "antivirus" in document.refusal_text
    assert on_disk(tmp_path) == []
    entry = Entry.objects.get(subject_ref=document.ref, verb="refuse")
    assert entry.data["refusal"] == "infected"


def test_a_clean_file_is_shown(db, daemon, settings):
    settings.CLAMAV = str(daemon)
    assert documents.process(document=received(phone_photo()), at=NOW).state == "ready"
    assert documents.process(document=received(PDF), at=NOW).state == "ready"


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def test_without_its_scanner_a_document_waits_and_is_shown_once_it_is_back(db, daemon, settings, tmp_path):
    settings.CLAMAV = closed_port()
    document = received(phone_photo())
    with pytest.raises(ScannerError):
        documents.process(document=document, at=NOW)
    document.refresh_from_db()
    assert document.state == "received"
    assert on_disk(tmp_path) == [f"{document.ref}.raw"]
    settings.CLAMAV = str(daemon)
    assert documents.process(document=Document.objects.get(pk=document.pk), at=NOW).state == "ready"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"stream: OK",
        b"stream: OK\0more",
        b"stream: OK FOUND OK\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"COMMAND READ TIMED OUT\0",
        b"UNKNOWN COMMAND\0",
        b"x" * 10_000,
    ],
)
def test_an_answer_that_is_not_clean_is_not_taken_for_it(answer):
    with pretended(answer) as address, pytest.raises(ScannerError):
        scanner.scan([b"x" * 1000], at=address)


def test_a_name_is_told_as_it_is():
    with pretended(b"stream: Win.Test.EICAR_HDB-1 FOUND\0") as address:
        assert scanner.scan([b"x"], at=address) == "Win.Test.EICAR_HDB-1"


def test_one_that_hangs_up_while_it_is_sent_to_is_no_crash():
    with pretended(b"INSTREAM size limit exceeded. ERROR\0", reads=False) as address, pytest.raises(ScannerError):
        scanner.scan([b"x" * 1_000_000] * 20, at=address)


def test_one_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(scanner, "TIMEOUT", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(ScannerError):
            scanner.scan([b"x"], at=f"127.0.0.1:{silent.getsockname()[1]}")


def test_operators_are_told_when_it_is_down(db, daemon, settings):
    settings.CLAMAV = ""
    assert health.scanner_answers()
    assert b"virage_scanner_up" not in metrics.exposed(NOW)
    settings.CLAMAV = str(daemon)
    assert health.scanner_answers()
    assert b"virage_scanner_up 1.0" in metrics.exposed(NOW)
    settings.CLAMAV = closed_port()
    assert not health.scanner_answers()
    assert not health.goes_on(NOW)
    assert b"virage_scanner_up 0.0" in metrics.exposed(NOW)


@pytest.mark.parametrize("text", ["127.0.0.1:3310", "clamav:3310", "[::1]:3310", "/run/clamav/clamd.ctl"])
def test_an_address_of_a_scanner(text):
    assert values.scanner(text) == text


@pytest.mark.parametrize(
    "text", ["clamav", "clamav:", ":3310", "clamav:99999", "run/clamd.ctl", "/x" * 60, "tcp://a:1"]
)
def test_what_is_no_address_of_a_scanner_stops_the_start(text):
    with pytest.raises(ValueError, match=r"\w"):
        values.scanner(text)
