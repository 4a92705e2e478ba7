"""Break-glass access: a professional outside the care team opens a record by exact traits, for a reason, for a time.

Whether a record exists is not said before a reason is given and kept; tries are few. Those who watch over the record
are told at once, and a privacy officer judges each opening afterwards.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership, User
from virage.accounts.roles import Permission, Role
from virage.journal.entries import lock_patient, record
from virage.journal.models import Entry
from virage.journal.moves import Overtaken
from virage.law import parameters
from virage.notifications.actions import Recipient, post_all
from virage.records.access import patients_of
from virage.records.models import (
    CareReason,
    CareTeamMember,
    EmergencyAccess,
    EmergencyReason,
    Opposition,
    Patient,
    Verdict,
)
from virage.records.reports.emergency import may_review
from virage.records.rules.emergency import Wanted, is_exactly, missing
from virage.records.rules.identity import words_of

SEEK = "seek_in_emergency"
TEMPLATE = "emergency_access"


class Found(StrEnum):
    """What came of a try."""

    OPENED = "opened"
    OPEN_ALREADY = "open_already"
    NOBODY = "nobody"
    SEVERAL = "several"
    TOO_OFTEN = "too_often"


@dataclass(frozen=True)
class Outcome:
    """`patient` is there when the record is open now."""

    found: Found
    patient: Patient | None = None


def explanation_letters(at: datetime) -> int:
    """How many letters an explanation has at least (dated parameter)."""
    letters: int = parameters.value("emergency.explanation", at.date())
    return letters


@transaction.atomic
def break_glass(*, by: Membership, wanted: Wanted, reason: str, explanation: str, at: datetime) -> Outcome:
    """Open the whole record of the one person with these traits to `by`, until the dated parameter's end; twice is
    once while it is open. ValueError when reason, explanation or traits are incomplete: forms check them first."""
    require(by, Permission.BREAK_GLASS)
    short = len("".join(explanation.split())) < explanation_letters(at)
    if reason not in EmergencyReason.values or short or missing(wanted):
        raise ValueError("incomplete")
    if not _try_counted(by, reason, at):
        return Outcome(Found.TOO_OFTEN)
    patients = _with_traits(by, wanted)
    if len(patients) != 1:
        return Outcome(Found.SEVERAL if patients else Found.NOBODY)
    patient = patients[0]
    lock_patient(patient.ref)
    if patients_of(by, at).filter(pk=patient.pk).exists():
        return Outcome(Found.OPEN_ALREADY, patient)
    access = _open(by, patient, reason, explanation.strip(), at)
    _tell(access, at)
    return Outcome(Found.OPENED, patient)


def _try_counted(by: Membership, reason: str, at: datetime) -> bool:
    """Note the try on the person's own chain, found or not; False when there were too many. Two tries at the same
    moment wait for one another on the person's row."""
    User.objects.select_for_update(no_key=True).get(pk=by.user_id)
    since = at - parameters.value("emergency.window", at.date())
    own = Entry.objects.filter(subject_kind="emergency", subject_ref=by.user.ref, verb=SEEK, at__gt=since)
    if own.count() >= parameters.value("emergency.attempts", at.date()):
        return False
    record(SEEK, by=by.actor, at=at, subject_kind="emergency", subject_ref=by.user.ref, data={"reason": reason})
    return True


def _with_traits(by: Membership, wanted: Wanted) -> list[Patient]:
    """Those with exactly these traits; two are enough to know that there is no one person. Not who
    opposes the exchange with this person or structure: that holds in an emergency too, and is not said."""
    opposed = Opposition.objects.in_force().against(by).values("patient")
    rows = Patient.objects.filter(merged_into__isnull=True).exclude(pk__in=opposed)
    if wanted.ins:
        rows = rows.filter(ins=wanted.ins)
    if wanted.birth_date:
        rows = rows.filter(birth_date=wanted.birth_date)
    if words := words_of([wanted.birth_name]).split():
        rows = rows.filter(search_names__contains=f" {words[0]}")
    exact = (row for row in rows if is_exactly(wanted, row.traits, used_first_name=row.used_first_name))
    return [row for row, _number in zip(exact, range(2), strict=False)]


