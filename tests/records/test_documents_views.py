"""The pages of documents: who may add, see, remove; and who finds nothing there."""

import uuid
from datetime import timedelta

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.records.pictures import PDF, phone_photo
from virage.journal.models import Entry
from virage.records import storage
from virage.records.actions import documents, slots
from virage.records.models.documents import Document
from virage.records.rules.content import LIMIT

FOLDER = "F" * 22


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.DOCUMENTS_DIR, settings.DOCUMENT_KEYS_DIR = tmp_path / "documents", tmp_path / "keys"


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(cared_by=nurse.organisation)


@pytest.fixture
def wound(patient):
    return factories.wound(patient)


@pytest.fixture
def slot(nurse, patient, wound):
    return slots.make_slot(by=nurse, patient=patient, folder=FOLDER, at=timezone.now(), wound=wound)


@pytest.fixture
def page(client, nurse):
    client.force_login(nurse.user)
    return client


@pytest.fixture
def stranger(client_of):
    return client_of(factories.nurse())


@pytest.fixture
def client_of():
    from django.test import Client  # noqa: PLC0415

    def signed_in(membership):
        client = Client()
        client.force_login(membership.user)
        return client

    return signed_in


def send(client, slot, data=None, client_id=None, **more):
    file = SimpleUploadedFile("IMG_0001.jpg", phone_photo() if data is None else data)
    body = {"file": file, "client_id": str(client_id or uuid.uuid4())} | more
    return client.post(reverse("records:document_upload", args=[slot]), body)


def ready(nurse, patient, wound=None, data=None, folder=FOLDER):
    now = timezone.now()
    place = documents.Place(patient, folder, wound, opened_at=now)
    file = SimpleUploadedFile("a.jpg", phone_photo() if data is None else data)
    document = documents.receive(by=nurse.actor, place=place, file=file, client_id=uuid.uuid4(), at=now)
    return documents.process(document=document, at=now)


def file_url(document, rendition="view"):
    return reverse("records:document_file", args=[document.ref, rendition])


def test_the_holder_of_a_slot_adds_a_photograph(page, slot, nurse, patient, wound):
    assert send(page, slot, kind="photo_ruler").status_code == 201
    document = Document.objects.get(folder=FOLDER)
    assert (document.patient, document.wound, document.kind) == (patient, wound, "photo_ruler")
    assert (document.uploaded_by_id, document.uploaded_by_label) == (nurse.user_id, nurse.user.get_full_name())


def test_an_upload_sent_again_is_acknowledged_and_makes_one_document(page, slot):
    client_id = uuid.uuid4()
    assert [send(page, slot, client_id=client_id).status_code for _ in range(3)] == [201, 201, 201]
    assert Document.objects.filter(folder=FOLDER).count() == 1


def test_the_plain_form_goes_back_to_its_page_and_nowhere_else(page, slot):
    assert send(page, slot, next="/patients/").url == "/patients/"
    assert send(page, slot, next="https://ailleurs.invalid/").status_code == 201


@pytest.mark.parametrize(
    "data, status", [(b"GIF89a" + b"\0" * 60, 422), (b"", 422), (b"\0\0\0\x18ftypavif" + b"\0" * 60, 422)]
)
def test_a_refused_file_is_answered_by_one_sentence(page, slot, data, status):
    answer = send(page, slot, data)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode().endswith(".")


def test_a_file_beyond_the_limit_is_answered_413_and_touches_no_disk(page, slot, tmp_path, settings):
    answer = send(page, slot, b"\xff\xd8\xff" + b"\0" * 27_000_000)
    assert answer.status_code == 413
    assert "25 Mo" in answer.content.decode()
    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
    assert not (tmp_path / "documents").exists()


def test_a_slot_is_of_no_use_to_another(slot, stranger):
    assert send(stranger, slot).status_code == 404
    assert stranger.get(reverse("records:documents", args=[slot])).status_code == 404
    assert stranger.post(reverse("records:phone_pair", args=[slot])).status_code == 404
    assert not Document.objects.filter(folder=FOLDER).exists()


def test_a_slot_is_of_no_use_to_a_colleague_either(slot, nurse, client_of):
    assert send(client_of(factories.nurse(organisation_=nurse.organisation)), slot).status_code == 404


def test_nobody_signed_in_is_sent_to_sign_in(client, slot):
    answer = send(client, slot)
    assert answer.status_code == 302
    assert answer.url.startswith("/compte/")


@pytest.mark.parametrize("forged", ["x", "eyJ4IjoxfQ:1abc:zzz", "W10"])
def test_a_forged_slot_is_nowhere(page, forged):
    assert send(page, forged).status_code == 404


def test_a_slot_signed_for_another_purpose_is_nowhere(page, nurse, patient):
    slot = signing.dumps([nurse.pk, patient.pk, FOLDER, None, timezone.now().timestamp()], salt="other")
    assert send(page, slot).status_code == 404


