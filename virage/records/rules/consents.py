"""What a recorded consent must say, by who gave it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PATIENT, REPRESENTATIVE, IMPOSSIBLE = "patient", "representative", "impossible"


@dataclass(frozen=True)
class Said:
    """What was said, by whom, how. `alone_reason`: why a minor consents without the parents, which the texts let the
    professional judge in some cases (CSP L.1111-5)."""

    given_by: str
    representative: str = ""
    alone_reason: str = ""
    impossible_reason: str = ""
    trusted_person_informed: bool = False
    trusted_person: str = ""
    trusted_person_told_on: date | None = None
    informed_on_exchange: bool = False
    how: str = "oral"
    language: str = ""
    interpreter: str = ""


def problems(said: Said, *, minor: bool = False) -> tuple[str, ...]:
    """Names of the facts that are missing."""
    found = []
    if said.given_by not in (PATIENT, REPRESENTATIVE, IMPOSSIBLE):
        found.append("given_by")
    if said.given_by == REPRESENTATIVE and not said.representative.strip():
        found.append("representative")
    if said.given_by == PATIENT and minor and not said.alone_reason.strip():
        found.append("alone_reason")
    if said.given_by == IMPOSSIBLE and not said.impossible_reason.strip():
        found.append("impossible_reason")
    if said.trusted_person_informed and not said.trusted_person.strip():
        found.append("trusted_person")
    if said.trusted_person_informed and said.trusted_person_told_on is None:
        found.append("trusted_person_told_on")
    if said.how not in ("oral", "written"):
        found.append("how")
    return tuple(found)


def facts_of(said: Said, *, minor: bool) -> dict[str, object]:
    """What is kept: what belongs to another way of consenting is left out."""
    by = said.given_by
    told = by == IMPOSSIBLE and said.trusted_person_informed
    return {
        "given_by": by,
        "representative": said.representative.strip() if by == REPRESENTATIVE else "",
        "alone_reason": said.alone_reason.strip() if by == PATIENT and minor else "",
        "impossible_reason": said.impossible_reason.strip() if by == IMPOSSIBLE else "",
        "trusted_person_informed": told,
        "trusted_person": said.trusted_person.strip() if told else "",
        "trusted_person_told_on": said.trusted_person_told_on if told else None,
        "informed_on_exchange": said.informed_on_exchange,
        "how": said.how,
        "language": said.language.strip(),
        "interpreter": said.interpreter.strip(),
    }
