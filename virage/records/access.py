"""The one door to a patient's data: filtered by the care team, traced in the journal.

No right to see: `Http404`, the same as if nothing were there. A read is an entry on the patient's chain,
at most one per reader, object and `QUIET` period, so that a page that polls does not drown the others.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from virage.accounts.access import Refused
from virage.accounts.models import Membership, User
from virage.accounts.roles import Permission
from virage.journal.entries import Actor, record
from virage.journal.models import Entry
from virage.records.models import CareReason, CareTeamMember, DataUse, Opposition, Patient, PatientVisit
from virage.records.models.documents import Document, FolderSeal

QUIET = timedelta(minutes=15)


def care_rows(by: Membership, at: datetime) -> QuerySet[CareTeamMember]:
    """The rows of all care teams by which this membership sees what is medical now."""
    if not by.may(Permission.SEE_PATIENTS):
        return CareTeamMember.objects.none()
    return CareTeamMember.objects.at(at).of(by)


def identities_of(by: Membership, at: datetime) -> QuerySet[Patient]:
    """The patients whose identity and administrative facts this membership may see: those of its care teams."""
    if not by.may(Permission.SEE_IDENTITY):
        return Patient.objects.none()
    rows = CareTeamMember.objects.at(at).of(by).filter(patient=OuterRef("pk"), scope="")
    return Patient.objects.filter(Exists(rows), merged_into__isnull=True)


def patients_of(by: Membership, at: datetime) -> QuerySet[Patient]:
    """The patients whose whole record this membership may see."""
    rows = care_rows(by, at).filter(patient=OuterRef("pk"), scope="")
    return Patient.objects.filter(Exists(rows), merged_into__isnull=True)


def patient_for(by: Membership, ref: str, *, at: datetime, purpose: str = "record") -> Patient:
    """The patient of that reference, traced; or 404. `purpose` is a code kept with the trace. One who may see the
    identity only is told so."""
    patient = _found(patients_of(by, at), ref)
    if patient is None:
        if _found(identities_of(by, at), ref):
            raise Refused(Permission.SEE_PATIENTS.value)
        raise Http404
    ref = patient.ref
    trace_read(by, subject_kind="patient", subject_ref=ref, patient_ref=ref, at=at, purpose=purpose)
    return patient


def _found(patients: QuerySet[Patient], ref: str) -> Patient | None:
    """The patient of that reference among these, or the one into whose record it was merged."""
    return patients.filter(ref=ref).first() or patients.filter(ref=survivor(ref)).first()


def survivor(ref: str) -> str:
    """The reference under which a merged record goes on; the same one when it was not merged."""
    into = Patient.objects.filter(merged__ref=ref).values_list("ref", flat=True).first()
    return survivor(into) if into else ref


def identity_for(by: Membership, ref: str, *, at: datetime) -> Patient:
    """The patient of that reference for pages that show nothing medical, traced; or 404."""
    patient = _found(identities_of(by, at), ref)
    if patient is None:
        raise Http404
    ref = patient.ref
    purpose = "record" if by.may(Permission.SEE_PATIENTS) else "identity"  # one who may go on is noted once, for all
    trace_read(by, subject_kind="patient", subject_ref=ref, patient_ref=ref, at=at, purpose=purpose)
    return patient


def require_identity(by: Membership, patient: Patient, *, at: datetime) -> None:
    """Raise `Refused` unless identity and care team are open to this membership."""
    if not identities_of(by, at).filter(pk=patient.pk).exists():
        raise Refused("not_in_care_team")


def require_care(by: Membership, patient: Patient, *, at: datetime) -> None:
    """Raise `Refused` unless the whole record is open to this membership: for actions, behind the page's 404."""
    if not patients_of(by, at).filter(pk=patient.pk).exists():
        raise Refused("not_in_care_team")


def require_lasting_care(by: Membership, patient: Patient, *, at: datetime) -> None:
    """Raise `Refused` where an emergency alone opens the record: such an access opens it to nobody else, and lasts as
    long as it lasts."""
    rows = CareTeamMember.objects.at(at).of(by).filter(patient=patient, scope="")
    if not rows.exclude(reason=CareReason.EMERGENCY).exists():
        raise Refused("emergency_only")


def unopposed(patient: Patient, members: QuerySet[Membership]) -> QuerySet[Membership]:
    """Those of these people with whom the patient does not oppose the exchange, nor with their structure."""
    against = Opposition.objects.in_force().filter(patient=patient, use=DataUse.EXCHANGE)
    people = against.filter(user__isnull=False).values("user")
    return members.exclude(user__in=people).exclude(organisation__in=opposed_places(patient))


