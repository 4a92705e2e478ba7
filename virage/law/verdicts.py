"""What a judgement says: reasons that name their text, and a verdict that follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from virage.kernel.money import Money
from virage.law.data import TO_VERIFY, Label, label_of, read
from virage.law.texts import Citation

MET, FAILED, NOT_APPLICABLE, UNKNOWN = OUTCOMES = ("met", "failed", "not_applicable", "unknown")


@dataclass(frozen=True)
class Reason:
    """One rule applied. `missing`: facts without which it can't be applied; `blocking`: the verdict waits for it."""

    rule: str
    citation: Citation
    status: str
    outcome: str
    message: str
    values: tuple[tuple[str, Label], ...] = ()
    missing: tuple[str, ...] = ()
    blocking: bool = False

    def __post_init__(self) -> None:
        if self.status == TO_VERIFY and self.outcome in (MET, FAILED):
            raise ValueError(f"{self.rule}: what was not read is neither met nor failed")

    def explanation(self, lang: str = "fr") -> str:
        """One sentence for people."""
        sentence = label_of(read("explanations.yaml")[self.message]).of(lang)
        return sentence.format(**{key: label.of(lang) for key, label in self.values})

    def to_dict(self, lang: str = "fr") -> dict[str, str]:
        return {
            "rule": self.rule,
            **self.citation.to_dict(),
            "status": self.status,
            "outcome": self.outcome,
            "explanation": self.explanation(lang),
        }


@dataclass(frozen=True)
class Price:
    """What is due: to whom ("requis" or "employeur"), on what text, from which fund, at what rate (1 = all)."""

    money: Money
    payee: str
    citation: Citation
    status: str
    fund: str = ""
    rate: str = ""
    code: str = ""

    def to_dict(self) -> dict[str, object]:
        return {
            "amount": float(self.money.amount),
            "currency": self.money.currency,
            "payee": self.payee,
            "citation": self.citation.to_dict(),
        }


@dataclass(frozen=True)
class Verdict:
    """eligible: True, False, or None when facts are missing. Any failed rule makes it False."""

    reasons: tuple[Reason, ...]
    price: Price | None = None
    eligible: bool | None = field(init=False)
    missing: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        failed = any(reason.outcome == FAILED for reason in self.reasons)
        waiting = [reason for reason in self.reasons if reason.blocking]
        eligible = False if failed else None if waiting else True
        object.__setattr__(self, "eligible", eligible)
        names = _once(name for reason in waiting for name in reason.missing) if eligible is None else ()
        object.__setattr__(self, "missing", names)
        if not eligible:
            object.__setattr__(self, "price", None)

    @property
    def failures(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.outcome == FAILED)

    @property
    def decisive(self) -> Reason:
        """The one reason to show first: what failed, else what is waited for, else what founds the yes."""
        waiting = tuple(reason for reason in self.reasons if reason.blocking)
        met = tuple(reason for reason in reversed(self.reasons) if reason.outcome == MET)
        return (*self.failures, *waiting, *met, *self.reasons)[0]

    def to_dict(self, lang: str = "fr") -> dict[str, object]:
        """The JSON that `manage.py eligibility` prints."""
        result: dict[str, object] = {
            "eligible": self.eligible,
            "reasons": [reason.to_dict(lang) for reason in self.reasons],
        }
        if self.eligible is None:
            result["missing"] = list(self.missing)
        if self.price:
            result["price"] = self.price.to_dict()
        return result


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
