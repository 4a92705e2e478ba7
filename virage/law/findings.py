"""How a rule of a regime turns what it found into a reason."""

from __future__ import annotations

from dataclasses import dataclass

from virage.law.data import Label
from virage.law.facts import Facts
from virage.law.regimes import Basis, Regime
from virage.law.texts import Citation
from virage.law.verdicts import FAILED, MET, NOT_APPLICABLE, UNKNOWN, Reason


@dataclass(frozen=True)
class Case:
    """One rule applied to facts under a regime: the five ways it can end."""

    rule: str
    facts: Facts
    regime: Regime
    basis: Basis

    def on(self, citation: Citation, status: str) -> Case:
        """The same case, founded on another text (rules that change by date)."""
        return Case(self.rule, self.facts, self.regime, Basis(citation, status))

    def met(self, message: str, **values: Label) -> Reason:
        return self._reason(MET, message, values)

    def failed(self, message: str, **values: Label) -> Reason:
        return self._reason(FAILED, message, values)

    def not_applicable(self, message: str, **values: Label) -> Reason:
        return self._reason(NOT_APPLICABLE, message, values)

    def missing(self, message: str, *names: str, **values: Label) -> Reason:
        """The verdict waits for these facts."""
        return self._reason(UNKNOWN, message, values, names, blocking=True)

    def waits(self, message: str, **values: Label) -> Reason:
        """The verdict waits, but no fact would answer: a text was not read."""
        return self._reason(UNKNOWN, message, values, blocking=True)

    def to_check(self, message: str, **values: Label) -> Reason:
        """Said, but the verdict does not wait for it."""
        return self._reason(UNKNOWN, message, values)

    def _reason(
        self,
        outcome: str,
        message: str,
        values: dict[str, Label],
        missing: tuple[str, ...] = (),
        blocking: bool = False,
    ) -> Reason:
        if self.basis.citation is None:
            raise ValueError(f"{self.rule}: no text founds it")
        said = tuple(values.items())
        return Reason(
            self.rule, self.basis.citation, self.basis.status, outcome, message, said, tuple(missing), blocking
        )