def test_an_old_slot_is_nowhere(page, nurse, patient):
    slot = slots.make_slot(by=nurse, patient=patient, folder=FOLDER, at=timezone.now() - timedelta(hours=13))
    assert send(page, slot).status_code == 404


def test_a_slot_ends_with_the_care(page, slot, patient):
    patient.care_team.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert send(page, slot).status_code == 404


def test_after_the_sending_the_open_page_says_so(page, slot, patient):
    documents.seal(patient=patient, folder=FOLDER, at=timezone.now())
    answer = send(page, slot)
    assert answer.status_code == 403
    assert "envoyée" in answer.content.decode()


def test_the_list_shows_the_documents_and_is_silent_when_nothing_changed(page, slot, nurse, patient, wound):
    document = ready(nurse, patient, wound)
    url = reverse("records:documents", args=[slot])
    answer = page.get(url)
    assert file_url(document, "thumb") in answer.content.decode()
    version = answer.context["uploader"].version
    assert page.get(url, {"seen": version}).status_code == 204
    ready(nurse, patient, wound)
    assert page.get(url, {"seen": version}).status_code == 200


def test_the_list_asks_again_only_while_something_is_awaited(page, slot, nurse, patient):
    url = reverse("records:documents", args=[slot])
    ready(nurse, patient)
    assert "every" not in page.get(url).content.decode()
    send(page, slot)
    assert "every" in page.get(url).content.decode()


def test_a_document_of_another_folder_can_not_be_removed_through_a_slot(page, slot, nurse, patient):
    other = ready(nurse, patient, folder="G" * 22)
    assert page.post(reverse("records:document_remove", args=[slot, other.ref])).status_code == 404
    assert not Document.objects.get(pk=other.pk).removed_at


def test_removal_offers_to_undo_and_undoes(page, slot, nurse, patient):
    document = ready(nurse, patient)
    answer = page.post(reverse("records:document_remove", args=[slot, document.ref]))
    back = reverse("records:document_restore", args=[slot, document.ref])
    assert back in answer.content.decode()
    assert page.get(file_url(document)).status_code == 404
    assert file_url(document, "thumb") in page.post(back).content.decode()


def test_a_sent_document_can_not_be_removed(page, slot, nurse, patient):
    document = ready(nurse, patient)
    documents.seal(patient=patient, folder=FOLDER, at=timezone.now())
    assert page.post(reverse("records:document_remove", args=[slot, document.ref])).status_code == 403


@pytest.mark.parametrize(
    "rendition, media_type", [("full", "image/jpeg"), ("view", "image/jpeg"), ("thumb", "image/webp")]
)
def test_the_care_team_sees_a_photograph_and_leaves_a_trace(page, nurse, patient, rendition, media_type):
    document = ready(nurse, patient)
    answer = page.get(file_url(document, rendition))
    assert (answer.status_code, answer["Content-Type"]) == (200, media_type)
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('inline; filename="document.')
    entry = Entry.objects.get(subject_ref=document.ref, verb="read")
    assert (entry.actor_id, entry.patient_ref) == (nurse.user_id, patient.ref)


def test_a_pdf_is_given_whole_and_has_no_other_form(page, nurse, patient):
    document = ready(nurse, patient, data=PDF)
    assert page.get(file_url(document, "full")).content == PDF
    assert page.get(file_url(document, "full"))["Content-Type"] == "application/pdf"
    assert page.get(file_url(document, "thumb")).status_code == 404


def test_a_stranger_finds_no_photograph(nurse, patient, stranger):
    document = ready(nurse, patient)
    assert stranger.get(file_url(document)).status_code == 404
    assert not Entry.objects.filter(subject_ref=document.ref, verb="read").exists()


def test_one_without_any_structure_finds_no_photograph(client, nurse, patient):
    client.force_login(factories.user())
    assert client.get(file_url(ready(nurse, patient))).status_code == 404


def test_what_came_in_is_never_given_out(page, slot, nurse, patient):
    send(page, slot)
    document = Document.objects.get(folder=FOLDER)
    for rendition in ("raw", "full", "view", "thumb", "key", "..", "part"):
        assert page.get(file_url(document, rendition)).status_code == 404
    documents.process(document=document, at=timezone.now())
    assert page.get(file_url(document, "raw")).status_code == 404


def test_an_altered_file_is_said_and_not_shown(page, nurse, patient, caplog):
    document = ready(nurse, patient)
    path = storage.vault().path(document.file("view"))
    path.write_bytes(path.read_bytes()[:-20])
    answer = page.get(file_url(document))
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert document.ref in caplog.text


def test_a_file_a_little_below_the_limit_is_kept(page, slot, tmp_path):
    answer = send(page, slot, b"\xff\xd8\xff" + b"\0" * (LIMIT - 3))
    assert answer.status_code == 201
    assert Document.objects.get(folder=FOLDER).size == LIMIT
