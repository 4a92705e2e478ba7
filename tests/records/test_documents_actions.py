"""Documents: received once, cleaned, removed and restored until the act is sent."""

import io
import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import piexif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from PIL import Image
from procrastinate.contrib.django import app

from tests import factories
from tests.factories import NOW
from tests.records.pictures import PDF, PLACE, phone_photo
from virage.accounts.access import Refused
from virage.journal.entries import lock_patient
from virage.journal.models import Entry
from virage.journal.verify import faults
from virage.records import jobs, storage
from virage.records.actions import documents, slots
from virage.records.actions.documents import Place
from virage.records.models.documents import Document, DocumentKind, FolderSeal
from virage.records.rules.content import RefusedError


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.DOCUMENTS_DIR, settings.DOCUMENT_KEYS_DIR = tmp_path / "documents", tmp_path / "keys"


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def place(nurse):
    return Place(patient=factories.patient(cared_by=nurse.organisation), folder="F" * 22, opened_at=NOW)


def on_disk(tmp_path):
    return [path for path in (tmp_path / "documents").rglob("*") if path.is_file()]


def upload(data=None, name="IMG_0001.jpg"):
    return SimpleUploadedFile(name, phone_photo() if data is None else data)


def receive(nurse, place, data=None, client_id=None, at=NOW, **more):
    return documents.receive(
        by=nurse.actor, place=place, file=upload(data), client_id=client_id or uuid.uuid4(), at=at, **more
    )


def verbs(document):
    return list(Entry.objects.filter(subject_ref=document.ref).order_by("position").values_list("verb", flat=True))


def test_a_photograph_is_received_then_cleaned(nurse, place, tmp_path, django_capture_on_commit_callbacks):
    raw = phone_photo()
    document = receive(nurse, place, raw, kind="photo_closeup")
    assert (document.state, document.size, document.content_type) == ("received", len(raw), "image/jpeg")
    assert [path.name for path in on_disk(tmp_path)] == [f"{document.ref}.raw"]
    with django_capture_on_commit_callbacks(execute=True):
        documents.process(document=document, at=NOW)
    document.refresh_from_db()
    assert (document.state, document.width, document.height) == ("ready", 600, 800)  # upright
    assert document.taken_at.isoformat() == "2026-11-19T13:30:00+00:00"
    assert {path.name for path in on_disk(tmp_path)} == {document.ref, f"{document.ref}.view", f"{document.ref}.thumb"}
    assert verbs(document) == ["receive", "process"]
    assert list(faults()) == []


def test_a_photograph_of_ten_megabytes_leaves_no_position_anywhere(
    nurse, place, tmp_path, django_capture_on_commit_callbacks
):
    raw = phone_photo(4000, 3000, quality=98)
    assert len(raw) > 9_000_000
    assert piexif.load(raw)["GPS"]
    with django_capture_on_commit_callbacks(execute=True):
        document = documents.process(document=receive(nurse, place, raw), at=NOW)
    assert (document.state, document.width, document.height) == ("ready", 3000, 4000)
    vault = storage.vault()
    for name in (document.ref, f"{document.ref}.view", f"{document.ref}.thumb"):
        plain = vault.read_all(name)
        assert PLACE not in plain
        assert not Image.open(io.BytesIO(plain)).getexif()
    for path in on_disk(tmp_path):
        sealed = path.read_bytes()
        assert PLACE not in sealed
        assert b"JFIF" not in sealed
        assert raw[50_000:50_064] not in sealed


def test_a_pdf_is_kept_as_it_is_and_is_no_photograph(nurse, place):
    document = documents.process(document=receive(nurse, place, PDF, kind="photo_ruler"), at=NOW)
    assert (document.state, document.kind, document.is_picture) == ("ready", "other", False)
    assert storage.vault().read_all(document.ref) == PDF


@pytest.mark.parametrize(
    "data, code",
    [(b"", "empty"), (b"GIF89a" + b"\0" * 60, "type_refused"), (b"\0\0\0\x18ftypavif" + b"\0" * 60, "type_refused")],
    ids=["empty", "gif", "avif"],
)
def test_what_is_not_accepted_leaves_nothing(nurse, place, tmp_path, data, code):
    with pytest.raises(RefusedError, match=code):
        receive(nurse, place, data)
    assert not Document.objects.filter(folder=place.folder).exists()
    assert on_disk(tmp_path) == []


def bomb():
    out = io.BytesIO()
    Image.new("1", (9001, 9001)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "data, code",
    [(bomb(), "too_many_pixels"), (phone_photo()[:5000], "unreadable"), (PDF[:-8], "unreadable")],
    ids=["bomb", "cut photograph", "cut PDF"],
)
def test_what_the_job_can_not_clean_is_refused_and_deleted(
    nurse, place, tmp_path, data, code, django_capture_on_commit_callbacks
):
    document = receive(nurse, place, data)
    with django_capture_on_commit_callbacks(execute=True):
        documents.process(document=document, at=NOW)
    document.refresh_from_db()
    assert (document.state, document.refusal) == ("refused", code)
    assert document.refusal_text
    assert on_disk(tmp_path) == []


