"""Acts judged for payment, case by case (payment.yaml), and what a verdict says of them."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from virage.law.eligibility import judge
from virage.law.facts import facts_from_mapping
from virage.law.verdicts import UNKNOWN

TABLE = yaml.safe_load((Path(__file__).parent / "payment.yaml").read_text(encoding="utf-8"))


def verdict(regime, **facts):
    return judge(facts_from_mapping({"regime": regime, **TABLE["base"][regime], **facts}))


def name(case):
    return f"{case['regime']}-" + ("-".join(f"{key}={value}" for key, value in case["facts"].items()) or "base")


@pytest.mark.parametrize("case", TABLE["cases"], ids=name)
def test_written_cases(case):
    found = verdict(case["regime"], **case["facts"])
    assert found.eligible is case["eligible"]
    if "rule" in case:
        assert case["rule"] in [reason.rule for reason in found.failures]
        assert found.price is None
    if "missing" in case:
        assert list(found.missing) == case["missing"]
        assert found.price is None
    if "amount" in case:
        amount = found.price.money.amount if found.price else None
        assert amount == (Decimal(case["amount"]) if case["amount"] else None)
    if "payee" in case:
        assert found.price.payee == case["payee"]


def test_the_price_names_its_text_fund_and_rate():
    price = verdict("plaies-2015").price
    assert (price.citation.text_id, price.citation.section, price.status) == ("arrete-2015-plaies", "3.1", "law")
    assert (price.fund, price.rate) == ("FIR", "1")
    assert verdict("droit-commun").price.code == "TE2"


def test_a_price_of_the_demonstration_is_shown_as_ours():
    found = verdict("demonstration")
    assert found.price.status == "project"
    assert found.reasons[0].status == "project"


def test_sections_not_read_are_listed_and_change_nothing():
    found = verdict("plaies-2015")
    unread = [reason for reason in found.reasons if reason.status == "to_verify"]
    assert any(reason.citation.section.startswith("2.2") for reason in unread)
    assert all(reason.outcome == UNKNOWN and not reason.blocking for reason in unread)
    assert found.eligible is True


def test_a_withheld_tariff_says_so():
    reasons = {reason.rule: reason for reason in verdict("volet2-2016").reasons}
    assert reasons["tariff"].status == "to_verify"
    assert reasons["tariff"].outcome == UNKNOWN


def test_the_decisive_reason_is_what_failed_then_what_is_missing_then_the_tariff():
    assert verdict("plaies-2015", agreement_sector="3").decisive.rule == "agreement_sector"
    assert verdict("plaies-2015", agreement_sector=None).decisive.missing == ("agreement_sector",)
    assert verdict("plaies-2015").decisive.rule == "tariff"
