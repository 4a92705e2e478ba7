"""Regimes: the bodies of rules under which a project or an act is judged, each in its period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from virage.kernel.periods import Period
from virage.law.data import TO_VERIFY, Label, label_of, period_of, read, status_of
from virage.law.texts import Citation, citation_of

PERIMETER, PAYMENT = "perimeter", "payment"


@dataclass(frozen=True)
class Basis:
    """What founds a rule in a regime. None for a rule that finds its own text by date."""

    citation: Citation | None
    status: str


@dataclass(frozen=True)
class Regime:
    """kind "perimeter" judges a project and holds nothing absent against it; "payment" judges an act to be paid.

    territory: whose region counts (patient, treating, performer). project: a programme of ours, not a law.
    """

    id: str
    kind: str
    label: Label
    periods: dict[str, Period]
    rules: dict[str, Basis]
    unread: dict[str, tuple[Citation, ...]]
    perimeter: str | None
    project: bool
    territory: tuple[str, ...]
    acts: dict[str, dict[str, Any]]
    settings: dict[str, Any]

    def period(self, act: str) -> Period:
        """When the regime holds for an act (acts may start and stop on their own days)."""
        return self.periods.get(act, self.periods[""])


def _basis(row: dict[str, Any]) -> Basis:
    return Basis(citation_of(row), status_of(row)) if row else Basis(None, TO_VERIFY)


def _regime(regime_id: str, row: dict[str, Any]) -> Regime:
    whole = row["period"]
    acts = row.get("acts", {})
    return Regime(
        id=regime_id,
        kind=row["kind"],
        label=label_of(row["label"]),
        periods={"": period_of(whole)} | {act: period_of(whole | own) for act, own in acts.items()},
        rules={name: _basis(rule) for name, rule in row["rules"].items()},
        unread={act: tuple(citation_of(c) for c in found) for act, found in row.get("unread", {}).items()},
        perimeter=row.get("perimeter"),
        project=row.get("project", False),
        territory=tuple(row.get("territory", ())),
        acts=acts,
        settings={key: row[key] for key in ("whole_country", "patient_conditions") if key in row},
    )


@cache
def regimes() -> dict[str, Regime]:
    """All regimes by id, in the order of time, ours last."""
    return {regime_id: _regime(regime_id, row) for regime_id, row in read("regimes.yaml").items()}


def regime(regime_id: str) -> Regime:
    return regimes()[regime_id]


def regimes_on(act: str, on: date, *, kind: str = PAYMENT) -> tuple[Regime, ...]:
    """The regimes of law that judge this act on this day; none is the project's own."""
    return tuple(
        r
        for r in regimes().values()
        if r.kind == kind and not r.project and (not r.acts or act in r.acts) and r.period(act).contains(on)
    )
