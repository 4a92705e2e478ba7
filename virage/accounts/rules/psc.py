"""What Pro Santé Connect says of a professional: the RPPS number, the situations of practice, how sure it is.

Claims as the Agence du numérique en santé publishes them; a value that it does not know is an empty text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROVIDER = "psc"
"""What this installation calls the service, in addresses and in the rows of links."""

RPPS_PREFIX = "8"
"""National identifier of a person: this figure and the RPPS number."""

STRONG = frozenset({"eidas1", "eidas2", "eidas3"})
"""The service asks for `eidas1` and answers with that level or a higher one."""


@dataclass(frozen=True)
class Situation:
    """One activity of one exercise: as what, how, and where the professional practises."""

    profession: str
    mode: str
    place: str
    finess: str
    siret: str


def rpps_of(claims: Mapping[str, Any]) -> str:
    """The RPPS number, or an empty text for a professional who is known by another number."""
    number = identifier_of(claims)
    is_rpps = len(number) == 12 and number.isascii() and number.isdigit() and number.startswith(RPPS_PREFIX)
    return number[1:] if is_rpps else ""


def identifier_of(claims: Mapping[str, Any]) -> str:
    """The national identifier of the person."""
    return _text(claims, "SubjectNameID") or _text(claims, "preferred_username")


def is_strong(acr: object) -> bool:
    return isinstance(acr, str) and acr.lower() in STRONG


def situations_of(claims: Mapping[str, Any]) -> tuple[Situation, ...]:
    """Every activity of every exercise, in the order of the claims. What is malformed is left out."""
    found = []
    for exercise in _rows(claims.get("SubjectRefPro"), "exercices"):
        for activity in _rows(exercise, "activities"):
            found.append(
                Situation(
                    profession=_text(exercise, "codeProfession"),
                    mode=_text(activity, "codeModeExercice"),
                    place=_text(activity, "raisonSocialeSite") or _text(activity, "enseigneCommercialeSite"),
                    finess=_text(activity, "numeroFinessSite"),
                    siret=_text(activity, "numeroSiretSite"),
                )
            )
    return tuple(found)


def is_of(situation: Situation, *, finess: str, siret: str) -> bool:
    """Whether the situation is in the structure of these numbers."""
    return bool((finess and finess == situation.finess) or (siret and siret == situation.siret))


def _rows(holder: object, name: str) -> list[Mapping[str, Any]]:
    rows = holder.get(name) if isinstance(holder, Mapping) else None
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value.strip()[:200] if isinstance(value, str) else ""
