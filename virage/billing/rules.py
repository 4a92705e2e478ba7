"""From what the law says of an act to a line: due, not due, or to verify, always with the reason. Plain values."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from virage.billing.states import DUE, NOT_DUE, TO_VERIFY
from virage.law import regions
from virage.law.texts import Citation
from virage.law.verdicts import FAILED, Verdict

# Reasons of our own; the others are the names of the law's rules.
INCOMPLETE_RECORD = "incomplete_record"
NOT_VALIDATED = "not_validated"
OUTSIDE_PROJECT = "outside_project"
YEARLY_CAP = "yearly_cap"
NO_REGIME = "no_regime"
NO_TARIFF = "no_tariff"
MISSING = "missing:"  # followed by the name of a fact
HEALING = frozenset({INCOMPLETE_RECORD, NOT_VALIDATED})
"""What may be put right after the act, so that the line is judged again."""

SOONEST, LATEST = timedelta(minutes=10), timedelta(days=1)
GIVE_UP = timedelta(days=180)
"""How often an unfinished line is looked at again, and for how long (project defaults)."""


@dataclass(frozen=True)
class Circumstances:
    """What the law's verdict does not know of an act. `earlier`: acts of this requis for this patient already due in
    the year; `cap`: how many are paid, None where no text says."""

    record_complete: bool = True
    validated: bool = True
    in_project: bool = True
    earlier: int = 0
    cap: int | None = None


@dataclass(frozen=True)
class Judgement:
    """`payee`: "requis" or "employeur"; empty, like `amount`, unless the line is due."""

    state: str
    reasons: tuple[str, ...]
    citation: str
    amount: Decimal | None = None
    payee: str = ""

    @property
    def may_heal(self) -> bool:
        """True when every reason against payment can still be put right."""
        return bool(self.reasons) and all(code in HEALING or code.startswith(MISSING) for code in self.reasons)


def judge(verdict: Verdict | None, around: Circumstances) -> Judgement:
    """The one decision on money: a refusal wins over a doubt, a doubt over a payment."""
    if verdict is None:
        return Judgement(NOT_DUE, (NO_REGIME,), "")
    against = _against(verdict, around)
    founded = cite(verdict.decisive.citation)
    if against:
        return Judgement(NOT_DUE, against, founded)
    if verdict.eligible is None:
        waiting = tuple(reason.rule for reason in verdict.reasons if reason.blocking)
        doubts = tuple(f"{MISSING}{name}" for name in verdict.missing) or tuple(dict.fromkeys(waiting))
        return Judgement(TO_VERIFY, doubts, founded)
    if verdict.price is None:
        return Judgement(TO_VERIFY, (NO_TARIFF,), founded)
    price = verdict.price
    return Judgement(DUE, (), cite(price.citation), amount=price.money.amount, payee=price.payee)


def _against(verdict: Verdict, around: Circumstances) -> tuple[str, ...]:
    ours = {
        INCOMPLETE_RECORD: not around.record_complete,
        NOT_VALIDATED: not around.validated,
        OUTSIDE_PROJECT: not around.in_project,
        YEARLY_CAP: around.cap is not None and around.earlier >= around.cap,
    }
    failed = [reason.rule for reason in verdict.reasons if reason.outcome == FAILED]
    return tuple(dict.fromkeys([*failed, *(code for code, true in ours.items() if true)]))


def cite(citation: Citation) -> str:
    return f"{citation.text.short}, {citation.section}"


def state_region(performer_region: str, patient_region: str) -> str:
    """The region of 2014 whose monthly state counts an act.

    Annex 5 of the arrêté of 17 April 2015 has each ARS report what its fund paid, without saying which ARS pays when
    the regions differ. The project's own reading: the pilot region where the requis practises, else the patient's.
    """
    performer = _code(performer_region)
    if performer and regions.regions()[performer].pilot:
        return performer
    return _code(patient_region) or performer


def _code(name: str) -> str:
    found = regions.resolve(name) if name else ()
    return found[0].code if len(found) == 1 else ""


def pseudonym(secret: str, region: str, patient_ref: str) -> str:
    """A name for a patient in one region's lines: always the same there, different elsewhere, and nobody without the
    installation's key can go back. 128 bits as 22 characters."""
    key = hmac.new(secret.encode(), b"virage.billing.pseudonym", hashlib.sha256).digest()
    digest = hmac.new(key, f"{region}:{patient_ref}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def next_look(created_at: datetime, at: datetime) -> datetime | None:
    """When to judge an unfinished line again: often at first, then daily; None when nobody finished it in time."""
    age = at - created_at
    return None if age > GIVE_UP else at + min(max(age, SOONEST), LATEST)
