"""Who may be the same person: what the database proposes, judged by `rules.duplicates`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from virage.accounts.models import Membership
from virage.kernel import phones
from virage.kernel.names import normalise
from virage.records.access import identities_of
from virage.records.models import Duplicate, DuplicateState, Patient
from virage.records.rules.duplicates import STRONG, likeness, near_dates
from virage.records.rules.identity import Traits, written_birth

MOST_LIKELY = 5
MOST_LISTED = 100
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


@dataclass(frozen=True)
class Compared:
    """One trait of both records, and whether they differ."""

    label: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        return normalise(self.one) != normalise(self.other)


COMPARED = (
    *("birth_name", "first_names", "sex", "birth_date", "birth_place", "used_name", "used_first_name"),
    *("identity_status", "ins", "phone", "email", "address", "city", "residence", "nir"),
)


def compared(one: Patient, other: Patient) -> list[Compared]:
    """Identity and administrative facts side by side; what is empty in both is left out."""
    rows = [Compared(_label(name), _shown(one, name), _shown(other, name)) for name in COMPARED]
    return [row for row in rows if row.one or row.other]


def _label(name: str) -> str:
    label = str(Patient._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def _shown(patient: Patient, name: str) -> str:
    value = getattr(patient, name)
    if name == "birth_date":
        return written_birth(value, patient.birth_date_known)
    if name == "phone":
        return phones.shown(value)
    display = getattr(patient, f"get_{name}_display", None)
    return str(display() if display else value or "")


@dataclass(frozen=True)
class Case:
    """A pair on the list as one person sees it: `theirs` is None where the other record is closed to that person."""

    pair: Duplicate
    mine: Patient
    theirs: Patient | None


def cases(by: Membership, states: tuple[str, ...], *, at: datetime) -> list[Case]:
    """The pairs in these states of which at least one record is open to this membership, the latest first."""
    mine = identities_of(by, at).values("pk")
    some = Q(one__in=mine) | Q(other__in=mine)
    rows = Duplicate.objects.filter(some, state__in=states).select_related("one", "other", "kept", "proposed_by__user")
    pairs = list(rows.order_by("-pk")[:MOST_LISTED])
    both = {key for pair in pairs for key in (pair.one_id, pair.other_id)}
    seen = set(identities_of(by, at).filter(pk__in=both).values_list("pk", flat=True))
    return [_case(pair, seen) for pair in pairs]


def to_confirm(by: Membership, at: datetime) -> list[Case]:
    """The merges that this membership may confirm: proposed by somebody else, both records open to it."""
    proposed = cases(by, (DuplicateState.PROPOSED,), at=at)
    return [case for case in proposed if case.theirs and case.pair.proposed_by.user_id != by.user_id]


def _case(pair: Duplicate, seen: set[int]) -> Case:
    first, second = pair.patients if pair.one_id in seen else (pair.other, pair.one)
    open_too = second.pk in seen or pair.state == DuplicateState.MERGED
    return Case(pair, first, second if open_too else None)
