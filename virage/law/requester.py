"""Who may ask a téléexpertise (requérant), by date: CSP R. 6316-1, 2°."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from virage.law import lists, parameters
from virage.law.texts import Citation

MEDICAL = "medical"


@dataclass(frozen=True)
class RequesterRule:
    """allowed: None when the profession is not in the list of health professions. may_prepare: may write the draft
    that another signs. A citation of None: on that day no text defines téléexpertise."""

    allowed: bool | None
    may_prepare: bool
    citation: Citation | None
    status: str


def requester_rule(profession: str, on: date) -> RequesterRule:
    """May someone of this profession ask a téléexpertise on this day?

    Before 2021-06-05 a medical profession only (doctor, dental surgeon, midwife): a nurse prepares and a doctor asks.
    Since then any health profession.
    """
    found = parameters.at("requester.teleexpertise", on)
    entry = lists.profession(profession)
    if found is None:
        return RequesterRule(False, False, None, "project")
    if entry is None:
        allowed = False if found.value == MEDICAL else None
        return RequesterRule(allowed, False, found.citation, found.status)
    return RequesterRule(entry.medical or found.value != MEDICAL, True, found.citation, found.status)


def may_request(profession: str, on: date) -> bool:
    """True when the profession may ask a téléexpertise itself on this day."""
    return requester_rule(profession, on).allowed is True


def may_prepare(profession: str, on: date) -> bool:
    """True when the profession may write a request that a medical professional then asks."""
    return requester_rule(profession, on).may_prepare
