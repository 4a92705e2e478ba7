"""A phone paired with a draft: it takes photographs for one folder, and can do nothing else.

The link is a random secret, kept as its SHA-256. Opening it changes nothing (scanners and previews open links); one
press starts the phone, whose signed cookie names the link and the phone. All is over when the link ends, is revoked,
or the act is sent.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from virage.accounts.models import Membership
from virage.journal.entries import Actor, lock_patient, record
from virage.kernel.references import new_reference
from virage.records.access import patients_of, scopes_of
from virage.records.actions import uploads
from virage.records.actions.documents import Place, Received, receive
from virage.records.models.documents import Document, DocumentKind, PhoneLink
from virage.records.models.uploads import Upload

LASTS = timedelta(minutes=30)
"""How long a link may wait for its phone, then how long the phone may send (project default)."""

MOST_UPLOADS = 60
"""Photographs that one link may send (project default): a stolen link can't fill the disk."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A new link with its secret, which is shown once and kept nowhere."""

    link: PhoneLink
    token: str


@dataclass(frozen=True, slots=True)
class Phone:
    """A started phone: its link, and which of the link's phones it is."""

    link: PhoneLink
    phone: str


@transaction.atomic
def pair_phone(*, by: Membership, place: Place, at: datetime) -> Pairing:
    """Make a link for one folder; the former links of this person to that folder end."""
    lock_patient(place.patient.ref)
    PhoneLink.objects.filter(folder=place.folder, created_by=by, revoked_at=None).update(revoked_at=at)
    token = new_reference()
    link = PhoneLink.objects.create(
        token_hash=_digest(token),
        patient=place.patient,
        wound=place.wound,
        folder=place.folder,
        created_by=by,
        expires_at=at + LASTS,
        created_at=at,
    )
    _trace("pair_phone", link, by=by.actor, at=at)
    return Pairing(link, token)


def find_link(token: str, *, at: datetime) -> PhoneLink | None:
    """The open link of that secret; None for a wrong, ended or revoked one alike."""
    link = _links().filter(token_hash=_digest(token)).first()
    return link if link and _holds(link, at) else None


@transaction.atomic
def start_phone(*, token: str, at: datetime) -> Phone | None:
    """Start a phone with the link; it may send for `LASTS` from the first start. None when the link is not open."""
    link = find_link(token, at=at)
    if link is None:
        return None
    lock_patient(link.patient.ref)
    row = PhoneLink.objects.filter(pk=link.pk, revoked_at=None)
    first = row.filter(opened_at=None).update(opened_at=at, expires_at=at + LASTS, phones=1)
    if not first and not row.update(phones=F("phones") + 1):
        return None
    link.refresh_from_db()
    _trace("start_phone", link, by=_phone_actor(link), at=at)
    return Phone(link, new_reference())


@transaction.atomic
def revoke_phone(*, by: Membership, link: PhoneLink, at: datetime) -> None:
    """End the link and the phones started with it; what they sent stays."""
    lock_patient(link.patient.ref)
    if PhoneLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at):
        _trace("revoke_phone", link, by=by.actor, at=at)
    link.refresh_from_db()


def find_phone(*, link_ref: str, phone: str, at: datetime) -> Phone | None:
    """The started phone that a cookie names, as long as its link is open."""
    link = _links().filter(ref=link_ref, opened_at__isnull=False).first()
    return Phone(link, phone) if link and _holds(link, at) else None


def sent_by(phone: Phone) -> list[Document]:
    """The photographs that this phone sent and that were not removed: all that it may see."""
    return list(Document.objects.in_folder(phone.link.folder).filter(phone=phone.phone))


@transaction.atomic
def receive_from_phone(
    *, phone: Phone, file: Received, client_id: UUID, at: datetime, kind: str = DocumentKind.PHOTO
) -> Document | None:
    """Keep a photograph in the link's folder, in the name of who made the link. None when the link sent its share."""
    link = phone.link
    known = Document.objects.filter(folder=link.folder, client_id=client_id).exists()
    if not known and link.uploads >= MOST_UPLOADS:
        return None
    document = receive(
        by=_phone_actor(link),
        place=_place(phone),
        file=file,
        client_id=client_id,
        kind=kind,
        at=at,
    )
    if not known:
        _count(link)
    return document


def begin_from_phone(*, phone: Phone, claim: uploads.Claim, at: datetime) -> Upload | None:
    """As `uploads.begin`, for a photograph of this phone. None when the link sent its share."""
    if phone.link.uploads >= MOST_UPLOADS:
        return None
    return uploads.begin(by=_phone_actor(phone.link), place=_place(phone), claim=claim, at=at)


def find_from_phone(ref: str, *, phone: Phone, at: datetime) -> Upload | None:
    """The upload of that reference, if this very phone began it."""
    return uploads.find(ref, by=_phone_actor(phone.link), place=_place(phone), at=at)


@transaction.atomic
def add_from_phone(*, phone: Phone, upload: Upload, offset: int, data: bytes, at: datetime) -> Upload:
    """As `uploads.add`, in the name of who made the link; a photograph made whole counts in its share."""
    kept = uploads.add(
        by=_phone_actor(phone.link), place=_place(phone), upload=upload, offset=offset, data=data, at=at
    )
    if kept.document_id:
        _count(phone.link)
    return kept


def _place(phone: Phone) -> Place:
    link = phone.link
    return Place(link.patient, link.folder, link.wound, opened_at=link.created_at, phone=phone.phone)


def _count(link: PhoneLink) -> None:
    PhoneLink.objects.filter(pk=link.pk).update(uploads=F("uploads") + 1)


def _links() -> QuerySet[PhoneLink]:
    return PhoneLink.objects.select_related("patient", "wound", "created_by__user", "created_by__organisation")


def _holds(link: PhoneLink, at: datetime) -> bool:
    """Open, and the person who made it may still see the record: one who has left leaves no open phone behind."""
    by = link.created_by
    if not (link.is_open(at) and by.user.is_active and (by.ends_on is None or by.ends_on > at.date())):
        return False
    return (
        patients_of(by, at).filter(pk=link.patient_id).exists()
        or scopes_of(by, at).filter(patient=link.patient_id, scope=link.folder).exists()
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _phone_actor(link: PhoneLink) -> Actor:
    """A phone acts in the name of who made its link, and says so."""
    actor = link.created_by.actor
    return replace(actor, label=f"{actor.label} (téléphone)")


def _trace(verb: str, link: PhoneLink, *, by: Actor, at: datetime) -> None:
    record(
        verb,
        by=by,
        at=at,
        subject_kind="phonelink",
        subject_ref=link.ref,
        patient_ref=link.patient.ref,
        data={"folder": link.folder},
    )
