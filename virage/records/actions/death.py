"""Note that a patient has died, or that this was a mistake. The acts that are open look for it, and tell."""

from datetime import date, datetime

from django.db import transaction

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.entries import lock_patient, record
from virage.journal.moves import Overtaken
from virage.records.access import require_identity
from virage.records.models import Patient


@transaction.atomic
def note_death(*, by: Membership, patient: Patient, on: date, at: datetime) -> Patient:
    """From now on no act can begin, nor a request be sent. `Overtaken` when somebody noted it already."""
    _check(by, patient, at=at)
    if not patient.birth_date <= on <= at.date():
        raise Refused("death_out_of_life")
    facts = {"deceased_on": on, "deceased_noted_at": at, "deceased_noted_by": by.actor.label}
    _write(patient, "note_death", facts, by=by, at=at, was_noted=False)
    return patient


@transaction.atomic
def undo_death(*, by: Membership, patient: Patient, at: datetime) -> Patient:
    """It was noted by mistake, or about another person."""
    _check(by, patient, at=at)
    facts = {"deceased_on": None, "deceased_noted_at": None, "deceased_noted_by": ""}
    _write(patient, "undo_death", facts, by=by, at=at, was_noted=True)
    return patient


def _check(by: Membership, patient: Patient, *, at: datetime) -> None:
    require(by, Permission.EDIT_PATIENTS)
    require_identity(by, patient, at=at)
    lock_patient(patient.ref)


def _write(
    patient: Patient, verb: str, facts: dict[str, object], *, by: Membership, at: datetime, was_noted: bool
) -> None:
    if not Patient.objects.filter(pk=patient.pk, deceased_on__isnull=not was_noted).update(**facts):
        raise Overtaken(verb, "alive" if was_noted else "deceased")
    for name, value in facts.items():
        setattr(patient, name, value)
    record(verb, by=by.actor, at=at, subject_kind="patient", subject_ref=patient.ref, patient_ref=patient.ref)
