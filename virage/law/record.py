"""What must be recorded of an act, by date: CSP R. 6316-2 to R. 6316-4, version of 2010 and of 2021."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from virage.kernel.periods import Period
from virage.law.data import Label, label_of, period_of, read, status_of
from virage.law.texts import Citation, citation_of


@dataclass(frozen=True)
class RecordItem:
    """One thing that the record holds. if_any: asked only when there is something to say (incidents)."""

    code: str
    label: Label
    citation: Citation
    status: str
    if_any: bool

    @property
    def compulsory(self) -> bool:
        return not self.if_any


def _item(row: dict[str, Any]) -> RecordItem:
    return RecordItem(row["code"], label_of(row), citation_of(row), status_of(row), row.get("if_any", False))


@cache
def _versions() -> tuple[tuple[Period, tuple[RecordItem, ...]], ...]:
    return tuple((period_of(row), tuple(_item(item) for item in row["items"])) for row in read("record.yaml"))


def required_items(on: date) -> tuple[RecordItem, ...]:
    """The list in force on the day of the act; empty before 2010-10-22, when no text asked for one."""
    return next((items for period, items in _versions() if period.contains(on)), ())


def missing_items(codes_present: set[str] | frozenset[str], on: date) -> tuple[RecordItem, ...]:
    """The compulsory items that a record lacks."""
    return tuple(item for item in required_items(on) if item.compulsory and item.code not in codes_present)