def test_processing_twice_is_processing_once(nurse, place):
    document = receive(nurse, place)
    stale = Document.objects.get(pk=document.pk)
    documents.process(document=document, at=NOW)
    documents.process(document=stale, at=NOW)
    documents.process(document=document, at=NOW)
    assert stale.state == "ready"
    assert verbs(document) == ["receive", "process"]


def test_a_received_file_that_was_altered_is_refused(nurse, place, caplog):
    document = receive(nurse, place)
    path = storage.vault().path(f"{document.ref}.raw")
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    documents.process(document=document, at=NOW)
    assert (document.state, document.refusal) == ("refused", "lost")
    assert document.ref in caplog.text


def test_the_same_upload_sent_again_makes_one_document(nurse, place, tmp_path):
    client_id = uuid.uuid4()
    first = receive(nurse, place, client_id=client_id)
    second = receive(nurse, place, client_id=client_id)
    assert first.pk == second.pk
    assert len(on_disk(tmp_path)) == 1
    assert verbs(first) == ["receive"]


def test_the_same_client_id_in_another_folder_is_another_document(nurse, place):
    client_id = uuid.uuid4()
    other = Place(patient=place.patient, folder="G" * 22, opened_at=NOW)
    assert receive(nurse, place, client_id=client_id).pk != receive(nurse, other, client_id=client_id).pk


def test_another_content_under_the_same_client_id_is_refused(nurse, place):
    client_id = uuid.uuid4()
    receive(nurse, place, client_id=client_id)
    with pytest.raises(RefusedError, match="already_used"):
        receive(nurse, place, PDF, client_id=client_id)


def waiting_jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [documents.PROCESS_JOB])
        return cursor.fetchone()[0]


