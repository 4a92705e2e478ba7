"""Note who stands near a patient; correct it, which ends a row and writes another; end it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.entries import lock_patient, record
from virage.journal.moves import Overtaken
from virage.records.access import require_identity
from virage.records.models import Contact, ContactKind, Patient
from virage.records.rules.contacts import problems


@transaction.atomic
def add_contact(*, by: Membership, patient: Patient, facts: dict[str, Any], at: datetime) -> Contact:
    """`facts`: kind, quality, name, phone, email. A patient has one trusted person: the former one's row ends."""
    _check(by, patient, at=at)
    if facts["kind"] == ContactKind.TRUSTED:
        _end_all(by, patient, at=at)
    return _write(by, patient, facts, at=at)


@transaction.atomic
def correct_contact(*, by: Membership, contact: Contact, facts: dict[str, Any], at: datetime) -> Contact:
    """Write it anew. `Overtaken` when someone else corrected or ended it meanwhile; the row itself when nothing
    changed."""
    patient = contact.patient
    _check(by, patient, at=at)
    if all(getattr(contact, name) == value for name, value in facts.items()) and contact.ended_at is None:
        return contact
    _end(contact, at=at, verb="correct_contact")
    if facts["kind"] == ContactKind.TRUSTED:
        _end_all(by, patient, at=at)
    return _write(by, patient, facts, at=at, instead_of=contact.ref)


@transaction.atomic
def end_contact(*, by: Membership, contact: Contact, at: datetime) -> None:
    """This person no longer has that role. The row stays, as part of the record's past."""
    _check(by, contact.patient, at=at)
    _end(contact, at=at, verb="end_contact")
    _note("end_contact", contact, by=by, at=at)


def _check(by: Membership, patient: Patient, *, at: datetime) -> None:
    require(by, Permission.EDIT_PATIENTS)
    require_identity(by, patient, at=at)
    lock_patient(patient.ref)


def _write(by: Membership, patient: Patient, facts: dict[str, Any], *, at: datetime, instead_of: str = "") -> Contact:
    age = patient.age(at.date())
    found = problems(facts["kind"], facts["quality"], age=age, phone=facts["phone"], email=facts["email"])
    if found:
        raise Refused(f"contact_{found[0]}")
    contact = Contact.objects.create(patient=patient, recorded_by=by.actor.label, created_at=at, **facts)
    _note("correct_contact" if instead_of else "add_contact", contact, by=by, at=at)
    return contact


def _end(contact: Contact, *, at: datetime, verb: str) -> None:
    if not Contact.objects.current().filter(pk=contact.pk).update(ended_at=at):
        raise Overtaken(verb, "ended")
    contact.ended_at = at


def _end_all(by: Membership, patient: Patient, *, at: datetime) -> None:
    for former in Contact.objects.current().filter(patient=patient, kind=ContactKind.TRUSTED):
        _end(former, at=at, verb="end_contact")
        _note("end_contact", former, by=by, at=at)


def _note(verb: str, contact: Contact, *, by: Membership, at: datetime) -> None:
    record(
        verb,
        by=by.actor,
        at=at,
        subject_kind="contact",
        subject_ref=contact.ref,
        patient_ref=contact.patient.ref,
        data={"kind": contact.kind},
    )
