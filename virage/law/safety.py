"""Prompts when remote advice does not suit, and the red flags of a wound. Shown to a clinician, never decided."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from virage.law.data import Label, label_of, read, status_of
from virage.law.texts import Citation, citation_of


@dataclass(frozen=True)
class SafetySign:
    """One sign, with its source and the status of that source."""

    code: str
    label: Label
    citation: Citation
    status: str
    acts: tuple[str, ...] = ()


def _warning(row: dict[str, Any]) -> SafetySign:
    return SafetySign(row["code"], label_of(row), citation_of(row), status_of(row), tuple(row.get("acts", ())))


@cache
def _all(kind: str) -> tuple[SafetySign, ...]:
    return tuple(_warning(row) for row in read("safety.yaml")[kind])


def prompts(act: str) -> tuple[SafetySign, ...]:
    """When this act does not suit (guide of the HAS)."""
    return tuple(warning for warning in _all("prompts") if act in warning.acts)


def red_flags() -> tuple[SafetySign, ...]:
    """Signs of a wound for which one calls the emergency number before anything is sent."""
    return _all("red_flags")


def call_label() -> Label:
    """What to do at a red flag: « Appelez le 15 »."""
    return label_of(read("safety.yaml")["call"])
