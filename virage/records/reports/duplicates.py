"""Who may be the same person: what the database proposes, judged by `rules.duplicates`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from virage.accounts.models import Membership
from virage.kernel.names import normalise
from virage.records.access import identities_of
from virage.records.models import Patient
from virage.records.rules.duplicates import STRONG, likeness, near_dates
from virage.records.rules.identity import Traits

MOST_LIKELY = 5
MOST_JUDGED = 2000  # of one birth date and those near it, in a large region


@dataclass(frozen=True)
class Twin:
    """A record that may be about the same person, and why (a code of `rules.duplicates`)."""

    patient: Patient
    why: str


def twins(by: Membership, traits: Traits, *, at: datetime, but: Patient | None = None) -> list[Twin]:
    """Likely duplicates among the patients whom this membership may see, the surest first."""
    return sorted(among(identities_of(by, at), traits, but=but), key=lambda twin: twin.why not in STRONG)[:MOST_LIKELY]


def among(patients: QuerySet[Patient], traits: Traits, *, but: Patient | None = None) -> Iterator[Twin]:
    """Those of these patients who may be the person of these traits."""
    name = normalise(f"{traits.birth_name} {traits.first_name}")
    near = Q(birth_date__in=near_dates(traits.birth_date), search_names__trigram_word_similar=name)
    found = Q(birth_date=traits.birth_date) | near
    if traits.ins:
        found |= Q(ins=traits.ins)
    rows = patients.filter(found).exclude(pk=but.pk if but else None).order_by("sort_name", "id")
    for patient in rows[:MOST_JUDGED]:
        if why := likeness(traits, patient.traits):
            yield Twin(patient, why)