def test_the_same_upload_from_two_lines_at_once_makes_one_document(own_database, tmp_path):
    before = waiting_jobs()
    nurse = factories.nurse()
    place = Place(patient=factories.patient(cared_by=nurse.organisation), folder="F" * 22, opened_at=NOW)
    client_id, found, gate = uuid.uuid4(), [], threading.Barrier(4)

    def send():
        gate.wait()
        try:
            found.append(receive(nurse, place, client_id=client_id).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert Document.objects.filter(folder=place.folder).count() == 1
    assert len(on_disk(tmp_path)) == 1
    assert waiting_jobs() == before + 1


def test_the_job_is_part_of_the_transaction(own_database):
    before = waiting_jobs()
    nurse = factories.nurse()
    place = Place(patient=factories.patient(cared_by=nurse.organisation), folder="F" * 22, opened_at=NOW)

    @transaction.atomic
    def broken_request():
        receive(nurse, place)
        raise RuntimeError("the request breaks after the upload")

    with pytest.raises(RuntimeError):
        broken_request()
    assert waiting_jobs() == before
    assert not Document.objects.filter(folder=place.folder).exists()


def test_what_was_sent_and_a_report_can_not_be_taken_out_and_are_not_offered(nurse, place):
    sent = receive(nurse, place)
    documents.seal(patient=place.patient, folder=place.folder, at=sent.created_at)
    opened = replace(place, opened_at=sent.created_at + timedelta(minutes=1))
    report = receive(nurse, opened, at=sent.created_at + timedelta(hours=1), kind=DocumentKind.REPORT, data=PDF)
    later = receive(nurse, opened, at=sent.created_at + timedelta(hours=2))
    for document in (sent, report):
        with pytest.raises(Refused):
            documents.remove(by=nurse.actor, document=document, at=later.created_at)
    offered = slots.filled("slot", place.folder, at=later.created_at, shots=False).documents
    assert [document.pk for document in offered] == [later.pk]


def test_a_crash_between_file_and_row_leaves_an_orphan_that_the_sweep_deletes(nurse, place, tmp_path):
    kept = receive(nurse, place)
    storage.vault().write("O" * 22 + ".raw", [b"written, then the power failed"])
    swept = storage.vault().sweep_orphans(
        lambda names: documents.known_files(names, at=NOW), older_than=NOW + timedelta(days=365)
    )
    assert swept == ["O" * 22 + ".raw"]
    assert [path.name for path in on_disk(tmp_path)] == [f"{kept.ref}.raw"]


def test_the_raw_file_that_a_killed_job_left_is_swept(nurse, place, tmp_path):
    document = documents.process(document=receive(nurse, place), at=NOW)  # no commit in this test: raw stays
    assert f"{document.ref}.raw" in {path.name for path in on_disk(tmp_path)}
    storage.vault().sweep_orphans(lambda names: documents.known_files(names, at=NOW), NOW + timedelta(days=365))
    assert {path.name for path in on_disk(tmp_path)} == {document.ref, f"{document.ref}.view", f"{document.ref}.thumb"}


def test_removal_can_be_undone_for_a_day(nurse, place):
    document = documents.process(document=receive(nurse, place), at=NOW)
    documents.remove(by=nurse.actor, document=document, at=NOW)
    documents.remove(by=nurse.actor, document=document, at=NOW)
    assert document not in Document.objects.in_folder(place.folder)
    assert documents.known_files([document.ref], at=NOW + timedelta(hours=23)) >= {document.ref}
    documents.restore(by=nurse.actor, place=place, document=document, at=NOW + timedelta(hours=23))
    assert document in Document.objects.in_folder(place.folder)
    assert verbs(document) == ["receive", "process", "remove", "restore"]


def test_after_a_day_the_removed_files_go(nurse, place):
    document = documents.process(document=receive(nurse, place), at=NOW)
    documents.remove(by=nurse.actor, document=document, at=NOW)
    later = NOW + timedelta(days=1, seconds=1)
    assert documents.known_files([document.ref, f"{document.ref}.view"], at=later) == set()
    documents.restore(by=nurse.actor, place=place, document=document, at=later)
    assert document.removed_at


def test_once_sent_a_document_stays_and_an_old_page_adds_nothing(nurse, place, tmp_path):
    document = receive(nurse, place)
    documents.seal(patient=place.patient, folder=place.folder, at=NOW + timedelta(minutes=5))
    with pytest.raises(Refused):
        documents.remove(by=nurse.actor, document=document, at=NOW + timedelta(minutes=6))
    with pytest.raises(Refused):
        receive(nurse, place, at=NOW + timedelta(minutes=6))
    assert len(on_disk(tmp_path)) == 1
    assert FolderSeal.objects.get(folder=place.folder).sealed_at == NOW + timedelta(minutes=5)


def test_a_sending_and_an_upload_at_the_same_moment_never_mix(own_database):
    """Whichever comes first: the upload is part of what was sent, or it is refused; none waits for ever."""
    nurse = factories.nurse()
    patient = factories.patient(cared_by=nurse.organisation)
    for turn in range(6):
        place, answers, gate = Place(patient, f"{turn:022d}", opened_at=NOW), [], threading.Barrier(2)

        def send(place=place, answers=answers, gate=gate):
            gate.wait()
            try:
                answers.append(receive(nurse, place, at=NOW).pk)
            except Refused:
                answers.append(None)
            finally:
                connection.close()

        def seal(place=place, gate=gate):
            gate.wait()
            with transaction.atomic():
                lock_patient(patient.ref)  # as the move of the act does first
                documents.seal(patient=patient, folder=place.folder, at=NOW)
            connection.close()

        threads = [threading.Thread(target=send), threading.Thread(target=seal)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = Document.objects.filter(folder=place.folder).first()
        assert answers == [found.pk if found else None]
        assert found is None or documents.is_sealed(found)


def test_what_was_removed_before_the_sending_does_not_come_back(nurse, place):
    document = receive(nurse, place)
    documents.remove(by=nurse.actor, document=document, at=NOW)
    documents.seal(patient=place.patient, folder=place.folder, at=NOW + timedelta(minutes=5))
    with pytest.raises(Refused):
        documents.restore(by=nurse.actor, place=place, document=document, at=NOW + timedelta(minutes=6))


def test_a_page_opened_after_the_sending_adds_a_complement_that_can_be_removed(nurse, place):
    documents.seal(patient=place.patient, folder=place.folder, at=NOW)
    after = NOW + timedelta(hours=1)
    later = Place(patient=place.patient, folder=place.folder, opened_at=after)
    document = receive(nurse, later, at=after)
    documents.remove(by=nurse.actor, document=document, at=after)
    assert document.removed_at == after


def test_the_job_cleans_and_survives_a_document_that_is_gone(nurse, place):
    document = receive(nurse, place)
    jobs.process_document(document.pk)
    document.refresh_from_db()
    assert document.state == "ready"
    jobs.process_document(document.pk)
    jobs.process_document(0)


def test_the_queue_runs_the_job_and_the_raw_file_is_gone(own_database, tmp_path):
    nurse = factories.nurse()
    place = Place(patient=factories.patient(cared_by=nurse.organisation), folder="F" * 22, opened_at=NOW)
    document = receive(nurse, place)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(queues=["documents"], wait=False, install_signal_handlers=False, listen_notify=False)
    document.refresh_from_db()
    assert document.state == "ready"
    assert {path.name for path in on_disk(tmp_path)} == document.files(NOW)


def test_the_sweep_starts_again_what_was_left_waiting(nurse, place):
    document = receive(nurse, place)  # NOW lies in the past of the sweep's clock, or in its future: set it
    Document.objects.filter(pk=document.pk).update(created_at=NOW - timedelta(days=3650))
    count = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND args->>'document_id' = %s"
    with connection.cursor() as cursor:
        jobs.sweep(0)
        cursor.execute(count, [documents.PROCESS_JOB, str(document.pk)])
        assert cursor.fetchone() == (2,)
