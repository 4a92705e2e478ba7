"""Conditions on being paid, and the price: agreement sector, level, tariff, payee."""

from __future__ import annotations

from virage.law import lists
from virage.law.data import TO_VERIFY, Label, label_of, read
from virage.law.facts import Facts
from virage.law.findings import Case
from virage.law.tariffs import Tariff, has_levels, tariff
from virage.law.verdicts import Price, Reason

REQUIS, EMPLOYER = "requis", "employeur"
OUTSIDE_AGREEMENT = "3"
SALARIED = "salarie"


def payee_of(facts: Facts) -> str:
    """The requis, or the employer of a salaried one."""
    return EMPLOYER if facts.performer_employment == SALARIED else REQUIS


def agreement_sector(case: Case) -> tuple[Reason, ...]:
    """Only professionals under the national agreement may bill. Sectors are the doctors' notion."""
    facts = case.facts
    if facts.performer_employment == SALARIED:
        return (case.not_applicable("sector.not_applicable"),)
    if facts.agreement_sector == OUTSIDE_AGREEMENT:
        return (case.failed("sector.failed"),)
    if facts.agreement_sector is None:
        if facts.performer_profession in (None, "medecin"):
            return (case.missing("sector.unknown", "agreement_sector"),)
        return (case.not_applicable("sector.not_applicable"),)
    return (case.met("sector.met", sector=lists.label("agreement_sectors", facts.agreement_sector)),)


def level(case: Case) -> tuple[Reason, ...]:
    """The level of a téléexpertise, in the years when the tariff depended on it."""
    facts = case.facts
    if not has_levels(facts.regime, facts.act, facts.on):
        return (case.not_applicable("level.not_applicable"),)
    if facts.level is None:
        return (case.missing("level.unknown", "level"),)
    return (case.met("level.met", level=lists.label("levels", facts.level)),)


def tariff_of(facts: Facts) -> Tariff | None:
    """The tariff of the act that the facts describe."""
    return tariff(
        facts.regime,
        facts.act,
        facts.on,
        specialty=facts.specialty,
        sector=facts.agreement_sector,
        level=facts.level,
    )


def price_of(facts: Facts) -> Price | None:
    """What is due if the act is payable; None where no amount was read."""
    found = tariff_of(facts)
    if found is None:
        return None
    rate = "" if found.rate is None else str(found.rate)
    return Price(found.money, payee_of(facts), found.citation, found.status, found.fund, rate, found.code)


def tariff_rule(case: Case) -> tuple[Reason, ...]:
    """The amount and its payee; withheld, not guessed, where the text was not read."""
    facts = case.facts
    if facts.act not in case.regime.acts or not case.regime.period(facts.act).contains(facts.on):
        return (case.not_applicable("tariff.none"),)
    found = tariff_of(facts)
    if found is not None:
        payee = label_of(read("explanations.yaml")[f"payee.{payee_of(facts)}"])
        amount = Label(str(found.money.amount).replace(".", ","), str(found.money.amount))
        return (case.on(found.citation, found.status).met("tariff.met", amount=amount, payee=payee),)
    if has_levels(facts.regime, facts.act, facts.on):
        return (case.not_applicable("level.unknown"),)
    if facts.regime == "droit-commun" and facts.act == "teleconsultation" and facts.specialty is None:
        return (case.missing("tariff.specialty", "specialty"),)
    citation = case.basis.citation
    return (case.on(citation, TO_VERIFY).to_check("tariff.withheld"),) if citation else ()
