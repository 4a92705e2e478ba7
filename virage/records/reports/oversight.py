"""For the privacy officer of a structure: who appears in a trail, what one person read, and both as files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from virage.accounts.models import Membership, User
from virage.journal.models import Entry
from virage.records.models import Patient
from virage.records.reports.trail import EMERGENCIES, READS, Line, Sought, entries_about, line_of, trails_of
from virage.ui.typst import compile_pdf

TEMPLATE = Path(__file__).parent.parent / "templates" / "records" / "patients" / "trail.typ"
MOST = 5000
"""Lines of a file; a longer trail is asked for by periods (project default)."""

NIGHT = (time(22), time(6))
"""What counts as night in the summary (project default)."""


def actors_of(patient: Patient) -> list[User]:
    """The users who appear in the trail of a patient, by name."""
    ids = entries_about(patient, Sought()).order_by().values("actor_id").distinct()
    return list(User.objects.filter(pk__in=ids).order_by("sort_name", "id"))


def people_of(by: Membership) -> list[User]:
    """Those who work, or have worked, in the officer's structure, by name."""
    ids = Membership.objects.filter(organisation=by.organisation_id).values("user_id")
    return list(User.objects.filter(pk__in=ids).order_by("sort_name", "id"))


def days(since: date | None, until: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """The moments between which these days lie, the last one included."""
    start = datetime.combine(since, time.min, zone) if since else None
    end = datetime.combine(until + timedelta(days=1), time.min, zone) if until else None
    return start, end


def entries_by(by: Membership, sought: Sought, at: datetime) -> QuerySet[Entry]:
    """What one person did with the records of the officer's structure, latest first."""
    patients = trails_of(by, at).values("ref")
    return sought.among(Entry.objects.filter(patient_ref__in=patients)).order_by("-pk")


def named(lines: Iterable[Line]) -> dict[str, Patient]:
    """The patients of some lines by reference, in one statement."""
    refs = {line.patient_ref for line in lines}
    return {row.ref: row for row in Patient.objects.filter(ref__in=refs)}


@dataclass(frozen=True)
class Summary:
    """Figures to look twice at, no judgement: some work at night, and an emergency has its reason."""

    reads: int
    patients: int
    nights: int
    emergencies: int


def summary(entries: QuerySet[Entry], zone: ZoneInfo) -> Summary:
    """Of one person's readings in a period, at most the `MOST` latest."""
    reads = list(Sought(kind=READS).among(entries).values_list("at", "patient_ref")[:MOST])
    hours = [moment.astimezone(zone).time() for moment, _ref in reads]
    return Summary(
        reads=len(reads),
        patients=len({ref for _moment, ref in reads}),
        nights=sum(hour >= NIGHT[0] or hour < NIGHT[1] for hour in hours),
        emergencies=Sought(kind=EMERGENCIES).among(entries).count(),
    )


def file_lines(entries: QuerySet[Entry]) -> list[Line]:
    """What goes into a file: the `MOST` latest."""
    return [line_of(entry) for entry in entries[:MOST]]


def header() -> list[str]:
    return [_("Date et heure"), _("Qui"), _("Structure"), _("Quoi"), _("Nature")]


def rows(lines: Iterable[Line], zone: ZoneInfo) -> list[list[str]]:
    """The lines as a table, hours of the structure's place."""
    return [
        [
            formats.date_format(line.at.astimezone(zone), "d/m/Y H:i:s"),
            line.who,
            line.where,
            line.what,
            _("Urgence") if line.stands_out else _("Lecture") if line.is_read else _("Changement"),
        ]
        for line in lines
    ]


def pdf(title: str, facts: list[tuple[str, str]], table: tuple[list[str], list[list[str]]], *, at: datetime) -> bytes:
    """The table on paper, with what it is of and when it was drawn (`at`, in the zone of the structure)."""
    header, body = table
    cut = _("Les plus récentes lignes seulement : demandez une période plus courte.") if len(body) == MOST else ""
    data: dict[str, Any] = {
        "lang": get_language() or "fr",
        "title": title,
        "date": [at.year, at.month, at.day],
        "footer": f"Virage · {title} · {formats.date_format(at, 'd/m/Y H:i')}",
        "facts": [{"label": label, "value": value} for label, value in facts],
        "header": header,
        "rows": body,
        "cut": cut,
        "empty": "" if body else _("Rien dans cette période."),
    }
    return compile_pdf(TEMPLATE, data, {})
