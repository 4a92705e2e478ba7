"""Who read a record, and who changed it: the patient's chain of the journal, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.models import Entry
from virage.records.access import patients_of
from virage.records.models import CareTeamMember, Patient
from virage.records.reports.trail_words import (
    ACT_VERBS,
    OTHER_CHANGE,
    OWN_KINDS,
    PURPOSES,
    READ,
    STAND_OUT,
    VERBS,
)

PAGE = 50
READS, CHANGES, EMERGENCIES = "reads", "changes", "emergencies"


@dataclass(frozen=True)
class Sought:
    """Which entries: all, or those of one kind, of one person (a user's key), from a moment, before a moment."""

    kind: str = ""
    actor_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def among(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        shown = [READ, *STAND_OUT]
        if self.kind == READS:
            entries = entries.filter(verb__in=shown)
        elif self.kind == CHANGES:
            entries = entries.exclude(verb=READ)
        elif self.kind == EMERGENCIES:
            entries = entries.filter(verb__in=STAND_OUT)
        facts = {"actor_id": self.actor_id, "at__gte": self.since, "at__lt": self.until}
        return entries.filter(**{name: value for name, value in facts.items() if value is not None})


@dataclass(frozen=True)
class Line:
    """One entry as it is shown."""

    at: datetime
    who: str
    where: str
    what: str
    is_read: bool
    stands_out: bool = False
    patient_ref: str = ""


@dataclass(frozen=True)
class Trail:
    """A page of lines, latest first; `before` asks for the next one, 0 on the last."""

    lines: list[Line]
    before: int


def trails_of(by: Membership, at: datetime) -> QuerySet[Patient]:
    """The patients whose trail this membership may read: it has the right, and is in the care team itself or watches
    over the privacy of a structure that is, or was, in it."""
    if not by.may(Permission.READ_JOURNAL):
        return Patient.objects.none()
    structure = Q(organisation=by.organisation_id) | Q(team__organisation=by.organisation_id)
    rows = CareTeamMember.objects.filter(structure, scope="", starts_at__lte=at)
    own = patients_of(by, at).values("pk")
    return Patient.objects.filter(Q(pk__in=rows.values("patient")) | Q(pk__in=own))


def trail_of(patient: Patient, sought: Sought | None = None, *, before: int = 0) -> Trail:
    """The entries about a patient, those of records merged into this one among them; `before` is an entry's key."""
    return page_of(entries_about(patient, sought or Sought()), before=before)


def entries_about(patient: Patient, sought: Sought) -> QuerySet[Entry]:
    """Latest first."""
    chains = [f"patient:{ref}" for ref in _refs(patient)]
    return sought.among(Entry.objects.filter(chain__in=chains)).order_by("-pk")


def page_of(entries: QuerySet[Entry], *, before: int = 0) -> Trail:
    """Some of them in words."""
    rows = list((entries.filter(pk__lt=before) if before else entries)[: PAGE + 1])
    more = len(rows) > PAGE
    return Trail([line_of(row) for row in rows[:PAGE]], rows[PAGE - 1].pk if more else 0)


def last_change(kind: str, ref: str) -> Entry | None:
    """Who corrected a patient's identity or a wound last, and when."""
    return Entry.objects.filter(subject_kind=kind, subject_ref=ref, verb=f"edit_{kind}").order_by("pk").last()


def _refs(patient: Patient) -> list[str]:
    """The references under which this patient was known: its own, and those of the records merged into it."""
    merged = Patient.objects.filter(merged_into=patient)
    return [patient.ref, *(ref for row in merged for ref in _refs(row))]


def line_of(entry: Entry) -> Line:
    is_read = entry.verb == READ
    purpose = PURPOSES.get(entry.data.get("purpose", ""), PURPOSES["record"])
    words = VERBS if entry.subject_kind in OWN_KINDS else ACT_VERBS
    what = purpose if is_read else words.get(entry.verb, OTHER_CHANGE)
    stands_out = entry.verb in STAND_OUT
    return Line(
        entry.at, entry.actor_label, entry.organisation_label, str(what), is_read, stands_out, entry.patient_ref
    )
