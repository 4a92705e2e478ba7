"""Perimeters: which acts, in which settings, for which specialties or pathologies. Data: perimeters/*.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from virage.law import lists
from virage.law.data import Label, read, status_of
from virage.law.facts import Facts
from virage.law.texts import Citation, citation_of
from virage.law.verdicts import FAILED, MET, NOT_APPLICABLE, UNKNOWN, Reason

KINDS = {"specialty": "specialties", "pathology": "pathologies"}


@dataclass(frozen=True)
class Exclusion:
    """An act is out when the fact has the value; `only_for` limits it to some names."""

    code: str
    fact: str
    equals: object
    only_for: tuple[str, ...]


@dataclass(frozen=True)
class Scope:
    """What one act covers in one setting. names is None for "all"; by is "specialty" or "pathology"."""

    by: str
    names: tuple[str, ...] | None
    exclusions: tuple[Exclusion, ...]


@dataclass(frozen=True)
class Perimeter:
    """All scopes by setting and act; an act that a setting does not list is outside."""

    id: str
    citation: Citation
    status: str
    scopes: dict[str, dict[str, Scope]]

    def judge(self, facts: Facts, *, strict: bool = False) -> tuple[Reason, ...]:
        """Judge the act in its setting, its specialty or pathology and the exclusions, and nothing else.

        A fact absent is not held against the project, unless `strict` (a payment waits for it).
        """
        acts = self.scopes.get(facts.setting, {})
        setting = ("setting", lists.label("settings", facts.setting))
        if not acts:
            return (self._reason("setting", FAILED, "setting.failed", (setting,)),)
        reasons = [self._reason("setting", MET, "setting.met", (setting,))]
        scope = acts.get(facts.act)
        values = (("act", lists.label("acts", facts.act)), setting)
        if scope is None:
            return (*reasons, self._reason("act", FAILED, "perimeter.act.failed", values))
        reasons.append(self._reason("act", MET, "perimeter.act.met", values))
        reasons.append(self._names(scope, facts, strict))
        reasons += [self._exclusion(scope, exclusion, facts) for exclusion in scope.exclusions]
        return tuple(reasons)

    def _names(self, scope: Scope, facts: Facts, strict: bool) -> Reason:
        if scope.names is None:
            return self._reason(scope.by, MET, f"{scope.by}.any")
        kind = KINDS[scope.by]
        name = getattr(facts, scope.by)
        allowed = ("allowed", Label.listing([lists.label(kind, item) for item in scope.names]))
        if name is None:
            missing = (scope.by,)
            return self._reason(scope.by, UNKNOWN, f"{scope.by}.unknown", (allowed,), missing, strict)
        values = (("name", lists.label(kind, name)), allowed)
        outcome = MET if lists.family(kind, name) in scope.names else FAILED
        return self._reason(scope.by, outcome, f"{scope.by}.{outcome}", values)

    def _exclusion(self, scope: Scope, exclusion: Exclusion, facts: Facts) -> Reason:
        outcome = _excluded(scope, exclusion, facts)
        rule = f"exclusion.{exclusion.code}"
        return self._reason(rule, outcome, f"{rule}.{outcome}")

    def _reason(
        self,
        rule: str,
        outcome: str,
        message: str,
        values: tuple[tuple[str, Label], ...] = (),
        missing: tuple[str, ...] = (),
        blocking: bool = False,
    ) -> Reason:
        return Reason(f"perimeter.{rule}", self.citation, self.status, outcome, message, values, missing, blocking)


def _excluded(scope: Scope, exclusion: Exclusion, facts: Facts) -> str:
    """failed: excluded; met: not excluded; unknown: not said (never held against the project)."""
    name = getattr(facts, scope.by)
    if exclusion.only_for and name and lists.family(KINDS[scope.by], name) not in exclusion.only_for:
        return NOT_APPLICABLE
    said = getattr(facts, exclusion.fact)
    if said is None or (exclusion.only_for and name is None):
        return UNKNOWN
    return FAILED if said == exclusion.equals else MET


def _scope(row: dict[str, Any]) -> Scope:
    return Scope(
        by=row["by"],
        names=None if row["names"] == "any" else tuple(row["names"]),
        exclusions=tuple(
            Exclusion(item["code"], item["fact"], item["equals"], tuple(item.get("only_for", ())))
            for item in row.get("exclusions", ())
        ),
    )


@cache
def perimeter(perimeter_id: str) -> Perimeter:
    """A perimeter by its file's name ("art36-2014")."""
    row = read(f"perimeters/{perimeter_id}.yaml")
    return Perimeter(
        id=perimeter_id,
        citation=citation_of(row["citation"]),
        status=status_of(row),
        scopes={
            setting: {act: _scope(scope) for act, scope in acts.items()} for setting, acts in row["settings"].items()
        },
    )
