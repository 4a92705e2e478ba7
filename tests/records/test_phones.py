"""Pairing a phone with a draft: what the link lets one do, and when it ends."""

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.records.pictures import phone_photo
from virage.journal.models import Entry
from virage.kernel.references import new_reference
from virage.records.actions import documents, phones, slots
from virage.records.models.documents import Document, PhoneLink

FOLDER = "F" * 22
PHONE = "/patients/telephone/"


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
def place(patient):
    return documents.Place(patient, FOLDER, factories.wound(patient), opened_at=timezone.now())


@pytest.fixture
def pairing(nurse, place):
    return phones.pair_phone(by=nurse, place=place, at=timezone.now())


def link_url(token):
    return reverse("records:phone_link", args=[token])


def started(pairing):
    phone = Client()
    assert phone.post(link_url(pairing.token)).status_code == 302
    return phone


def send(phone, client_id=None, data=None, **more):
    file = SimpleUploadedFile("photo.jpg", phone_photo() if data is None else data)
    return phone.post(
        reverse("records:phone_upload"), {"file": file, "client_id": str(client_id or uuid.uuid4())} | more
    )


def sent_documents():
    return Document.objects.filter(folder=FOLDER)


def process_all():
    for document in sent_documents():
        documents.process(document=document, at=timezone.now())


def test_the_pc_shows_a_code_and_its_address_and_keeps_no_secret(client, nurse, patient, settings):
    client.force_login(nurse.user)
    slot = slots.make_slot(by=nurse, patient=patient, folder=FOLDER, at=timezone.now())
    answer = client.post(reverse("records:phone_pair", args=[slot]))
    address = answer.context["address"]
    assert address.startswith(settings.PUBLIC_URL)
    assert "data:image/svg+xml" in answer.content.decode()
    assert address in unescape(answer.content.decode())
    token = address.rstrip("/").rpartition("/")[2]
    link = PhoneLink.objects.get(folder=FOLDER)
    assert token not in (link.token_hash, link.ref)
    assert link.is_open(timezone.now())
    assert client.get(reverse("records:documents", args=[slot])).context["uploader"].phone == link


def test_reading_the_link_burns_nothing(client, pairing):
    for _ in range(3):
        assert client.get(link_url(pairing.token)).status_code == 200
    pairing.link.refresh_from_db()
    assert (pairing.link.opened_at, pairing.link.phones) == (None, 0)
    assert "phone" not in client.cookies
    assert client.get(PHONE).status_code == 404


def test_one_press_starts_the_phone_and_the_photograph_is_in_the_folder(pairing, nurse, patient, place):
    phone = started(pairing)
    assert phone.get(PHONE).status_code == 200
    assert send(phone, kind="photo_overview").status_code == 201
    document = sent_documents().get()
    assert (document.patient, document.wound, document.kind) == (patient, place.wound, "photo_overview")
    assert document.uploaded_by_id == nurse.user_id
    assert document.uploaded_by_label.endswith("(téléphone)")
    pairing.link.refresh_from_db()
    assert (pairing.link.phones, pairing.link.uploads) == (1, 1)
    verbs = Entry.objects.filter(subject_ref=pairing.link.ref).order_by("position").values_list("verb", flat=True)
    assert list(verbs) == ["pair_phone", "start_phone"]


