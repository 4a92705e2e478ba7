"""Dated parameters: every amount, deadline, cap and list that a text or the project sets.

Each has one value per period, with the place in a text that founds it and its status. Old values stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

from virage.kernel.periods import Period
from virage.law.data import DataError, names, period_of, read, status_of
from virage.law.texts import Citation, citation_of

CONVERT: dict[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "int": int,
    "hours": lambda value: timedelta(hours=value),
    "days": lambda value: timedelta(days=value),
    "bool": bool,
    "text": str,
    "names": tuple,
}


class NoValue(LookupError):  # noqa: N818 (an answer: no text sets it on that day)
    """No value is known for the day."""


@dataclass(frozen=True)
class Parameter:
    """One value in its period. `code` is the code of the nomenclature where there is one."""

    name: str
    value: Any
    period: Period
    citation: Citation
    status: str
    code: str = ""


def _parameters_of(row: dict[str, Any]) -> list[Parameter]:
    convert = CONVERT[row["kind"]]
    found = [
        Parameter(
            name=row["name"],
            value=convert(item["value"]),
            period=period_of(item),
            citation=citation_of(item["citation"]),
            status=status_of(item),
            code=item.get("code", ""),
        )
        for item in row["values"]
    ]
    for earlier, later in pairwise(found):
        if earlier.period.overlaps(later.period):
            raise DataError(f"{row['name']}: two values on one day")
    return found


@cache
def parameters() -> dict[str, tuple[Parameter, ...]]:
    """All parameters by name, checked once. Raises DataError."""
    found: dict[str, tuple[Parameter, ...]] = {}
    for file in names("parameters"):
        for row in read(file):
            if row["name"] in found:
                raise DataError(f"{row['name']} is written twice")
            found[row["name"]] = tuple(_parameters_of(row))
    return found


def at(name: str, on: date) -> Parameter | None:
    """The parameter as it is on a day, None when no text sets it then. KeyError for an unknown name."""
    return next((item for item in parameters()[name] if item.period.contains(on)), None)


def value(name: str, on: date) -> Any:
    """The bare value on a day: Decimal, int, timedelta, bool, str or a tuple of names. Raises NoValue."""
    found = at(name, on)
    if found is None:
        raise NoValue(f"{name} has no value on {on}")
    return found.value
