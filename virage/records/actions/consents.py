"""Consent to an act: recorded by a professional who heard it, given again on a follow-up, withdrawn.

A withdrawal stops what is to come; it erases no act that was finished, nor its record (CSP L.1111-4, R.6316-4).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.entries import lock_patient, record
from virage.journal.moves import Overtaken
from virage.records.access import require_care
from virage.records.models import Consent, ConsentBy, Contact, Patient, PatientAccess, PatientVisit
from virage.records.rules.consents import Said, facts_of, problems
from virage.records.rules.contacts import ADULT

ALREADY = "consent_already_recorded"
ASK_AGAIN = "consent_to_ask_again"
NOT_REPRESENTING = "not_representing"
AGAIN = ("given_by", "representative", "alone_reason", "informed_on_exchange", "how", "language", "interpreter")
OTHER_PATIENT = "other_patient"


@transaction.atomic
def record_consent(
    *,
    by: Membership,
    patient: Patient,
    subject: str,
    represented_by: Contact | None = None,
    at: datetime,
    **said: Any,
) -> Consent:
    """Note the consent to the act of reference `subject`. The same again gives the first back; another one while it
    is in force is refused: withdraw it first. `said` is that of `rules.consents.Said`; `represented_by` is a contact
    who may represent this patient today. ValueError when the facts don't hold together."""
    require(by, Permission.RECORD_CONSENT)
    require_care(by, patient, at=at)
    facts = _facts(patient, Said(**said), represented_by, at)
    lock_patient(patient.ref)
    former = Consent.objects.filter(subject=subject, withdrawn_at__isnull=True).first()
    if former:
        if former.patient_id == patient.pk and all(getattr(former, name) == value for name, value in facts.items()):
            return former
        raise Refused(ALREADY)
    consent = Consent.objects.create(
        patient=patient, subject=subject, recorded_by=by, recorded_at=at, created_at=at, **facts
    )
    _note("record_consent", consent, by=by, at=at, data={"act": subject, "given_by": consent.given_by})
    return consent


def _facts(patient: Patient, said: Said, represented_by: Contact | None, at: datetime) -> dict[str, Any]:
    on = at.date()
    minor = patient.age(on) < ADULT
    if represented_by and said.given_by == ConsentBy.REPRESENTATIVE:
        if represented_by not in Contact.objects.representing(patient, on):
            raise Refused(NOT_REPRESENTING)
        said = replace(said, representative=str(represented_by))
    else:
        represented_by = None
    if problems(said, minor=minor):
        raise ValueError("incomplete consent")
    return facts_of(said, minor=minor) | {"represented_by": represented_by}


@transaction.atomic
def renew_consent(*, by: Membership, previous: Consent, subject: str, at: datetime) -> Consent:
    """One press on a follow-up: the person agrees again, in the same way. Not after a withdrawal, nor where consent
    was impossible to collect, nor once a minor is of age or a representative no longer is one: then it is asked, or
    judged, anew."""
    if previous.withdrawn_at or previous.given_by == ConsentBy.IMPOSSIBLE or not _still_speaks(previous, at):
        raise Refused(ASK_AGAIN)
    return record_consent(
        by=by,
        patient=previous.patient,
        subject=subject,
        represented_by=previous.represented_by,
        at=at,
        **{name: getattr(previous, name) for name in AGAIN},
    )


def _still_speaks(previous: Consent, at: datetime) -> bool:
    """Whether the one who consented may still do so."""
    patient, on = previous.patient, at.date()
    if previous.represented_by:
        return previous.represented_by in Contact.objects.representing(patient, on)
    grown = patient.age(on) >= ADULT > patient.age(previous.recorded_at.date())
    return not grown


@transaction.atomic
def withdraw_consent(*, by: Membership, consent: Consent, at: datetime) -> Consent:
    """Note that the person no longer agrees. Raises `Overtaken` when it was noted already."""
    require(by, Permission.RECORD_CONSENT)
    require_care(by, consent.patient, at=at)
    lock_patient(consent.patient.ref)
    in_force = Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True)
    if not in_force.update(withdrawn_at=at, withdrawn_by=by):
        raise Overtaken("withdraw_consent", "withdrawn")
    consent.withdrawn_at, consent.withdrawn_by = at, by
    _note("withdraw_consent", consent, by=by, at=at, data={"act": consent.subject})
    return consent


@transaction.atomic
def withdraw_own_consent(*, visit: PatientVisit, consent: Consent, at: datetime) -> Consent:
    """The patient, or a representative, takes a consent back on the own page. Raises `Overtaken` when it was
    withdrawn already."""
    access = visit.access
    if not visit.is_open(at) or consent.patient_id != access.patient_id:
        raise Refused(OTHER_PATIENT)
    lock_patient(access.patient.ref)
    in_force = Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True)
    if not in_force.update(withdrawn_at=at, withdrawn_through=access):
        raise Overtaken("withdraw_consent", "withdrawn")
    consent.withdrawn_at, consent.withdrawn_through = at, access
    _note("withdraw_consent", consent, by=access, at=at, data={"act": consent.subject})
    return consent


def _note(verb: str, consent: Consent, *, by: Membership | PatientAccess, at: datetime, data: dict[str, str]) -> None:
    record(
        verb,
        by=by.actor,
        at=at,
        subject_kind="consent",
        subject_ref=consent.ref,
        patient_ref=consent.patient.ref,
        data=data,
    )