def test_the_cookie_is_for_the_phone_pages_only(pairing):
    cookie = started(pairing).cookies["phone"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (PHONE, True, "Lax")


def test_no_page_of_the_phone_names_the_patient(pairing, patient):
    phone = started(pairing)
    send(phone)
    process_all()
    for answer in (phone.get(link_url(pairing.token)), phone.get(PHONE), phone.get(reverse("records:phone_sent"))):
        assert answer.status_code == 200
        for word in (patient.birth_name, patient.ref, patient.nir):
            assert word not in answer.content.decode()


def test_a_phone_sees_what_it_sent_and_nothing_else(pairing, nurse, place):
    mine, other = started(pairing), started(pairing)
    send(mine)
    send(other)
    documents.receive(
        by=nurse.actor,
        place=place,
        file=SimpleUploadedFile("pc.jpg", phone_photo()),
        client_id=uuid.uuid4(),
        at=timezone.now(),
    )
    process_all()
    by_mine, by_other, by_pc = sent_documents().order_by("id")
    thumbnail = lambda document: reverse("records:phone_thumbnail", args=[document.ref])  # noqa: E731
    assert mine.get(thumbnail(by_mine))["Content-Type"] == "image/webp"
    assert mine.get(thumbnail(by_other)).status_code == 404
    assert mine.get(thumbnail(by_pc)).status_code == 404
    shown = mine.get(PHONE).content.decode()
    assert thumbnail(by_mine) in shown
    assert by_other.ref not in shown
    assert mine.get(reverse("records:document_file", args=[by_mine.ref, "view"])).status_code == 302  # to sign-in


def test_a_started_phone_is_not_signed_in(pairing):
    assert started(pairing).get("/").status_code == 302


def test_the_same_photograph_sent_again_counts_once(pairing):
    phone, client_id = started(pairing), uuid.uuid4()
    assert [send(phone, client_id).status_code for _ in range(2)] == [201, 201]
    pairing.link.refresh_from_db()
    assert (sent_documents().count(), pairing.link.uploads) == (1, 1)


def test_a_link_has_a_limit_of_photographs(pairing):
    phone = started(pairing)
    PhoneLink.objects.update(uploads=phones.MOST_UPLOADS)
    assert send(phone).status_code == 403
    assert not sent_documents().exists()


def closed_page(url):
    answer = Client().get(url)
    assert answer.status_code == 404
    assert Client().post(url).status_code == 404
    text = answer.content.decode().replace(url, "")
    return re.sub(r"[A-Za-z0-9]{64}", "", text)  # the form's own token


def expire(link):
    PhoneLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_wrong_expired_and_revoked_links_get_the_same_helpful_page(pairing, nurse, place):
    wrong = closed_page(link_url(new_reference()))
    assert "Que faire" in wrong
    expire(pairing.link)
    assert closed_page(link_url(pairing.token)) == wrong
    second = phones.pair_phone(by=nurse, place=place, at=timezone.now())
    phones.revoke_phone(by=nurse, link=second.link, at=timezone.now())
    assert closed_page(link_url(second.token)) == wrong


def test_a_link_is_made_for_half_an_hour(nurse, place):
    now = timezone.now()
    pairing = phones.pair_phone(by=nurse, place=place, at=now)
    assert phones.find_link(pairing.token, at=now + timedelta(minutes=29))
    assert phones.find_link(pairing.token, at=now + timedelta(minutes=30)) is None


def test_a_started_phone_has_half_an_hour_from_its_start(nurse, place):
    now = timezone.now()
    pairing = phones.pair_phone(by=nurse, place=place, at=now)
    late = now + timedelta(minutes=25)
    assert phones.start_phone(token=pairing.token, at=late).link.expires_at == late + phones.LASTS
    again = phones.start_phone(token=pairing.token, at=late + timedelta(minutes=20))
    assert (again.link.expires_at, again.link.phones) == (late + phones.LASTS, 2)


def refused(phone):
    assert phone.get(PHONE).status_code == 404
    assert phone.get(reverse("records:phone_sent")).status_code == 404
    answer = send(phone)
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("text/plain")
    return not sent_documents().exists()


def test_an_expired_link_ends_its_phone(pairing):
    phone = started(pairing)
    expire(pairing.link)
    assert refused(phone)


def test_the_pc_cuts_the_phone_off(pairing, nurse, patient, client):
    phone = started(pairing)
    client.force_login(nurse.user)
    slot = slots.make_slot(by=nurse, patient=patient, folder=FOLDER, at=timezone.now())
    assert client.post(reverse("records:phone_revoke", args=[slot, pairing.link.ref])).status_code == 200
    assert refused(phone)


def test_a_slot_of_another_folder_cuts_nothing_off(pairing, nurse, patient, client):
    client.force_login(nurse.user)
    slot = slots.make_slot(by=nurse, patient=patient, folder="G" * 22, at=timezone.now())
    assert client.post(reverse("records:phone_revoke", args=[slot, pairing.link.ref])).status_code == 404
    assert phones.find_link(pairing.token, at=timezone.now())


def test_a_new_code_ends_the_former_phone(pairing, nurse, place):
    phone = started(pairing)
    phones.pair_phone(by=nurse, place=place, at=timezone.now())
    assert refused(phone)


def test_sending_the_request_ends_the_phone(pairing, patient):
    phone = started(pairing)
    documents.seal(patient=patient, folder=FOLDER, at=timezone.now())
    assert refused(phone)


def test_the_end_of_the_care_ends_the_phone(pairing, patient):
    phone = started(pairing)
    patient.care_team.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert refused(phone)


def test_the_phone_of_one_who_left_ends(pairing, nurse):
    phone = started(pairing)
    nurse.user.is_active = False
    nurse.user.save()
    assert refused(phone)


@pytest.mark.parametrize("cookie", ["", "forged", "WyJhIiwiYiJd:1abc:zzzz"])
def test_a_forged_cookie_opens_nothing(db, cookie):
    phone = Client()
    phone.cookies["phone"] = cookie
    assert refused(phone)


def test_a_cookie_naming_a_link_without_our_signature_opens_nothing(pairing):
    phone = Client()
    started(pairing)
    phone.cookies["phone"] = f'["{pairing.link.ref}", "{new_reference()}"]'
    assert refused(phone)


def test_a_refused_photograph_is_said_on_the_phone(pairing):
    answer = send(started(pairing), data=b"GIF89a" + b"\0" * 60)
    assert answer.status_code == 422
    assert "HEIC" in answer.content.decode()


def test_the_phone_page_without_script_sends_and_comes_back(pairing):
    assert send(started(pairing), next=PHONE).url == PHONE
