"""A performed téléexpertise with everything that its record must hold, made of rows: the verbs have their own tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests import factories
from virage.accounts.models import Membership, Organisation
from virage.acts.models import Act, Part, Participant, RecordEntry, Report
from virage.journal.entries import record
from virage.projects.models import Project
from virage.records.models import CareReason, CareTeamMember, Consent, ConsentBy, Patient

PERFORMED = datetime(2026, 11, 19, 14, 30, tzinfo=UTC)


def performed_act(
    *,
    performer: Membership | None = None,
    requester: Membership | None = None,
    patient: Patient | None = None,
    project: Project | None = None,
    at: datetime = PERFORMED,
    complete: bool = True,
    **fields: Any,
) -> Act:
    """Wound, EHPAD of Alsace, liberal dermatologist of Alsace, demonstration programme, unless told otherwise."""
    performer = performer or factories.dermatologist()
    requester = requester or factories.nurse(organisation_=_home(), user__rpps="99700218904")
    patient = patient or factories.patient(cared_by=requester.organisation, region=requester.organisation.region)
    act = Act.objects.create(
        **{
            "kind": "teleexpertise",
            "state": "answered",
            "patient": patient,
            "requester": requester,
            "requester_organisation": requester.organisation,
            "performer": performer,
            "setting": "esms",
            "place": "ehpad",
            "specialty": "dermatologie",
            "pathology": "escarre",
            "project": project or factories.project(),
            "requested_at": at - timedelta(hours=2),
            "performed_at": at,
            "created_at": at - timedelta(hours=3),
        }
        | fields
    )
    if complete:
        complete_record(act)
    return act


def complete_record(act: Act) -> None:
    """What the verbs leave behind: consent, journal, opened record, participants, signed report, entries in files."""
    at, performer = act.performed_at, act.performer
    Consent.objects.create(
        patient=act.patient,
        subject=act.ref,
        given_by=ConsentBy.PATIENT,
        informed_on_exchange=True,
        recorded_by=act.requester,
        recorded_at=act.requested_at,
        created_at=act.requested_at,
    )
    CareTeamMember.objects.create(
        patient=act.patient,
        user=performer.user,
        reason=CareReason.EXPERTISE,
        scope=act.ref,
        starts_at=act.requested_at,
        granted_by="essai",
    )
    for verb, who in (("confirm_relevance", act.requester), ("send", act.requester), ("sign", performer)):
        record(verb, by=who.actor, at=at, subject_kind="act", subject_ref=act.ref, patient_ref=act.patient.ref)
    for part, who in ((Part.REQUESTER, act.requester), (Part.PERFORMER, performer)):
        Participant.objects.create(act=act, membership=who, part=part, since=at)
    report = write_report(act)
    for who in {act.requester, performer}:
        RecordEntry.objects.create(act=act, membership=who, report=report, written_at=at)


def write_report(act: Act, **fields: Any) -> Report:
    defaults = {
        "version": 1,
        "content": {"items": [], "advice": "Avis d’essai."},
        "content_hash": "0" * 64,
        "signed_by": act.performer,
        "signed_at": act.performed_at,
        "created_at": act.performed_at,
    }
    return Report.objects.create(act=act, **(defaults | fields))


def _home() -> Organisation:
    return factories.organisation()
