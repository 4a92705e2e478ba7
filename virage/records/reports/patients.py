"""Lists of patients: found by what was typed, page after page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from virage.records.models import CareTeamMember, Patient
from virage.records.rules.identity import Sought

PAGE = 20


@dataclass(frozen=True)
class Page:
    """Some patients in the order of names; `after` is the reference to ask the next page with, "" on the last."""

    patients: list[Patient]
    after: str
    is_first: bool


def matching(patients: QuerySet[Patient], wanted: Sought) -> QuerySet[Patient]:
    """Those whose matricule or birth date is that, or who have a name starting with each of the words."""
    if wanted.ins:
        return patients.filter(ins__startswith=wanted.ins)
    if wanted.birth_date:
        return patients.filter(birth_date=wanted.birth_date)
    for word in wanted.words:
        patients = patients.filter(search_names__contains=f" {word}")
    return patients


def page_of(patients: QuerySet[Patient], after: str = "") -> Page:
    """The page that follows the patient of reference `after`; the first when there is none such among them."""
    mark = patients.filter(ref=after).values("sort_name", "id").first() if after else None
    if mark:
        later = Q(sort_name__gt=mark["sort_name"]) | Q(sort_name=mark["sort_name"], id__gt=mark["id"])
        patients = patients.filter(later)
    rows = list(patients.select_related("residence").order_by("sort_name", "id")[: PAGE + 1])
    more = len(rows) > PAGE
    return Page(rows[:PAGE], rows[PAGE - 1].ref if more else "", is_first=mark is None)


def care_team(patient: Patient, at: datetime) -> list[CareTeamMember]:
    """Who may see the record now, the whole of it first."""
    rows = CareTeamMember.objects.at(at).filter(patient=patient)
    return list(rows.select_related("user", "team__organisation", "organisation").order_by("scope", "starts_at", "id"))


@dataclass(frozen=True)
class Opened:
    """What some acts opened to one party: the first of its rows, and how many acts."""

    row: CareTeamMember
    acts: int


def by_party(rows: list[CareTeamMember]) -> list[Opened]:
    """The rows of single acts, one line for each party and reason."""
    groups: dict[tuple[object, ...], list[CareTeamMember]] = {}
    for row in rows:
        groups.setdefault((row.user_id, row.team_id, row.organisation_id, row.reason), []).append(row)
    return [Opened(some[0], len(some)) for some in groups.values()]
