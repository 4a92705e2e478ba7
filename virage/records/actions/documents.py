"""What one does with documents: receive, process, remove, restore, seal.

`by` is who acts, as the journal keeps it; rights on the patient and the folder are the door's matter
(`actions.slots` for a person, `actions.phones` for a phone).
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from virage.accounts.access import Refused
from virage.journal.entries import PLATFORM, Actor, lock_patient, record
from virage.journal.moves import Overtaken, move
from virage.records import storage
from virage.records.models.documents import (
    KEPT_AFTER_REMOVAL,
    Document,
    DocumentKind,
    DocumentState,
    FolderSeal,
    PhoneLink,
    Rendition,
)
from virage.records.models.patients import Patient
from virage.records.models.wounds import Wound
from virage.records.rules import content, pictures
from virage.records.rules.content import RefusedError
from virage.records.states import DOCUMENT
from virage.records.storage import scanner
from virage.ui.holds import deleting

logger = logging.getLogger(__name__)

PROCESS_JOB = "records.process_document"
DOCUMENT_SEALED = "document_sealed"


class Received(Protocol):
    """What an uploaded file must offer (Django's UploadedFile does)."""

    size: int | None

    def chunks(self) -> Iterable[bytes]: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file goes: the patient, the folder of the act or draft, the wound it shows, the phone it comes from."""

    patient: Patient
    folder: str
    wound: Wound | None = None
    opened_at: datetime | None = None
    phone: str = ""


def receive(
    *,
    by: Actor,
    place: Place,
    file: Received,
    client_id: UUID,
    at: datetime,
    kind: str = DocumentKind.PHOTO,
    title: str = "",
    sha256: str = "",
) -> Document:
    """Keep an uploaded file and have it processed; the same `client_id` sent again gives the first document back.

    Raises `RefusedError` for a file that is not taken or does not have the `sha256` that was announced, `Refused` when
    the act was sent meanwhile. The file is on disk before the row: a crash between the two leaves an orphan, which the
    sweep deletes.
    """
    content_type = content.accept(_head(file), file.size or 0)
    former = _former(place.folder, client_id)
    document = former or Document(
        patient=place.patient,
        wound=place.wound,
        folder=place.folder,
        client_id=client_id,
        kind=_fitting(kind, content_type),
        title=title,
        content_type=content_type,
        sha256=sha256,
        uploaded_by_id=by.id,
        uploaded_by_label=by.label,
        phone=place.phone,
        created_at=at,
    )
    return _same(former, file) if former else _keep(document, file, by=by, place=place, at=at)


def _keep(document: Document, file: Received, *, by: Actor, place: Place, at: datetime) -> Document:
    vault, name = storage.vault(), document.file(Rendition.RAW)
    stored = vault.write(name, file.chunks())
    try:
        if document.sha256 and document.sha256 != stored.sha256:
            raise RefusedError(content.ALTERED)
        document.sha256, document.size, document.key_id = stored.sha256, stored.size, stored.key_id
        with transaction.atomic():
            lock_patient(place.patient.ref)
            former = _former(place.folder, document.client_id)
            if former is None:
                check_open(place)
                document.save(force_insert=True)
                _trace("receive", document, by=by, at=at, data={"kind": document.kind})
                defer_processing(document)
                return document
    except BaseException:
        vault.delete(name)
        raise
    vault.delete(name)
    return _same(former, file)


@transaction.atomic
def process(*, document: Document, at: datetime) -> Document:
    """Turn what was received into what may be shown. Safe to run twice, and by two workers at once.

    Raises `ScannerError` when the virus scanner can't say: the document waits, and the sweep brings it back.
    """
    if document.state != DocumentState.RECEIVED:
        return document
    vault = storage.vault()
    changes: dict[str, object] = {}
    try:
        raw = vault.read_all(document.file(Rendition.RAW))
        _check_clean(document, raw)
        made, changes = _made(document, raw)
        for rendition, data in made.items():
            vault.write(document.file(rendition), [data])
        verb = "process"
    except RefusedError as refusal:
        verb, changes = "refuse", {"refusal": refusal.code}
    except (storage.MissingError, storage.AlteredError):
        logger.exception("document %s can't be processed", document.ref)
        verb, changes = "refuse", {"refusal": content.LOST}
    lock_patient(document.patient.ref)
    try:
        told = {name: code for name, code in changes.items() if name == "refusal"}
        whose = document.patient.ref
        move(document, verb, workflow=DOCUMENT, by=PLATFORM, at=at, patient_ref=whose, data=told, **changes)
    except Overtaken:
        document.refresh_from_db()
        return document
    transaction.on_commit(lambda: let_go(document.file(Rendition.RAW)))
    return document


def let_go(name: str) -> None:
    """Delete a stored file that nothing needs any more; where a backup runs, the sweep does it later."""
    with deleting() as free:
        if free:
            storage.vault().delete(name)


def _check_clean(document: Document, raw: bytes) -> None:
    """Ask ClamAV, where the installation has one, before anything is decoded."""
    if settings.CLAMAV and (found := scanner.scan([raw], at=settings.CLAMAV)):
        logger.warning("document %s: the virus scanner found %s", document.ref, found)
        raise RefusedError(content.INFECTED)


def _made(document: Document, raw: bytes) -> tuple[dict[str, bytes], dict[str, object]]:
    """The renditions by name, and what is learnt about the document."""
    if not document.is_picture:
        content.check_pdf(raw)
        return {Rendition.FULL: raw}, {}
    clean = pictures.clean(raw, at=document.created_at)
    made = {Rendition.FULL: clean.full, Rendition.VIEW: clean.view, Rendition.THUMB: clean.thumb}
    return made, {"width": clean.width, "height": clean.height, "taken_at": clean.taken_at}


@transaction.atomic
def remove(*, by: Actor, document: Document, at: datetime) -> None:
    """Take a document out of a draft; can be undone for a day. Refused once the act was sent."""
    lock_patient(document.patient.ref)
    if is_sealed(document):
        raise Refused(DOCUMENT_SEALED)
    if Document.objects.filter(pk=document.pk, removed_at=None).update(removed_at=at):
        _trace("remove", document, by=by, at=at)
    document.refresh_from_db()


@transaction.atomic
def restore(*, by: Actor, place: Place, document: Document, at: datetime) -> None:
    """Undo a removal, as long as the files are there and the act was not sent."""
    lock_patient(document.patient.ref)
    check_open(place)
    if Document.objects.filter(pk=document.pk, removed_at__gt=at - KEPT_AFTER_REMOVAL).update(removed_at=None):
        _trace("restore", document, by=by, at=at)
    document.refresh_from_db()


@transaction.atomic
def seal(*, patient: Patient, folder: str, at: datetime) -> None:
    """The act was sent: its documents stay, its phones are cut off, pages opened before add nothing more."""
    lock_patient(patient.ref)
    FolderSeal.objects.update_or_create(folder=folder, defaults={"sealed_at": at})
    PhoneLink.objects.filter(folder=folder, revoked_at=None).update(revoked_at=at)


def is_sealed(document: Document) -> bool:
    """Whether the document belongs to what was sent, or is its report."""
    return document.sealed_by(
        FolderSeal.objects.filter(folder=document.folder).values_list("sealed_at", flat=True).first()
    )


def known_files(names: Iterable[str], *, at: datetime) -> set[str]:
    """Of these files, those that their documents still need."""
    refs = {name.partition(".")[0] for name in names}
    return {name for document in Document.objects.filter(ref__in=refs) for name in document.files(at)}


def defer_processing(document: Document) -> None:
    """Have the job clean this document; the job is part of the transaction."""
    app.configure_task(PROCESS_JOB, queue="documents").defer(document_id=document.pk)


def check_open(place: Place) -> None:
    """Raise `Refused` when the act was sent after the page was opened."""
    seal = FolderSeal.objects.filter(folder=place.folder).first()
    if seal and (place.opened_at is None or place.opened_at <= seal.sealed_at):
        raise Refused(DOCUMENT_SEALED)


def _fitting(kind: str, content_type: str) -> str:
    """A PDF is never a photograph, whatever shot was asked for when it was dropped."""
    known = kind if kind in DocumentKind.values else DocumentKind.OTHER
    return DocumentKind.OTHER if content_type == content.PDF and known != DocumentKind.REPORT else known


def _head(file: Received) -> bytes:
    return next(iter(file.chunks()), b"")[: content.HEAD]


def _former(folder: str, client_id: UUID) -> Document | None:
    return Document.objects.filter(folder=folder, client_id=client_id).first()


def _same(former: Document, file: Received) -> Document:
    """The first document, unless another content comes under the same client id."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    if former.sha256 != digest.hexdigest():
        raise RefusedError(content.ALREADY_USED)
    return former


def _trace(verb: str, document: Document, *, by: Actor, at: datetime, data: dict[str, str] | None = None) -> None:
    record(
        verb,
        by=by,
        at=at,
        subject_kind="document",
        subject_ref=document.ref,
        patient_ref=document.patient.ref,
        data={"folder": document.folder} | (data or {}),
    )
