"""Identity traits: what a status asks for, what a typed INS is worth, and who may be the same person.

Strict traits of the INS: birth name, first names, sex, birth date, birthplace. The matricule is 13 characters and 2 of
key; a key that does not fit is said, and stops nothing (published test identities carry some).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from virage.kernel.identifiers import OID_INS_NIR, compact, ins_problems
from virage.kernel.names import normalise

PROVISIONAL, RECOVERED, VALIDATED, QUALIFIED = "provisional", "recovered", "validated", "qualified"
SAME_INS, SAME_TRAITS, NEAR_NAME, OTHER_DATE = "same_ins", "same_traits", "near_name", "other_date"
ALIKE = 0.8  # share of letters in common, in order: "DUPOND" and "DUPONT" have 0.83 (project default)

# First digit of the matricule: sex at registration. 3 and 4: registration in progress; 7 and 8: temporary.
_SEX_DIGITS = {"M": "1378", "F": "2478"}


@dataclass(frozen=True)
class Traits:
    """Whom a record is about, as typed."""

    birth_name: str
    first_names: str
    sex: str
    birth_date: date
    ins: str = ""


def status_problems(status: str, ins: str) -> tuple[str, ...]:
    """A status that only the national service gives (recovered, qualified) goes with a matricule."""
    return ("ins_needed",) if status in (RECOVERED, QUALIFIED) and not ins else ()


def ins_warnings(ins: str, oid: str, traits: Traits) -> tuple[str, ...]:
    """What to look at again in a typed matricule: its form and key, and whether it fits the traits."""
    value = compact(ins)
    if not value:
        return ()
    found = list(ins_problems(value, oid or OID_INS_NIR))
    if value[:1].isdigit() and traits.sex in _SEX_DIGITS and value[0] not in _SEX_DIGITS[traits.sex]:
        found.append("sex")
    if value[1:3].isdigit() and value[1:3] != f"{traits.birth_date.year % 100:02d}":
        found.append("year")
    return tuple(found)


def swapped(day: date) -> date | None:
    """The same date with day and month exchanged, a common slip; None where that is no other date."""
    if day.day > 12 or day.day == day.month:
        return None
    return date(day.year, day.day, day.month)


def likeness(one: Traits, other: Traits) -> str | None:
    """Why these may be one person; None when nothing says so."""
    if one.ins and compact(one.ins) == compact(other.ins):
        return SAME_INS
    alike = _alike(one.birth_name, other.birth_name) and _alike(_first(one), _first(other))
    if not alike:
        return None
    if one.birth_date == other.birth_date:
        return SAME_TRAITS if _exact(one) == _exact(other) else NEAR_NAME
    if other.birth_date == swapped(one.birth_date):
        return OTHER_DATE
    return OTHER_DATE if _exact(one) == _exact(other) and one.birth_date.year == other.birth_date.year else None


def _first(traits: Traits) -> str:
    return (normalise(traits.first_names).split() or [""])[0]


def _exact(traits: Traits) -> tuple[str, str, str]:
    return normalise(traits.birth_name), _first(traits), traits.sex


def _alike(one: str, other: str) -> bool:
    first, second = normalise(one), normalise(other)
    return first == second or SequenceMatcher(None, first, second, autojunk=False).ratio() >= ALIKE


@dataclass(frozen=True)
class Sought:
    """What someone typed to find a patient: a matricule, a birth date, or words of a name."""

    words: tuple[str, ...] = ()
    ins: str = ""
    birth_date: date | None = None


def sought(text: str, birth_date: date | None) -> Sought:
    """`birth_date` is that which the caller read in `text`, if any."""
    if birth_date:
        return Sought(birth_date=birth_date)
    value = compact(text)
    if len(value) >= 13 and value[:5].isdigit():
        return Sought(ins=value[:15])
    return Sought(words=tuple(normalise(text).split()[:6]))


def words_of(names: Iterable[str]) -> str:
    """The searchable form of all names of a person: each word once, in order, with a space before each."""
    found = dict.fromkeys(word for name in names for word in normalise(name).split())
    return "".join(f" {word}" for word in found)