def _open(by: Membership, patient: Patient, reason: str, explanation: str, at: datetime) -> EmergencyAccess:
    row = CareTeamMember.objects.create(
        patient=patient,
        user_id=by.user_id,
        acting_for_id=by.organisation_id,
        reason=CareReason.EMERGENCY,
        starts_at=at,
        ends_at=at + parameters.value("emergency.access", at.date()),
        granted_by=by.actor.label,
    )
    access = EmergencyAccess.objects.create(
        patient=patient, row=row, opened_by=by, reason=reason, explanation=explanation, created_at=at
    )
    data = {"reason": reason, "access": access.ref, "until": row.ends_at.isoformat()}
    _note("break_glass", access, by=by, at=at, data=data)
    return access


@transaction.atomic
def end_emergency(*, by: Membership, access: EmergencyAccess, at: datetime) -> None:
    """Close the door before its time: by the one who opened it. Raises `Overtaken` when it is closed already."""
    if access.opened_by.user_id != by.user_id:
        raise Refused("not_your_access")
    lock_patient(access.patient.ref)
    _close(access, by=by, at=at)


@transaction.atomic
def review_emergency(
    *, by: Membership, access: EmergencyAccess, verdict: str, comment: str, at: datetime
) -> EmergencyAccess:
    """Say whether the opening was justified, once; not one's own. One that was not is closed at once. ValueError when
    a refusal is not explained."""
    require(by, Permission.READ_JOURNAL)
    if not may_review(by, access, at):
        raise Refused("not_your_access_to_review")
    if verdict not in Verdict.values or (verdict == Verdict.NOT_JUSTIFIED and not comment.strip()):
        raise ValueError("incomplete")
    lock_patient(access.patient.ref)
    facts = {"verdict": verdict, "comment": comment.strip(), "reviewed_by": by, "reviewed_at": at}
    if not EmergencyAccess.objects.filter(pk=access.pk, verdict="").update(**facts):
        raise Overtaken("review_emergency", "reviewed")
    for name, value in facts.items():
        setattr(access, name, value)
    _note("review_emergency", access, by=by, at=at, data={"verdict": verdict, "access": access.ref})
    if verdict == Verdict.NOT_JUSTIFIED and access.row.ends_at > at:
        _close(access, by=by, at=at)
    return access


def _close(access: EmergencyAccess, *, by: Membership, at: datetime) -> None:
    if not CareTeamMember.objects.filter(pk=access.row_id, ends_at__gt=at).update(ends_at=at):
        raise Overtaken("end_emergency", "closed")
    access.row.ends_at = at
    _note("end_emergency", access, by=by, at=at, data={"access": access.ref})


def _tell(access: EmergencyAccess, at: datetime) -> None:
    """The privacy officers of both structures, the coordinator of the patient's, the médecin traitant."""
    patient, by = access.patient, access.opened_by
    homes = {by.organisation_id, patient.residence_id} - {None}
    there = Membership.objects.in_force(_day(by, at)).exclude(user=by.user_id).select_related("user", "organisation")
    officers = there.filter(organisation__in=homes, roles__contains=[Role.PRIVACY])
    near = Q(organisation=patient.residence_id or 0, roles__contains=[Role.COORDINATOR])
    carers = [who for who in there.filter(near | Q(pk=patient.attending_doctor_id)) if _sees(who, patient, at)]
    _post(access, list(officers), reverse("records:emergency_review", args=[access.ref]), at)
    _post(access, carers, reverse("records:team", args=[patient.ref]), at)


def _sees(who: Membership, patient: Patient, at: datetime) -> bool:
    return patients_of(who, at).filter(pk=patient.pk).exists()


def _day(by: Membership, at: datetime) -> date:
    return at.astimezone(ZoneInfo(by.organisation.time_zone)).date()


def _post(access: EmergencyAccess, members: list[Membership], link: str, at: datetime) -> None:
    people = {who.user_id: who.user for who in members}
    post_all(
        TEMPLATE,
        [Recipient(user.email, user.language, once=f"{TEMPLATE}:{access.ref}:{user.pk}") for user in people.values()],
        link=link,
        subject_kind="emergency",
        subject_ref=access.ref,
        at=at,
    )


def _note(verb: str, access: EmergencyAccess, *, by: Membership, at: datetime, data: dict[str, str]) -> None:
    ref = access.patient.ref
    record(verb, by=by.actor, at=at, subject_kind="patient", subject_ref=ref, patient_ref=ref, data=data)
