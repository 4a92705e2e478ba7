"""What an answer can be, and how typed text becomes one.

A text that can't be read is kept as `Unread`: nothing typed is ever lost, the form only says why it can't go on.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

MAX_DIGITS = 15
"""Significant digits kept without loss in a JSON number; a clinical value never has so many."""

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
_INTEGER = re.compile(r"[+-]?\d+")
_DAY_FIRST = re.compile(r"(?:(?:(\d{1,2})[/.\-])?(\d{1,2})[/.\-])?(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True)
class Coding:
    """A chosen answer. Two codings are the same when system and code are, whatever the words shown."""

    code: str
    system: str = ""
    display: str = ""

    def same(self, other: "Coding") -> bool:
        return (self.code, self.system) == (other.code, other.system)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit; `code` is the UCUM code, `unit` the words shown. Without unit: code is empty."""

    value: Decimal
    code: str = ""
    unit: str = ""
    system: str = ""


@dataclass(frozen=True)
class Day:
    """A FHIR date: `2026-03-02`, or less precise: `2026-03`, `2026`."""

    iso: str

    def first(self) -> date:
        """The earliest day that this date can mean."""
        parts = [int(part) for part in self.iso.split("-")]
        return date(*[*parts, 1, 1][:3])


@dataclass(frozen=True)
class Unread:
    """Typed text that is not a value of the item's type. `code` says why, `unit` is the unit chosen beside it."""

    raw: str
    code: str
    unit: str = ""


Value = bool | int | Decimal | str | Day | Coding | Quantity | Unread


def read_decimal(raw: str) -> Decimal | Unread:
    """A number as it is typed in France or elsewhere: `4,5`, `4.5`, `1 200`."""
    packed = re.sub(r"[\s\u00a0\u202f]", "", raw)
    if not _NUMBER.fullmatch(packed):
        return Unread(raw, "not_a_number")
    try:
        number = Decimal(packed.replace(",", "."))
    except InvalidOperation:
        return Unread(raw, "not_a_number")
    if len(number.as_tuple().digits) > MAX_DIGITS:
        return Unread(raw, "not_a_number")
    return number


def read_integer(raw: str) -> int | Unread:
    packed = re.sub(r"[\s\u00a0\u202f]", "", raw)
    if not _INTEGER.fullmatch(packed) or len(packed) > MAX_DIGITS:
        return Unread(raw, "not_an_integer")
    return int(packed)


def read_day(raw: str) -> Day | Unread:
    """JJ/MM/AAAA, MM/AAAA or AAAA, or the same year first as FHIR writes it."""
    text = raw.strip()
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day = match.groups()
    else:
        return Unread(raw, "not_a_date")
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return Unread(raw, "not_a_date")
    return Day("-".join([year, *(part.zfill(2) for part in (month, day) if part)]))


def write_decimal(number: Decimal | int, language: str = "fr") -> str:
    """The number as it is read, with a decimal comma in French and without idle zeros."""
    text = format(Decimal(number), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text in {"-0", ""} else text
    return text.replace(".", ",") if language.startswith("fr") else text


def write_day(day: Day) -> str:
    """JJ/MM/AAAA, or the part of it that is known."""
    return "/".join(reversed(day.iso.split("-")))
