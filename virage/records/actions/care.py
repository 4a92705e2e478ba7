"""Let someone into a care team, and out of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership, Organisation, Team
from virage.accounts.roles import Permission
from virage.journal.entries import lock_patient, record
from virage.journal.moves import Overtaken
from virage.records.access import open_record, require_identity, require_lasting_care
from virage.records.models import CareReason, CareTeamMember, Patient

BY_HAND = (CareReason.RESIDENCE, CareReason.ATTENDING, CareReason.FOLLOW_UP)
"""The reasons one may give oneself; the others come with an act."""


@dataclass(frozen=True)
class Party:
    """Who is let in: a person (by a membership), a team, or a whole structure. Exactly one."""

    person: Membership | None = None
    team: Team | None = None
    organisation: Organisation | None = None

    def __post_init__(self) -> None:
        if sum(one is not None for one in (self.person, self.team, self.organisation)) != 1:
            raise ValueError("one party")


@transaction.atomic
def add_to_care_team(
    *,
    by: Membership,
    patient: Patient,
    party: Party,
    reason: str,
    ends_at: datetime | None = None,
    at: datetime,
) -> CareTeamMember:
    """Open the whole record, until `ends_at` if given; a party that is in already stays as it is."""
    require(by, Permission.EDIT_PATIENTS)
    require_identity(by, patient, at=at)
    require_lasting_care(by, patient, at=at)
    if reason not in BY_HAND:
        raise ValueError(reason)
    lock_patient(patient.ref)
    ids = {
        "user_id": party.person.user_id if party.person else None,
        "team_id": party.team.pk if party.team else None,
        "organisation_id": party.organisation.pk if party.organisation else None,
    }
    place = party.person.organisation_id if party.person else None
    rows = CareTeamMember.objects.at(at).filter(patient=patient, scope="", **ids).exclude(reason=CareReason.EMERGENCY)
    former = rows.filter(Q(acting_for__isnull=True) | Q(acting_for=place)).first()
    row = former or open_record(
        patient, reason=CareReason(reason), at=at, by=by.actor.label, acting_for_id=place, **ids
    )
    if former is None:
        if ends_at:
            row.ends_at = ends_at
            row.save(update_fields=["ends_at"])
        _note("join_care_team", row, by=by, at=at)
    if reason == CareReason.ATTENDING and party.person:
        _attend(patient, party.person, by=by, at=at)
    return row


@transaction.atomic
def remove_from_care_team(*, by: Membership, row: CareTeamMember, at: datetime) -> None:
    """Close the record to a party. What an act opened ends with that act; the last party stays, or nobody could see
    the record any more."""
    require(by, Permission.EDIT_PATIENTS)
    require_identity(by, row.patient, at=at)
    require_lasting_care(by, row.patient, at=at)
    if row.scope:
        raise Refused("opened_by_an_act")
    lock_patient(row.patient.ref)
    others = CareTeamMember.objects.at(at).filter(patient=row.patient, scope="").exclude(pk=row.pk)
    if not others.exclude(reason=CareReason.EMERGENCY).exists() and row.reason != CareReason.EMERGENCY:
        raise Refused("last_in_care_team")
    if not CareTeamMember.objects.at(at).filter(pk=row.pk).update(ends_at=at):
        raise Overtaken("leave_care_team", "left")
    row.ends_at = at
    _note("leave_care_team", row, by=by, at=at)


def _attend(patient: Patient, doctor: Membership, *, by: Membership, at: datetime) -> None:
    if patient.attending_doctor_id == doctor.pk:
        return
    patient.attending_doctor = doctor
    patient.save(update_fields=["attending_doctor"])
    record(
        "edit_patient",
        by=by.actor,
        at=at,
        subject_kind="patient",
        subject_ref=patient.ref,
        patient_ref=patient.ref,
        data={"changed": ["attending_doctor"]},
    )


def _note(verb: str, row: CareTeamMember, *, by: Membership, at: datetime) -> None:
    party = row.user or row.team or row.organisation
    record(
        verb,
        by=by.actor,
        at=at,
        subject_kind="patient",
        subject_ref=row.patient.ref,
        patient_ref=row.patient.ref,
        data={"party": party.ref if party else "", "reason": row.reason},
    )
