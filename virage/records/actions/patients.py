"""Open a record, and correct who it is about. The journal keeps which traits changed, never what they say."""

from datetime import datetime
from typing import Any

from django.db import transaction

from virage.accounts.access import require
from virage.accounts.models import Membership, Sector
from virage.accounts.roles import Permission
from virage.journal.entries import PLATFORM, lock_patient, record
from virage.journal.moves import Overtaken
from virage.records.access import open_record, require_identity
from virage.records.actions.duplicates import suspect
from virage.records.actions.identity import step_back
from virage.records.models import CareReason, Patient
from virage.records.rules.identity import STRICT
from virage.records.states import IDENTITY

TRAITS = frozenset(
    {
        "birth_name",
        "first_names",
        "first_name",
        "used_name",
        "used_first_name",
        "sex",
        "birth_date",
        "birth_date_known",
        "birth_place",
        "phone",
        "email",
        "address",
        "postcode",
        "city",
        "place",
        "residence",
        "region",
        "nir",
        "birth_rank",
        "fund",
        "rate",
    }
)
"""What a form may write; the attending doctor is named through the care team."""


@transaction.atomic
def create_patient(*, by: Membership, traits: dict[str, Any], at: datetime) -> Patient:
    """Open a record; the whole structure of the one who opens it joins the care team, so that no shift loses it."""
    require(by, Permission.EDIT_PATIENTS)
    patient = Patient(created_at=at, **_known(traits))
    patient.save()
    record(
        "create_patient", by=by.actor, at=at, subject_kind="patient", subject_ref=patient.ref, patient_ref=patient.ref
    )
    lives_here = by.organisation.sector == Sector.MEDICO_SOCIAL
    open_record(
        patient,
        reason=CareReason.RESIDENCE if lives_here else CareReason.FOLLOW_UP,
        at=at,
        by=by.actor.label,
        organisation_id=by.organisation_id,
    )
    suspect(patient=patient, at=at)
    return patient


@transaction.atomic
def edit_patient(
    *, by: Membership, patient: Patient, traits: dict[str, Any], at: datetime, revision: int | None = None
) -> Patient:
    """Change traits; nothing is written, in the table or the journal, when nothing changed. A strict trait that
    changes takes the identity back to provisional: neither the national service nor the document was about it.
    `Overtaken` when the row is no longer of the `revision` that the user saw."""
    require(by, Permission.EDIT_PATIENTS)
    require_identity(by, patient, at=at)
    lock_patient(patient.ref)
    row = Patient.objects.select_for_update().get(pk=patient.pk)
    if revision is not None and row.revision != revision:
        raise Overtaken("edit_patient", "changed")
    changed = sorted(name for name, value in _known(traits).items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, traits[name])
    row.revision += 1
    row.save()
    record(
        "edit_patient",
        by=by.actor,
        at=at,
        subject_kind="patient",
        subject_ref=row.ref,
        patient_ref=row.ref,
        data={"changed": changed},
    )
    if set(changed) & set(STRICT):
        if row.identity_status != IDENTITY.initial:
            step_back(row, by=by, at=at)
        suspect(patient=row, at=at)
    return row


def _known(traits: dict[str, Any]) -> dict[str, Any]:
    unknown = set(traits) - TRAITS
    if unknown:
        raise ValueError(f"not traits of a patient: {sorted(unknown)}")
    return traits


def forget_nir(pk: int, at: datetime) -> bool:
    """The number of the insured person has served: the record lets it go. The caller holds the patient's chain."""
    row = Patient.objects.select_for_update().get(pk=pk)
    if not row.nir:
        return False
    row.nir = ""
    row.revision += 1
    row.save(update_fields=["nir", "revision"])
    record(
        "forget_number", by=PLATFORM, at=at, subject_kind="patient", subject_ref=row.ref, patient_ref=row.ref, data={}
    )
    return True
