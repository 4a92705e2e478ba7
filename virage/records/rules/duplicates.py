"""Who may be one person: from a matricule, or from names and a birth date as people mistype them."""

from __future__ import annotations

from datetime import date
from difflib import SequenceMatcher

from virage.kernel.identifiers import compact
from virage.kernel.names import normalise
from virage.records.rules.identity import Traits

SAME_INS, SAME_TRAITS, NEAR_NAME, SWAPPED_NAMES, OTHER_DATE = (
    "same_ins",
    "same_traits",
    "near_name",
    "swapped_names",
    "other_date",
)
STRONG = (SAME_INS, SAME_TRAITS)
"""The likenesses that leave little doubt."""
ALIKE = 0.8  # share of letters in common, in order: "DUPOND" and "DUPONT" have 0.83 (project default)
MOST_YEARS = 130  # of a life: dates out of it are not compared


def likeness(one: Traits, other: Traits) -> str | None:
    """Why these may be one person; None when nothing says so. The same in both directions."""
    if one.ins and compact(one.ins) == compact(other.ins):
        return SAME_INS
    same_day = one.birth_date == other.birth_date
    near_day = same_day or other.birth_date in near_dates(one.birth_date)
    if not near_day:
        return None
    if _exact(one) == _exact(other):
        return SAME_TRAITS if same_day else OTHER_DATE
    if _alike(one.birth_name, other.birth_name) and _alike(one.first_name, other.first_name):
        return NEAR_NAME if same_day else OTHER_DATE
    if same_day and _alike(one.birth_name, other.first_name) and _alike(one.first_name, other.birth_name):
        return SWAPPED_NAMES
    return None


def near_dates(day: date) -> frozenset[date]:
    """The dates that differ from it by one digit of JJ/MM/AAAA, or by day and month exchanged."""
    digits = f"{day.day:02d}{day.month:02d}{day.year:04d}"
    written = {f"{digits[2:4]}{digits[:2]}{digits[4:]}"}
    for place in range(len(digits)):
        written |= {f"{digits[:place]}{digit}{digits[place + 1 :]}" for digit in "0123456789"}
    dates = {found for text in written if (found := _date(text))}
    return frozenset(one for one in dates if one != day and abs(one.year - day.year) <= MOST_YEARS)


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return None


def _exact(traits: Traits) -> tuple[str, str, str]:
    return normalise(traits.birth_name), traits.first_name, traits.sex


def _alike(one: str, other: str) -> bool:
    first, second = sorted((normalise(one), normalise(other)))  # the matcher minds the order of its arguments
    return first == second or SequenceMatcher(None, first, second, autojunk=False).ratio() >= ALIKE
