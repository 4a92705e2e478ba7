"""The directory from which one picks a person, a team or a structure."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from virage.accounts.models import Membership, Organisation, Team
from virage.accounts.reports.words import profession_words
from virage.kernel.names import normalise

FOUND = 8


@dataclass(frozen=True)
class Found:
    """One entry of the directory: `key` is what a form sends back."""

    key: str
    name: str
    note: str


def directory(text: str, *, on: date) -> list[Found]:
    """People, teams and structures with a name starting with what was typed, some of each."""
    words = normalise(text).split()[:4]
    if not words or len("".join(words)) < 2:
        return []
    return [*_people(words, on), *_teams(text.strip()), *_organisations(text.strip())]


def _people(words: list[str], on: date) -> list[Found]:
    rows = Membership.objects.in_force(on)
    for word in words:
        rows = rows.filter(Q(user__sort_name__startswith=word) | Q(user__sort_name__contains=f" {word}"))
    rows = rows.select_related("user", "organisation").order_by("user__sort_name", "id")[:FOUND]
    notes = [
        (row, ", ".join(part for part in (profession_words(row.user), row.organisation.name) if part)) for row in rows
    ]
    return [Found(f"person:{row.ref}", row.user.get_full_name(), note) for row, note in notes]


def _teams(text: str) -> list[Found]:
    rows = Team.objects.filter(name__icontains=text).select_related("organisation").order_by("name", "id")[:FOUND]
    return [Found(f"team:{row.ref}", row.name, row.organisation.name) for row in rows]


def _organisations(text: str) -> list[Found]:
    rows = Organisation.objects.filter(name__icontains=text).order_by("name", "id")[:FOUND]
    return [Found(f"organisation:{row.ref}", row.name, row.city) for row in rows]
