"""The status of an identity: the matricule obtained, the document seen, and either of them taken back.

An identity with both is qualified, and only then is its matricule passed on (`Patient.matricule`).
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.entries import lock_patient
from virage.journal.moves import move
from virage.kernel.identifiers import compact, ins_problems
from virage.records.access import require_identity
from virage.records.actions.duplicates import suspect
from virage.records.models import IdDocument, InsSource, Patient
from virage.records.states import IDENTITY

NO_INS: dict[str, Any] = {"ins": "", "ins_oid": "", "ins_source": "", "ins_recovered_on": None}
NO_CHECK: dict[str, Any] = {"id_document": "", "id_seen_on": None}


@transaction.atomic
def recover_ins(
    *, by: Membership, patient: Patient, ins: str, oid: str, source: InsSource, on: date, at: datetime
) -> Patient:
    """Note the matricule that the national service gave for these very traits, on that day."""
    row = _checked(by, patient, at=at)
    if ins_problems(ins, oid):
        raise Refused("ins_wrong")
    if not row.birth_place:
        raise Refused("birthplace_needed")
    if on > at.date():
        raise Refused("in_the_future")
    changes = {"ins": compact(ins), "ins_oid": oid, "ins_source": source, "ins_recovered_on": on}
    _move(row, "recover_ins", by=by, at=at, said={"source": source}, **changes)
    suspect(patient=row, at=at)
    return row


@transaction.atomic
def check_identity(*, by: Membership, patient: Patient, document: IdDocument, on: date, at: datetime) -> Patient:
    """Note that the traits were compared with an identity document, on that day. Nothing of it is copied."""
    row = _checked(by, patient, at=at)
    if on > at.date():
        raise Refused("in_the_future")
    changes = {"id_document": document, "id_seen_on": on}
    return _move(row, "check_identity", by=by, at=at, said={"document": document}, **changes)


@transaction.atomic
def withdraw_ins(*, by: Membership, patient: Patient, at: datetime) -> Patient:
    """The matricule was not this person's, or is in doubt: it leaves the record."""
    return _move(_checked(by, patient, at=at), "withdraw_ins", by=by, at=at, **NO_INS)


@transaction.atomic
def withdraw_check(*, by: Membership, patient: Patient, at: datetime) -> Patient:
    """The document was another person's, or is in doubt."""
    return _move(_checked(by, patient, at=at), "withdraw_check", by=by, at=at, **NO_CHECK)


def step_back(row: Patient, *, by: Membership, at: datetime) -> None:
    """A strict trait has changed: what was obtained or seen was about other traits. The caller holds the lock."""
    _move(row, "change_traits", by=by, at=at, **NO_INS, **NO_CHECK)


def _checked(by: Membership, patient: Patient, *, at: datetime) -> Patient:
    """The row as the caller saw it: its status decides whether somebody else was first."""
    require(by, Permission.EDIT_PATIENTS)
    require_identity(by, patient, at=at)
    lock_patient(patient.ref)
    return patient


def _move(
    row: Patient, verb: str, *, by: Membership, at: datetime, said: dict[str, str] | None = None, **changes: Any
) -> Patient:
    move(
        row,
        verb,
        workflow=IDENTITY,
        field="identity_status",
        by=by.actor,
        at=at,
        patient_ref=row.ref,
        data=said,
        **changes,
    )
    return row
