"""Lists of patients: found by what was typed, page after page; and who may be the same person."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from virage.accounts.models import Membership
from virage.records.access import identities_of
from virage.records.models import CareTeamMember, Patient
from virage.records.rules.identity import Sought, Traits, likeness, swapped, words_of

PAGE = 20
MOST_LIKELY = 5


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


@dataclass(frozen=True)
class Twin:
    """A record that may be about the same person, and why (a code of `rules.identity`)."""

    patient: Patient
    why: str


def twins(by: Membership, traits: Traits, *, at: datetime, but: Patient | None = None) -> list[Twin]:
    """Likely duplicates among the patients whom this membership may see. Records that are closed to it stay unsaid:
    to tell that someone has a record elsewhere is already to tell something about that person."""
    dates = [traits.birth_date]
    if other := swapped(traits.birth_date):
        dates.append(other)
    same = Q(birth_date__in=dates)
    words = words_of([traits.birth_name]).split()
    if words:
        same |= Q(search_names__contains=f" {words[0]}", birth_date__year=traits.birth_date.year)
    if traits.ins:
        same |= Q(ins=traits.ins)
    found = []
    for patient in (
        identities_of(by, at).filter(same).exclude(pk=but.pk if but else None).order_by("sort_name", "id")[:200]
    ):
        if why := likeness(traits, patient.traits):
            found.append(Twin(patient, why))
    return found[:MOST_LIKELY]


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
