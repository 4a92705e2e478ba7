"""A document that arrives in pieces: begun, continued from where it stopped, made whole.

The protocol follows tus 1.0 in spirit (creation, offset, PATCH) with one simplification: to begin again is to ask how
far it went. Each piece is acknowledged once it is encrypted on disk and its row is committed; a crash before leaves an
orphan that the sweep deletes, and the piece is sent again. The last piece and the document are one transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from virage.journal.entries import Actor, lock_patient
from virage.records import storage
from virage.records.actions import documents
from virage.records.actions.documents import Place
from virage.records.models.documents import Document, DocumentKind
from virage.records.models.uploads import KEPT, PIECE, Upload, UploadPiece
from virage.records.rules import content
from virage.records.rules.content import RefusedError

LARGEST_PIECE = 1024 * 1024
"""Bytes taken at once: what a cut line loses at most."""

MOST_UNFINISHED = 20
"""Uploads that one person may leave unfinished in all folders (project default): half a gigabyte on the disk."""


class OffsetError(Exception):
    """The piece does not begin where the upload stands; `upload` says where that is."""

    def __init__(self, upload: Upload) -> None:
        super().__init__("offset")
        self.upload = upload


@dataclass(frozen=True, slots=True)
class Claim:
    """What the browser says of a file before it sends it; `sha256` is empty where it can't compute it."""

    client_id: UUID
    size: int
    sha256: str = ""
    kind: str = DocumentKind.PHOTO


@transaction.atomic
def begin(*, by: Actor, place: Place, claim: Claim, at: datetime) -> Upload:
    """The upload to continue: a new one, the one of this client id, or the one of the same file that was cut.

    Raises `RefusedError` for a file that is not taken or another one under the same client id, `Refused` when the act
    was sent meanwhile.
    """
    if not 0 < claim.size <= content.LIMIT:
        raise RefusedError(content.TOO_LARGE if claim.size else content.EMPTY)
    lock_patient(place.patient.ref)
    documents.check_open(place)
    known = _known(by, place, claim, at)
    if known:
        Upload.objects.filter(pk=known.pk, document=None).update(touched_at=at)
        return known
    mine = Upload.objects.unfinished(at).filter(uploaded_by_id=by.id)
    if mine.count() >= MOST_UNFINISHED:
        raise RefusedError(content.TOO_MANY_UNFINISHED)
    return Upload.objects.create(
        patient=place.patient,
        folder=place.folder,
        client_id=claim.client_id,
        kind=claim.kind if claim.kind in DocumentKind.values else DocumentKind.OTHER,
        size=claim.size,
        sha256=claim.sha256,
        uploaded_by_id=by.id,
        phone=place.phone,
        touched_at=at,
        created_at=at,
    )


def _known(by: Actor, place: Place, claim: Claim, at: datetime) -> Upload | None:
    there = Upload.objects.filter(folder=place.folder)
    same = there.filter(client_id=claim.client_id).first()
    mine = {"uploaded_by_id": by.id, "phone": place.phone, "size": claim.size}
    if same and (same.sha256, *(getattr(same, name) for name in mine)) != (claim.sha256, *mine.values()):
        raise RefusedError(content.ALREADY_USED)
    if same or not claim.sha256:
        return same
    # A document that was refused or taken out again may be sent anew.
    standing = Q(document=None) | Q(document__removed_at=None) & ~Q(document__state="refused")
    recent = there.filter(standing, **mine, sha256=claim.sha256, touched_at__gt=at - KEPT)
    return recent.order_by("id").last()


def find(ref: str, *, by: Actor, place: Place, at: datetime) -> Upload | None:
    """The upload of that reference, if it is this person's (or phone's) in this folder and not out of date."""
    mine = Upload.objects.filter(folder=place.folder, patient=place.patient, uploaded_by_id=by.id, phone=place.phone)
    return mine.filter(ref=ref, touched_at__gt=at - KEPT).select_related("patient").first()


