"""Consent to an act: recorded by a professional who heard it, given again on a follow-up, withdrawn.

A withdrawal stops what is to come; it erases no act that was finished, nor its record (CSP L.1111-4, R.6316-4).
"""

from datetime import datetime

from django.db import transaction

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.entries import lock_patient, record
from virage.journal.moves import Overtaken
from virage.records.access import require_care
from virage.records.models import Consent, ConsentBy, Patient, PatientAccess, PatientVisit
from virage.records.rules.consents import problems

ALREADY = "consent_already_recorded"
ASK_AGAIN = "consent_to_ask_again"
OTHER_PATIENT = "other_patient"


@transaction.atomic
def record_consent(
    *,
    by: Membership,
    patient: Patient,
    subject: str,
    given_by: str,
    representative: str = "",
    impossible_reason: str = "",
    trusted_person_informed: bool = False,
    informed_on_exchange: bool = False,
    at: datetime,
) -> Consent:
    """Note the consent to the act of reference `subject`. The same again gives the first back; another one while it
    is in force is refused: withdraw it first. ValueError when the facts don't hold together (`rules.consents`)."""
    require(by, Permission.RECORD_CONSENT)
    require_care(by, patient, at=at)
    if problems(given_by, representative, impossible_reason):
        raise ValueError("incomplete consent")
    facts = {
        "given_by": given_by,
        "representative": representative if given_by == ConsentBy.REPRESENTATIVE else "",
        "impossible_reason": impossible_reason if given_by == ConsentBy.IMPOSSIBLE else "",
        "trusted_person_informed": trusted_person_informed,
        "informed_on_exchange": informed_on_exchange,
    }
    lock_patient(patient.ref)
    former = Consent.objects.filter(subject=subject, withdrawn_at__isnull=True).first()
    if former:
        if former.patient_id == patient.pk and all(getattr(former, name) == value for name, value in facts.items()):
            return former
        raise Refused(ALREADY)
    consent = Consent.objects.create(
        patient=patient, subject=subject, recorded_by=by, recorded_at=at, created_at=at, **facts
    )
    _note("record_consent", consent, by=by, at=at, data={"act": subject, "given_by": given_by})
    return consent


@transaction.atomic
def renew_consent(*, by: Membership, previous: Consent, subject: str, at: datetime) -> Consent:
    """One press on a follow-up: the person agrees again, in the same way. Not after a withdrawal, nor where consent
    was impossible to collect: then it is asked, or judged, anew."""
    if previous.withdrawn_at or previous.given_by == ConsentBy.IMPOSSIBLE:
        raise Refused(ASK_AGAIN)
    return record_consent(
        by=by,
        patient=previous.patient,
        subject=subject,
        given_by=previous.given_by,
        representative=previous.representative,
        trusted_person_informed=previous.trusted_person_informed,
        informed_on_exchange=previous.informed_on_exchange,
        at=at,
    )


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
