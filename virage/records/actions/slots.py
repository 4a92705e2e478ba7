"""The right to add documents to one folder, as a signed slot that the page carries.

An act app that opens a draft knows who may fill it; it makes a slot for that membership, and the endpoints of
documents accept nothing else. A slot names one patient, folder and wound, holds for one membership and half a day, and
is looked at again on each use: the person must still be let into the record.
"""

import hashlib
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.core import signing
from django.http import Http404

from virage.accounts.models import Membership
from virage.records.access import patients_of, scopes_of
from virage.records.actions.documents import Place
from virage.records.actions.uploads import unfinished
from virage.records.models.documents import Document, DocumentKind, FolderSeal, PhoneLink
from virage.records.models.patients import Patient
from virage.records.models.uploads import Upload
from virage.records.models.wounds import Wound
from virage.records.rules.content import CHOOSER, LIMIT, PDF

LASTS = timedelta(hours=12)
_SALT = "virage.records.slots"
_SHOTS = (DocumentKind.OVERVIEW, DocumentKind.CLOSE_UP, DocumentKind.RULER)


@dataclass(frozen=True, slots=True)
class Shot:
    """A suggested photograph: whether there is one, and whether it is the one to take now."""

    kind: str
    label: str
    done: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Uploader:
    """What `records/documents/uploader.html` shows."""

    slot: str
    documents: list[Document]
    shots: list[Shot]
    phone: PhoneLink | None = None
    unfinished: list[Upload] = field(default_factory=list)
    limit: int = LIMIT
    accept: str = ",".join((*CHOOSER, PDF))

    @property
    def waiting(self) -> bool:
        """Whether a document is still being prepared: the list is asked for again."""
        return any(document.state == "received" for document in self.documents)

    @property
    def version(self) -> str:
        """Changes when the list would look different: a page that polls is answered only then."""
        phone = [self.phone.ref, self.phone.phones] if self.phone else []
        parts = [part for document in self.documents for part in (document.ref, document.state)]
        return hashlib.sha256(repr(parts + phone).encode()).hexdigest()[:12]

    @property
    def client_id(self) -> str:
        """For the form without script: a retry of the same page makes one document."""
        return str(uuid.uuid4())


def make_slot(*, by: Membership, patient: Patient, folder: str, at: datetime, wound: Wound | None = None) -> str:
    """Sign the right of this membership to fill this folder. The caller has checked that right."""
    body = [by.pk, patient.pk, folder, wound.pk if wound else None, at.timestamp()]
    return signing.dumps(body, salt=_SALT, compress=False)


def open_slot(slot: str, *, by: Membership | None, at: datetime) -> Place:
    """The place that a slot names, or 404: forged, another's, out of date, or the record is closed to this person."""
    try:
        holder, patient_id, folder, wound_id, made = signing.loads(slot, salt=_SALT)
    except (signing.BadSignature, ValueError):
        raise Http404 from None
    opened_at = datetime.fromtimestamp(made, tz=at.tzinfo)
    if by is None or holder != by.pk or at - opened_at > LASTS:
        raise Http404
    patient = patients_of(by, at).filter(pk=patient_id).first()
    if patient is None:
        row = scopes_of(by, at).filter(patient=patient_id, scope=folder).select_related("patient").first()
        if row is None:
            raise Http404
        patient = row.patient
    wound = Wound.objects.filter(pk=wound_id, patient=patient).first() if wound_id else None
    return Place(patient=patient, folder=folder, wound=wound, opened_at=opened_at)


def uploader(
    *, by: Membership, patient: Patient, folder: str, at: datetime, wound: Wound | None = None, shots: bool = True
) -> Uploader:
    """The context of the uploader for a page that `by` has opened; `shots` suggests the three views of a wound."""
    slot = make_slot(by=by, patient=patient, folder=folder, at=at, wound=wound)
    shown = filled(slot, folder, at=at, shots=shots and wound is not None)
    return replace(shown, unfinished=unfinished(by=by.actor, folder=folder, at=at))


def filled(slot: str, folder: str, *, at: datetime, shots: bool) -> Uploader:
    """The same slot with the documents of the folder that may still be taken out: what was sent is shown elsewhere."""
    there = list(Document.objects.in_folder(folder).select_related("wound"))
    suggested = suggest(there) if shots else []
    sent_at = FolderSeal.objects.filter(folder=folder).values_list("sealed_at", flat=True).first()
    documents = [document for document in there if not document.sealed_by(sent_at)]
    phones = PhoneLink.objects.filter(folder=folder, revoked_at=None, expires_at__gt=at)
    return Uploader(slot=slot, documents=documents, shots=suggested, phone=phones.order_by("id").last())


def suggest(documents: list[Document]) -> list[Shot]:
    """The three views of a wound, then any other; the first that is missing is chosen."""
    kinds = {document.kind for document in documents if document.state != "refused"}
    first = next((kind for kind in _SHOTS if kind.value not in kinds), DocumentKind.PHOTO)
    shots = [Shot(kind.value, str(kind.label), done=kind.value in kinds, chosen=kind is first) for kind in _SHOTS]
    return [*shots, Shot(DocumentKind.PHOTO.value, "", done=False, chosen=first is DocumentKind.PHOTO)]