def unfinished(*, by: Actor, folder: str, at: datetime) -> list[Upload]:
    """What this person began here from a page and did not finish: the same file, chosen again, goes on."""
    mine = Upload.objects.unfinished(at).filter(folder=folder, uploaded_by_id=by.id, phone="", received__gt=0)
    return list(mine.exclude(sha256="").order_by("id"))


def add(*, by: Actor, place: Place, upload: Upload, offset: int, data: bytes, at: datetime) -> Upload:
    """Keep a piece; the last one makes the document. A piece sent twice, or from two pages at once, counts once.

    Raises `OffsetError` when it does not begin where the upload stands, `RefusedError` for a file that is not taken,
    `Refused` when the act was sent meanwhile.
    """
    end = offset + len(data)
    if upload.document_id or offset != upload.received or not data or end > upload.size or len(data) > LARGEST_PIECE:
        raise OffsetError(upload)
    if offset == 0:
        content.accept(data[: content.HEAD], upload.size)
    piece = UploadPiece(upload=upload, offset=offset, size=len(data))
    vault = storage.vault()
    vault.write(piece.file, [data])
    try:
        return _kept(piece, by=by, place=place, at=at)
    except BaseException as fault:
        vault.delete(piece.file)
        if isinstance(fault, RefusedError):
            drop(upload=upload)
        raise


@transaction.atomic
def _kept(piece: UploadPiece, *, by: Actor, place: Place, at: datetime) -> Upload:
    """The patient's chain first, as everywhere; then the upload's row: of two equal pieces one is told."""
    lock_patient(place.patient.ref)
    documents.check_open(place)
    upload = Upload.objects.select_for_update().filter(pk=piece.upload_id).first()
    if upload is None or upload.document_id or upload.received != piece.offset:
        raise OffsetError(upload or piece.upload)
    piece.save(force_insert=True)
    upload.received, upload.touched_at = piece.offset + piece.size, at
    if upload.received == upload.size:
        upload.document = _whole(upload, by=by, place=place, at=at)
        _forget(upload)
    upload.save(update_fields=["received", "touched_at", "document"])
    return upload


def _whole(upload: Upload, *, by: Actor, place: Place, at: datetime) -> Document:
    return documents.receive(
        by=by,
        place=place,
        file=_Pieces(upload),
        client_id=upload.client_id,
        kind=upload.kind,
        sha256=upload.sha256,
        at=at,
    )


@transaction.atomic
def drop(*, upload: Upload) -> None:
    """Give an unfinished upload up; nothing happens to one that is a document already."""
    found = Upload.objects.select_for_update().filter(pk=upload.pk, document=None).first()
    if found:
        _forget(found)
        found.delete()


def expire(*, at: datetime) -> int:
    """Forget what waited too long, finished or not; gives how many."""
    old = list(Upload.objects.filter(touched_at__lte=at - KEPT).order_by("id")[:500])
    for upload in old:
        with transaction.atomic():
            _forget(upload)
            upload.delete()
    return len(old)


def known_pieces(names: Iterable[str]) -> set[str]:
    """Of these files, those that an upload under way still needs."""
    refs = [name.partition(".")[0] for name in names if name.endswith(f".{PIECE}")]
    return {piece.file for piece in UploadPiece.objects.filter(ref__in=refs)}


def _forget(upload: Upload) -> None:
    """The pieces go: their rows now, their files when that is committed."""
    for piece in upload.pieces.all():
        transaction.on_commit(partial(documents.let_go, piece.file))
    upload.pieces.all().delete()


class _Pieces:
    """The pieces of an upload as the one file that they are."""

    def __init__(self, upload: Upload) -> None:
        self.size: int | None = upload.size
        self._names = [piece.file for piece in upload.pieces.all()]
        self._vault = storage.vault()

    def chunks(self) -> Iterable[bytes]:
        for name in self._names:
            yield from self._vault.read(name)
