"""A file in pieces: continued where it stopped, encrypted all the way, one document at the end, and nobody else's."""

import hashlib
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.factories import NOW
from tests.records.pictures import PDF, phone_photo
from virage.accounts.access import Refused
from virage.records import jobs, storage
from virage.records.actions import documents, phones, slots, uploads
from virage.records.actions.documents import Place
from virage.records.actions.uploads import Claim, OffsetError
from virage.records.models.documents import Document
from virage.records.models.uploads import KEPT, Upload, UploadPiece
from virage.records.rules import content
from virage.records.rules.content import RefusedError

FOLDER = "F" * 22
PIECE = 100_000


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.DOCUMENTS_DIR, settings.DOCUMENT_KEYS_DIR = tmp_path / "documents", tmp_path / "keys"


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def place(nurse):
    return Place(patient=factories.patient(cared_by=nurse.organisation), folder=FOLDER, opened_at=NOW)


@pytest.fixture
def photo():
    data = phone_photo(1000, 800)
    assert 3 * PIECE < len(data) < 10 * PIECE
    return data


def claim_of(data, **more):
    values = {"client_id": uuid.uuid4(), "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} | more
    return Claim(**values)


def begin(nurse, place, data, at=NOW, **more):
    return uploads.begin(by=nurse.actor, place=place, claim=claim_of(data, **more), at=at)


def add(nurse, place, upload, data, offset=None, at=NOW):
    start = upload.received if offset is None else offset
    return uploads.add(
        by=nurse.actor, place=place, upload=upload, offset=start, data=data[start : start + PIECE], at=at
    )


def send_rest(nurse, place, upload, data):
    while not upload.document_id:
        upload = add(nurse, place, upload, data)
    return upload


def on_disk(tmp_path):
    return sorted(path for path in (tmp_path / "documents").rglob("*") if path.is_file())


def test_pieces_become_the_document_that_one_request_would_have_made(
    nurse, place, photo, tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        upload = send_rest(nurse, place, begin(nurse, place, photo, kind="photo_closeup"), photo)
    document = upload.document
    assert (document.state, document.size, document.kind) == ("received", len(photo), "photo_closeup")
    assert document.sha256 == hashlib.sha256(photo).hexdigest()
    assert storage.vault().read_all(f"{document.ref}.raw") == photo
    assert [path.name for path in on_disk(tmp_path)] == [f"{document.ref}.raw"]
    assert documents.process(document=document, at=NOW).state == "ready"


def test_what_has_come_is_encrypted_while_the_rest_is_awaited(nurse, place, photo, tmp_path):
    upload = add(nurse, place, begin(nurse, place, photo), photo)
    (path,) = on_disk(tmp_path)
    sealed = path.read_bytes()
    assert path.name == f"{upload.pieces.get().ref}.piece"
    assert photo[:64] not in sealed
    assert photo[50_000:50_064] not in sealed


def test_an_upload_goes_on_from_where_it_stopped(nurse, place, photo):
    """After a lost answer (the same identifier) and after the page was closed (the same content)."""
    claim = claim_of(photo)
    upload = uploads.begin(by=nurse.actor, place=place, claim=claim, at=NOW)
    add(nurse, place, upload, photo)
    same = uploads.begin(by=nurse.actor, place=place, claim=claim, at=NOW)
    assert (same.pk, same.received) == (upload.pk, PIECE)
    reopened = begin(nurse, place, photo, kind="photo_ruler")
    assert (reopened.pk, reopened.received) == (upload.pk, PIECE)
    assert send_rest(nurse, place, reopened, photo).document.client_id == claim.client_id


def test_without_a_digest_the_identifier_alone_finds_the_upload(nurse, place, photo):
    claim = claim_of(photo, sha256="")
    upload = uploads.begin(by=nurse.actor, place=place, claim=claim, at=NOW)
    add(nurse, place, upload, photo)
    assert uploads.begin(by=nurse.actor, place=place, claim=claim, at=NOW).received == PIECE
    assert begin(nurse, place, photo, sha256="").pk != upload.pk


def test_a_finished_upload_says_so_instead_of_making_a_second_document(nurse, place, photo):
    done = send_rest(nurse, place, begin(nurse, place, photo), photo)
    again = begin(nurse, place, photo)
    assert (again.pk, again.document_id) == (done.pk, done.document_id)
    with pytest.raises(OffsetError):
        add(nurse, place, again, photo, offset=0)
    assert Document.objects.filter(folder=FOLDER).count() == 1


def test_a_document_that_was_taken_out_may_be_sent_again(nurse, place, photo):
    done = send_rest(nurse, place, begin(nurse, place, photo), photo)
    documents.remove(by=nurse.actor, document=done.document, at=NOW)
    anew = begin(nurse, place, photo)
    assert (anew.received, anew.document_id) == (0, None)


def test_another_file_under_the_same_identifier_is_refused(nurse, place, photo):
    claim = claim_of(photo)
    uploads.begin(by=nurse.actor, place=place, claim=claim, at=NOW)
    for other in (claim_of(PDF, client_id=claim.client_id), claim_of(photo[::-1], client_id=claim.client_id)):
        with pytest.raises(RefusedError, match=content.ALREADY_USED):
            uploads.begin(by=nurse.actor, place=place, claim=other, at=NOW)


def test_another_content_than_announced_is_refused_and_forgotten(
    nurse, place, photo, tmp_path, django_capture_on_commit_callbacks
):
    upload = begin(nurse, place, photo)
    changed = photo[:-20] + b"x" * 20
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(RefusedError, match=content.ALTERED),
    ):
        send_rest(nurse, place, upload, changed)
    assert not Upload.objects.filter(pk=upload.pk).exists()
    assert not Document.objects.filter(folder=FOLDER).exists()
    assert on_disk(tmp_path) == []


def test_a_type_that_is_not_taken_is_told_by_the_first_piece(nurse, place, tmp_path):
    gif = b"GIF89a" + b"\0" * 300_000
    upload = begin(nurse, place, gif)
    with pytest.raises(RefusedError, match=content.TYPE_REFUSED):
        add(nurse, place, upload, gif)
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize("size, code", [(0, content.EMPTY), (content.LIMIT + 1, content.TOO_LARGE)])
def test_a_size_that_is_not_taken_is_told_before_a_byte_is_sent(nurse, place, size, code):
    with pytest.raises(RefusedError, match=code):
        begin(nurse, place, b"", size=size)


@pytest.mark.parametrize("offset, length", [(0, PIECE), (PIECE + 1, 10), (PIECE - 1, 10), (PIECE, 0)])
def test_a_piece_that_does_not_follow_is_told_where_to_go_on(nurse, place, photo, offset, length):
    upload = add(nurse, place, begin(nurse, place, photo), photo)
    with pytest.raises(OffsetError) as elsewhere:
        uploads.add(
            by=nurse.actor, place=place, upload=upload, offset=offset, data=photo[offset : offset + length], at=NOW
        )
    assert elsewhere.value.upload.received == PIECE


def test_a_piece_beyond_the_announced_end_or_too_large_is_not_kept(nurse, place, photo, tmp_path):
    short = begin(nurse, place, photo[:150_000], sha256="")
    add(nurse, place, short, photo)
    before = on_disk(tmp_path)
    for data in (photo[PIECE : 2 * PIECE], b"x" * (uploads.LARGEST_PIECE + 1)):
        with pytest.raises(OffsetError):
            uploads.add(by=nurse.actor, place=place, upload=short, offset=PIECE, data=data, at=NOW)
    assert on_disk(tmp_path) == before


def test_a_person_leaves_only_so_many_uploads_unfinished(nurse, place, photo, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_UNFINISHED", 2)
    first = begin(nurse, place, photo)
    begin(nurse, place, PDF)
    with pytest.raises(RefusedError, match=content.TOO_MANY_UNFINISHED):
        begin(nurse, place, b"another")
    assert begin(nurse, place, photo).pk == first.pk
    send_rest(nurse, place, first, photo)
    assert begin(nurse, place, b"another").received == 0


def test_once_the_request_was_sent_nothing_is_begun_nor_added(nurse, place, photo, tmp_path):
    upload = add(nurse, place, begin(nurse, place, photo), photo)
    before = on_disk(tmp_path)
    documents.seal(patient=place.patient, folder=FOLDER, at=NOW + timedelta(minutes=1))
    with pytest.raises(Refused):
        add(nurse, place, upload, photo)
    with pytest.raises(Refused):
        begin(nurse, place, PDF)
    assert on_disk(tmp_path) == before


def test_an_upload_waits_a_day_then_leaves_nothing(nurse, place, photo, tmp_path, django_capture_on_commit_callbacks):
    upload = add(nurse, place, begin(nurse, place, photo), photo)
    assert uploads.unfinished(by=nurse.actor, folder=FOLDER, at=NOW) == [upload]
    assert uploads.expire(at=NOW + KEPT - timedelta(seconds=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.expire(at=NOW + KEPT) == 1
    assert on_disk(tmp_path) == []
    assert begin(nurse, place, photo).received == 0


def test_the_sweep_leaves_the_pieces_under_way_and_takes_what_a_crash_left(nurse, place, photo, tmp_path):
    """A crash between the file of a piece and its row; then one between the document and the end of its pieces."""
    upload = add(nurse, place, begin(nurse, place, photo), photo)
    storage.vault().write("O" * 22 + ".piece", [b"written, then the power failed"])

    def sweep():
        known = lambda names: documents.known_files(names, at=NOW) | uploads.known_pieces(names)  # noqa: E731
        return storage.vault().sweep_orphans(known, NOW + timedelta(days=365))

    assert sweep() == ["O" * 22 + ".piece"]
    upload = send_rest(nurse, place, upload, photo)  # no commit in this test: the pieces' files stay
    assert len(sweep()) == -(-len(photo) // PIECE)
    assert [path.name for path in on_disk(tmp_path)] == [f"{upload.document.ref}.raw"]


def test_the_periodic_job_sweeps_uploads_too(own_database, tmp_path):
    nurse = factories.nurse()
    place = Place(patient=factories.patient(cared_by=nurse.organisation), folder=FOLDER, opened_at=NOW)
    data = phone_photo(1000, 800)
    old, now = timezone.now() - KEPT - timedelta(hours=2), timezone.now()
    add(nurse, place, begin(nurse, place, data, at=old), data, at=old)
    kept = add(nurse, place, begin(nurse, place, PDF * 4000, at=now), PDF * 4000, at=now)
    jobs.sweep(0)
    assert [path.name for path in on_disk(tmp_path)] == [kept.pieces.get().file]
    assert Upload.objects.filter(folder=FOLDER).get() == kept


def test_a_crash_while_a_piece_is_kept_loses_that_piece_alone(own_database, monkeypatch, tmp_path):
    nurse = factories.nurse()
    place = Place(patient=factories.patient(cared_by=nurse.organisation), folder=FOLDER, opened_at=NOW)
    data = phone_photo(1000, 800)
    upload = add(nurse, place, begin(nurse, place, data), data)

    def power_fails(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(UploadPiece, "save", power_fails)
        with pytest.raises(KeyboardInterrupt):
            add(nurse, place, upload, data)
    upload.refresh_from_db()
    assert upload.received == PIECE
    assert storage.vault().read_all(f"{send_rest(nurse, place, upload, data).document.ref}.raw") == data


def test_two_pages_that_send_the_same_file_at_once_make_one_document(own_database, tmp_path):
    nurse = factories.nurse()
    place = Place(patient=factories.patient(cared_by=nurse.organisation), folder=FOLDER, opened_at=NOW)
    data, gate, ends, sent = phone_photo(1000, 800), threading.Barrier(3), [], []

    def page():
        gate.wait()
        try:
            upload = begin(nurse, place, data)
            while not upload.document_id:
                try:
                    upload = add(nurse, place, upload, data)
                    sent.append(upload.received)
                except OffsetError as elsewhere:
                    upload = elsewhere.upload
                upload.refresh_from_db()
            ends.append(upload.document_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=page) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ends) == 3
    assert len(set(ends)) == 1
    assert sorted(sent) == [*range(PIECE, len(data), PIECE), len(data)]  # each byte was kept once
    document = Document.objects.get(folder=FOLDER)
    assert storage.vault().read_all(f"{document.ref}.raw") == data
    assert [path.name for path in on_disk(tmp_path)] == [f"{document.ref}.raw"]


# The pages


@pytest.fixture
def slot(nurse, place):
    return slots.make_slot(by=nurse, patient=place.patient, folder=FOLDER, at=timezone.now())


@pytest.fixture
def page(client, nurse):
    client.force_login(nurse.user)
    return client


def start(client, url, data, **more):
    fields = {"client_id": str(uuid.uuid4()), "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} | more
    return client.post(url, fields)


def patch(client, url, data, offset):
    headers = {"Upload-Offset": str(offset)}
    return client.patch(url, data, content_type="application/offset+octet-stream", headers=headers)


def begin_url(slot):
    return reverse("records:upload_begin", args=[slot])


def test_the_page_sends_pieces_until_it_is_told_that_all_is_there(page, slot, photo):
    begun = start(page, begin_url(slot), photo)
    assert (begun.status_code, begun["Upload-Offset"], begun["Cache-Control"]) == (201, "0", "no-store")
    first = patch(page, begun["Location"], photo[:PIECE], 0)
    assert (first.status_code, first["Upload-Offset"]) == (204, str(PIECE))
    assert "Upload-Complete" not in first
    late = patch(page, begun["Location"], photo[:PIECE], 0)
    assert (late.status_code, late["Upload-Offset"]) == (409, str(PIECE))
    last = patch(page, begun["Location"], photo[PIECE:], PIECE)
    assert (last.status_code, last["Upload-Complete"]) == (204, "?1")
    assert patch(page, begun["Location"], photo[PIECE:], PIECE)["Upload-Complete"] == "?1"  # its answer was lost
    assert Document.objects.get(folder=FOLDER).size == len(photo)


def test_an_upload_given_up_is_gone(page, slot, photo):
    begun = start(page, begin_url(slot), photo)
    patch(page, begun["Location"], photo[:PIECE], 0)
    assert page.delete(begun["Location"]).status_code == 204
    assert page.delete(begun["Location"]).status_code == 404
    assert patch(page, begun["Location"], photo[PIECE:], PIECE).status_code == 404
    assert start(page, begin_url(slot), photo)["Upload-Offset"] == "0"


@pytest.mark.parametrize("offset", ["", "-1", "x", "9" * 30, "1e3"])
def test_a_malformed_offset_is_a_bad_request(page, slot, photo, offset):
    begun = start(page, begin_url(slot), photo)
    assert patch(page, begun["Location"], photo[:PIECE], offset).status_code == 400


def test_a_piece_above_the_limit_is_answered_413(page, slot, photo):
    begun = start(page, begin_url(slot), photo)
    assert patch(page, begun["Location"], b"x" * (uploads.LARGEST_PIECE + 1), 0).status_code == 413


@pytest.mark.parametrize("fields", [{"size": "abc"}, {"size": "-5"}, {"size": "9" * 40}, {"size": ""}])
def test_a_size_that_makes_no_sense_is_refused_in_words(page, slot, fields):
    answer = start(page, begin_url(slot), b"x", **fields)
    assert answer.status_code == 422
    assert answer.content.decode().endswith(".")


def test_an_upload_is_of_no_use_to_another(page, slot, nurse, place, photo):
    begun = start(page, begin_url(slot), photo)
    colleague = factories.nurse(organisation=nurse.organisation)
    other = Client()
    other.force_login(colleague.user)
    assert start(other, begin_url(slot), photo).status_code == 404
    assert patch(other, begun["Location"], photo[:PIECE], 0).status_code == 404
    own_slot = slots.make_slot(by=colleague, patient=place.patient, folder=FOLDER, at=timezone.now())
    ref = Upload.objects.get(folder=FOLDER).ref
    assert patch(other, reverse("records:upload_piece", args=[own_slot, ref]), photo[:PIECE], 0).status_code == 404
    assert start(other, begin_url(own_slot), photo)["Location"] != begun["Location"]
    assert Client().patch(begun["Location"], b"x").status_code == 302


def test_a_page_of_another_folder_can_not_add_to_it(page, nurse, place, slot, photo):
    start(page, begin_url(slot), photo)
    ref = Upload.objects.get(folder=FOLDER).ref
    elsewhere = slots.make_slot(by=nurse, patient=place.patient, folder="G" * 22, at=timezone.now())
    assert patch(page, reverse("records:upload_piece", args=[elsewhere, ref]), photo, 0).status_code == 404


def test_the_page_says_that_an_upload_was_cut(page, nurse, place, photo):
    now = timezone.now()
    upload = begin(nurse, place, photo, at=now)
    assert slots.uploader(by=nurse, patient=place.patient, folder=FOLDER, at=now).unfinished == []
    add(nurse, place, upload, photo, at=now)
    (told,) = slots.uploader(by=nurse, patient=place.patient, folder=FOLDER, at=now).unfinished
    assert told.percent == PIECE * 100 // len(photo)


# The phone


@pytest.fixture
def phone(nurse, place):
    link = phones.pair_phone(by=nurse, place=place, at=timezone.now())
    phone = Client()
    phone.post(reverse("records:phone_link", args=[link.token]))
    phone.link = link.link
    return phone


def test_a_phone_sends_in_pieces_and_the_photograph_counts_once(phone, photo):
    begun = start(phone, reverse("records:phone_upload_begin"), photo)
    patch(phone, begun["Location"], photo[:PIECE], 0)
    again = start(phone, reverse("records:phone_upload_begin"), photo)
    assert (again["Location"], again["Upload-Offset"]) == (begun["Location"], str(PIECE))
    assert patch(phone, begun["Location"], photo[PIECE:], PIECE)["Upload-Complete"] == "?1"
    assert patch(phone, begun["Location"], photo[PIECE:], PIECE)["Upload-Complete"] == "?1"
    phone.link.refresh_from_db()
    assert phone.link.uploads == 1
    assert Document.objects.get(folder=FOLDER).uploaded_by_label.endswith("(téléphone)")


def test_a_phone_that_sent_its_share_or_was_cut_off_begins_nothing(phone, nurse, photo):
    begun = start(phone, reverse("records:phone_upload_begin"), photo)
    type(phone.link).objects.update(uploads=phones.MOST_UPLOADS)
    assert start(phone, reverse("records:phone_upload_begin"), photo).status_code == 403
    phones.revoke_phone(by=nurse, link=phone.link, at=timezone.now())
    assert start(phone, reverse("records:phone_upload_begin"), photo).status_code == 403
    assert patch(phone, begun["Location"], photo[:PIECE], 0).status_code == 403


def test_one_phone_does_not_add_to_the_upload_of_another_or_of_the_page(phone, page, slot, nurse, place, photo):
    by_page = start(page, begin_url(slot), photo)
    ref = by_page["Location"].rstrip("/").rpartition("/")[2]
    assert patch(phone, reverse("records:phone_piece", args=[ref]), photo, 0).status_code == 404
    assert start(phone, reverse("records:phone_upload_begin"), photo)["Location"] != by_page["Location"]
