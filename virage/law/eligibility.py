"""Judge a project, an act or a line under a regime. The same function serves pages, billing and the command.

A verdict never blocks care: it says what is payable, to whom, and why not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from virage.law import payment, rules, territory
from virage.law.facts import Facts
from virage.law.findings import Case
from virage.law.perimeters import perimeter
from virage.law.regimes import PAYMENT, Basis, Regime, regime
from virage.law.verdicts import Reason, Verdict

Rule = Callable[[Case], tuple[Reason, ...]]

RULES: dict[str, Rule] = {
    "period": rules.period,
    "programme": rules.programme,
    "perimeter": rules.perimeter,
    "act": rules.act,
    "pathology": rules.pathology,
    "place": rules.place,
    "territory": territory.territory,
    "requester": rules.requester,
    "performer": rules.performer,
    "experience": rules.experience,
    "occasion": rules.occasion,
    "patient_condition": rules.patient_condition,
    "billing_requester": rules.billing_requester,
    "billing_performer": rules.billing_performer,
    "agreement_sector": payment.agreement_sector,
    "level": payment.level,
    "tariff": payment.tariff_rule,
}


def _reasons(found: Regime, facts: Facts) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    for name, basis in found.rules.items():
        reasons += RULES[name](Case(name, facts, found, basis))
    reasons += rules.unread(Case("unread", facts, found, Basis(None, "to_verify")))
    return tuple(reasons)


def check(regime_id: str, facts: Facts, on: date) -> Verdict:
    """Judge the facts under a regime as it was on a day (both win over what the facts say). KeyError: no such regime.

    Never raises on facts that `facts_from_mapping` accepted; every verdict has at least one reason.
    """
    found = regime(regime_id)
    facts = replace(facts, regime=regime_id, on=on)
    price = payment.price_of(facts) if found.kind == PAYMENT else None
    return Verdict(_reasons(found, facts), price)


def judge(facts: Facts) -> Verdict:
    """Judge facts under their own regime and day."""
    return check(facts.regime, facts, facts.on)


def check_perimeter(perimeter_id: str, facts: Facts) -> Verdict:
    """Judge a project by a perimeter alone (a call for candidatures of any year that adopts it)."""
    return Verdict(perimeter(perimeter_id).judge(facts))
