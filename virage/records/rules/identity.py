"""Identity traits: what a status asks for, what a typed INS is worth, dates and places of birth as they are written.

Strict traits of the INS: birth name, first names and the first of them, sex, birth date, birthplace. The matricule is
13 characters and 2 of key; a wrong key is tolerated under the test OIDs only (published test identities carry some).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from virage.kernel.identifiers import OID_INS_NIR, compact, ins_problems
from virage.kernel.names import normalise

STRICT = ("birth_name", "first_names", "first_name", "sex", "birth_date", "birth_date_known", "birth_place")
EXACT, NO_DAY, NO_MONTH, YEAR_ONLY = "", "no_day", "no_month", "year_only"

# First digit of the matricule: sex at registration. 3 and 4: registration in progress; 7 and 8: temporary.
_SEX_DIGITS = {"M": "1378", "F": "2478"}
# Official geographic code: commune of mainland France (20: Corsica before 1976; 91 to 96: former departments and
# territories too), overseas (971 to 978, 984 to 989), or country (99 and its number; 99999: not known).
_PLACE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-6]|2[AB])\d{3}|97[1-8]\d{2}|98[4-9]\d{2}|99\d{3}")
_PARTIAL = re.compile(r"(\d{2})[\s/.\-]+(\d{2})[\s/.\-]+(\d{4})")


@dataclass(frozen=True)
class Traits:
    """Whom a record is about, as typed."""

    birth_name: str
    first_names: str
    sex: str
    birth_date: date
    ins: str = ""
    birth_place: str = ""

    @property
    def first_name(self) -> str:
        """The first of the first names, as it is compared."""
        return (normalise(self.first_names).split() or [""])[0]


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


def is_birthplace(code: str) -> bool:
    """Whether it has the form of an INSEE code of a commune or a country; whether it is in use is not known here."""
    return bool(_PLACE.fullmatch(code)) and code[2:] != "000"


def is_first_of(first: str, names: str) -> bool:
    """Whether the list of first names begins with that one (which may be of two words: "Marie José")."""
    wanted, given = normalise(first).split(), normalise(names).split()
    return bool(wanted) and given[: len(wanted)] == wanted


def read_birth(text: str) -> tuple[date, str]:
    """A birth date of which the day or the month is written 00 because nobody knows it (births registered under
    another calendar, or without papers), as it is kept, and what is known of it. ValueError when it is no such date.

    By the national rule on identities: the first of the month where the day is missing, January where the month is,
    31 December where both are.
    """
    match = _PARTIAL.fullmatch(text.strip())
    if not match:
        raise ValueError("not a birth date")
    day, month, year = (int(part) for part in match.groups())
    if day == month == 0:
        return date(year, 12, 31), YEAR_ONLY
    if day == 0:
        return date(year, month, 1), NO_DAY
    if month == 0:
        return date(year, 1, day), NO_MONTH
    return date(year, month, day), EXACT


def written_birth(born: date, known: str) -> str:
    """As a form shows it: 00 for what is not known."""
    day = "00" if known in (NO_DAY, YEAR_ONLY) else f"{born.day:02d}"
    month = "00" if known in (NO_MONTH, YEAR_ONLY) else f"{born.month:02d}"
    return f"{day}/{month}/{born.year:04d}"


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