def opposed_places(patient: Patient) -> QuerySet[Opposition]:
    """The structures with which the patient opposes the exchange, by key."""
    against = Opposition.objects.in_force().filter(patient=patient, use=DataUse.EXCHANGE)
    return against.filter(organisation__isnull=False).values("organisation")


def scopes_of(by: Membership, at: datetime) -> QuerySet[CareTeamMember]:
    """The rows that open one act only (an expert asked for an opinion, a doctor in copy)."""
    return care_rows(by, at).exclude(scope="")


def documents_of(by: Membership, at: datetime) -> QuerySet[Document]:
    """Documents of records that are open to this membership: whole records, and what one act opens. That is its own
    and, of its wound, those that had been sent when it was: no draft's, nor what comes after the act."""
    rows = care_rows(by, at)
    whole = rows.filter(scope="", patient=OuterRef("patient_id"))
    act = rows.filter(scope=OuterRef("folder"), patient=OuterRef("patient_id")).exclude(scope="")
    after = FolderSeal.objects.filter(folder=OuterRef("scope"), sealed_at__gte=OuterRef(OuterRef("created_at")))
    wound = rows.filter(Exists(after), scope_wound=OuterRef("wound_id"), patient=OuterRef("patient_id"))
    sent = FolderSeal.objects.filter(folder=OuterRef("folder"), sealed_at__gte=OuterRef("created_at"))
    earlier = Q(Exists(wound)) & Q(Exists(sent))
    return Document.objects.filter(Q(Exists(whole)) | Q(Exists(act)) | earlier, removed_at__isnull=True)


def document_for(by: Membership, ref: str, *, at: datetime) -> Document:
    """The document of that reference, traced; or 404."""
    document = documents_of(by, at).filter(ref=ref).select_related("patient").first()
    if document is None:
        raise Http404
    trace_read(
        by, subject_kind="document", subject_ref=ref, patient_ref=document.patient.ref, at=at, purpose="document"
    )
    return document


def trace_read(
    by: Membership, *, subject_kind: str, subject_ref: str, patient_ref: str, at: datetime, purpose: str
) -> None:
    """Note that this person read this object, unless noted in the last `QUIET`."""
    about = {"subject_kind": subject_kind, "subject_ref": subject_ref, "patient_ref": patient_ref}
    _trace(by.actor, **about, at=at, purpose=purpose)


def trace_oversight(by: Membership, user: User, *, at: datetime) -> None:
    """Note that a privacy officer looked at what one person read: on a chain of that person's, no patient's."""
    _trace(by.actor, subject_kind="user", subject_ref=user.ref, patient_ref="", at=at, purpose="oversight")


def trace_own_read(visit: PatientVisit, *, subject_kind: str, subject_ref: str, at: datetime, purpose: str) -> None:
    """Note that the patient, or a representative, read this on the own page: as any other reading."""
    about = {"subject_kind": subject_kind, "subject_ref": subject_ref, "patient_ref": visit.access.patient.ref}
    _trace(visit.access.actor, **about, at=at, purpose=purpose)


def _trace(actor: Actor, *, subject_kind: str, subject_ref: str, patient_ref: str, at: datetime, purpose: str) -> None:
    seen = Entry.objects.filter(
        subject_kind=subject_kind, subject_ref=subject_ref, at__gt=at - QUIET, actor_id=actor.id, verb="read"
    )
    if actor.id is None:  # the holder of an own page is no user
        seen = seen.filter(actor_label=actor.label)
    if not seen.exists():
        record(
            "read",
            by=actor,
            at=at,
            subject_kind=subject_kind,
            subject_ref=subject_ref,
            patient_ref=patient_ref,
            data={"purpose": purpose},
        )


def open_record(
    patient: Patient,
    *,
    reason: CareReason,
    at: datetime,
    by: str,
    user_id: int | None = None,
    team_id: int | None = None,
    organisation_id: int | None = None,
    scope: str = "",
    scope_wound_id: int | None = None,
    acting_for_id: int | None = None,
) -> CareTeamMember:
    """Let a person, a team or a structure into the care team, once: an open row of the same kind is kept."""
    row, _created = CareTeamMember.objects.get_or_create(
        patient=patient,
        user_id=user_id,
        team_id=team_id,
        organisation_id=organisation_id,
        scope=scope,
        ends_at=None,
        acting_for_id=acting_for_id,
        defaults={"reason": reason, "scope_wound_id": scope_wound_id, "starts_at": at, "granted_by": by},
    )
    return row


def close_scope(scope: str, *, at: datetime, but: tuple[int, ...] = (), teams_only: bool = False) -> None:
    """End what one act had opened, but for the users (by id) in `but`; to teams alone with `teams_only`."""
    rows = CareTeamMember.objects.filter(scope=scope, ends_at__isnull=True).exclude(user_id__in=but)
    (rows.filter(team__isnull=False) if teams_only else rows).update(ends_at=at)
