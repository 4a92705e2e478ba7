"""What all acts have in common: open one, say who took part, write its report. The act's app checks the right first;
`record_incident` is called from any page and checks its own."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from virage.accounts.access import Refused
from virage.accounts.models import Membership, Organisation
from virage.acts.access import is_involved
from virage.acts.models import Act, FollowUp, Incident, Kind, Part, Participant, RecordEntry, Report
from virage.journal.entries import lock_patient, record
from virage.projects.models import Project
from virage.records.models import Patient

NOT_INVOLVED = "not_involved"
IN_THE_FUTURE = "in_the_future"
TEXT_NEEDED = "text_needed"
DECEASED = "patient_deceased"


@transaction.atomic
def open_act(
    *,
    by: Membership,
    kind: Kind,
    state: str,
    patient: Patient,
    setting: str,
    place: str,
    specialty: str = "",
    pathology: str = "",
    project: Project | None = None,
    organisation: Organisation | None = None,
    at: datetime,
) -> Act:
    """The row of a new act in the first state of its workflow, asked by `by`. Refused for a patient who has died."""
    if Patient.objects.filter(pk=patient.pk, deceased_on__isnull=False).exists():
        raise Refused(DECEASED)
    act = Act.objects.create(
        kind=kind,
        state=state,
        patient=patient,
        requester=by,
        requester_organisation=organisation or by.organisation,
        setting=setting,
        place=place,
        specialty=specialty,
        pathology=pathology,
        project=project,
        created_at=at,
    )
    _trace("open_act", act, by=by, at=at, data={"kind": kind, "to": state})
    return act


def add_participant(*, act: Act, membership: Membership, part: Part, at: datetime) -> Participant:
    """Say that someone took part; once for each part."""
    row, _created = Participant.objects.get_or_create(
        act=act, membership=membership, part=part, defaults={"since": at}
    )
    return row


@transaction.atomic
def record_incident(*, by: Membership, act: Act, occurred_at: datetime, description: str, at: datetime) -> Incident:
    """Write down a technical incident (R. 6316-4, 5°). Whoever takes part in the act may; also after its report."""
    if not is_involved(by, act, at):
        raise Refused(NOT_INVOLVED)
    if not description.strip():
        raise Refused(TEXT_NEEDED)
    if occurred_at > at:
        raise Refused(IN_THE_FUTURE)
    lock_patient(act.patient.ref)
    incident = Incident.objects.create(
        act=act, occurred_at=occurred_at, description=description.strip(), recorded_by=by, created_at=at
    )
    _trace("record_incident", act, by=by, at=at, data={"incident": incident.ref})
    return incident


def follow_up(*, by: Membership, act: Act, kind: Kind, reason: str, at: datetime) -> FollowUp:
    """Propose another act after this one; the app of that kind takes it up. Once for each kind while not taken up."""
    row, created = FollowUp.objects.get_or_create(
        act=act, kind=kind, taken_by=None, defaults={"reason": reason, "created_at": at}
    )
    if created:
        _trace("follow_up", act, by=by, at=at, data={"follow_up": row.ref, "kind": kind})
    return row


@transaction.atomic
def write_report(
    *, act: Act, content: dict[str, Any], signed_by: Membership, at: datetime, correction_reason: str = ""
) -> Report:
    """Keep a signed report as the act's next version, and enter it in the file of each professional involved
    (R. 6316-4). The caller holds the patient's lock."""
    last = act.reports.aggregate(last=Max("version"))["last"] or 0
    report = Report.objects.create(
        act=act,
        version=last + 1,
        content=content,
        content_hash=hash_of(content),
        signed_by=signed_by,
        signed_at=at,
        correction_reason=correction_reason,
        created_at=at,
    )
    involved = act.participants.exclude(part=Part.COPY).values_list("membership_id", flat=True)
    RecordEntry.objects.bulk_create(
        RecordEntry(act=act, membership_id=who, report=report, written_at=at) for who in sorted(set(involved))
    )
    _trace(
        "write_report",
        act,
        by=signed_by,
        at=at,
        data={"report": report.ref, "version": report.version, "sha256": report.content_hash},
    )
    return report


def hash_of(content: dict[str, Any]) -> str:
    """SHA-256 (hexadecimal) of a content in a form that does not depend on how the database keeps it."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _trace(verb: str, act: Act, *, by: Membership, at: datetime, data: dict[str, Any]) -> None:
    record(verb, by=by.actor, at=at, subject_kind="act", subject_ref=act.ref, patient_ref=act.patient.ref, data=data)
