"""What a person is asked, or told and may oppose: for an act, the exchange and sharing of data, their hosting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Any

from virage.kernel.periods import Period
from virage.law.data import DataError, Label, label_of, period_of, read, status_of
from virage.law.texts import Citation, citation_of

SUBJECTS = ACT, EXCHANGE, SHARING, HOSTING = "act", "exchange", "sharing", "hosting"


class Mode(StrEnum):
    """How the person decides: asked first (expressly or by any means), or told and free to oppose."""

    CONSENT = "consent"
    EXPRESS = "express"
    OPPOSITION = "opposition"
    LEGITIMATE = "legitimate"

    @property
    def asked_first(self) -> bool:
        return self in (Mode.CONSENT, Mode.EXPRESS)


@dataclass(frozen=True)
class Rule:
    """What a text asks in a period."""

    subject: str
    mode: Mode
    period: Period
    label: Label
    citation: Citation
    status: str


def _rule(subject: str, row: dict[str, Any]) -> Rule:
    return Rule(subject, Mode(row["mode"]), period_of(row), label_of(row), citation_of(row), status_of(row))


@cache
def _rules(subject: str) -> tuple[Rule, ...]:
    found = tuple(_rule(subject, row) for row in read("consents.yaml")[subject])
    if any(earlier.period.overlaps(later.period) for earlier, later in pairwise(found)):
        raise DataError(f"consents.yaml: two rules for {subject} on one day")
    return found


def rule(subject: str, on: date) -> Rule | None:
    """What the text in force on that day asks; None before any did. KeyError for an unknown subject."""
    return next((one for one in _rules(subject) if one.period.contains(on)), None)


def allowed(
    subject: str, on: date, *, informed: bool = False, agreed: bool = False, opposed: bool = False, reason: str = ""
) -> bool:
    """Whether it may be done on that day, by what the person was told and said.

    Where consent is asked, silence is no consent, and an opposition takes it back. Where one may oppose, information
    comes first; an opposition that must have a legitimate reason counts once a reason is given: whether it is
    legitimate is not for a program to judge, so that it stops until a person has judged it.
    """
    found = rule(subject, on)
    if found is None:
        return True
    if found.mode.asked_first:
        return agreed and not opposed
    if found.mode is Mode.LEGITIMATE:
        return informed and not (opposed and reason.strip())
    return informed and not opposed
