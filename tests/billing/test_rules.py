"""The decision on money, on values alone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from virage.billing.rules import Circumstances, judge, next_look, pseudonym, state_region
from virage.billing.states import DUE, NOT_DUE, TO_VERIFY, VERBS, WORKFLOW
from virage.law.eligibility import judge as law_judge
from virage.law.facts import facts_from_mapping
from virage.law.verdicts import Verdict

USUAL = {
    "regime": "demonstration",
    "on": "2026-11-19",
    "act": "teleexpertise",
    "setting": "esms",
    "place": "ehpad",
    "specialty": "dermatologie",
    "pathology": "escarre",
    "patient_region": "42",
    "performer_region": "42",
    "requester_region": "42",
    "requester_profession": "infirmier",
    "performer_profession": "medecin",
    "performer_employment": "liberal",
    "agreement_sector": "1",
    "protocol": False,
}


def said(**facts: object) -> Verdict:
    return law_judge(facts_from_mapping(USUAL | facts))


def test_a_liberal_dermatologist_is_owed_fourteen_euros_under_section_3_1() -> None:
    line = judge(said(), Circumstances())
    assert (line.state, line.amount, line.payee, line.reasons) == (DUE, Decimal("14.00"), "requis", ())
    assert line.citation == "Arrêté du 17 avril 2015 (plaies), 3.1"


def test_a_salaried_one_is_paid_through_the_employer() -> None:
    line = judge(said(performer_employment="salarie", agreement_sector=None), Circumstances())
    assert (line.state, line.payee) == (DUE, "employeur")


@pytest.mark.parametrize(
    "facts, reason",
    [
        ({"agreement_sector": "3"}, "agreement_sector"),
        ({"setting": "ville", "place": "domicile", "specialty": "chirurgie_vasculaire"}, "perimeter.specialty"),
        ({"setting": "etablissement_de_sante", "place": "hopital"}, "perimeter.setting"),
        ({"purpose": "depistage_retinopathie_diabetique"}, "perimeter.exclusion.retinopathy"),
        ({"pathology": "diabete"}, "pathology"),
        ({"patient_region": "11", "performer_region": "11", "requester_region": "11"}, "territory"),
        ({"performer_profession": "infirmier", "agreement_sector": None}, "performer"),
        ({"regime": "plaies-2015", "on": "2016-05-06"}, "period"),
        ({"regime": "plaies-2015", "on": "2015-06-01"}, "requester"),
    ],
)
def test_the_law_refuses_with_its_rule(facts: dict[str, object], reason: str) -> None:
    line = judge(said(**facts), Circumstances())
    assert line.state == NOT_DUE
    assert reason in line.reasons
    assert line.amount is None
    assert line.citation
    assert not line.may_heal


@pytest.mark.parametrize(
    "around, reason, heals",
    [
        (Circumstances(record_complete=False), "incomplete_record", True),
        (Circumstances(validated=False), "not_validated", True),
        (Circumstances(in_project=False), "outside_project", False),
        (Circumstances(earlier=4, cap=4), "yearly_cap", False),
    ],
)
def test_what_the_law_does_not_know_stops_a_payment_too(around: Circumstances, reason: str, heals: bool) -> None:
    line = judge(said(), around)
    assert (line.state, line.reasons, line.may_heal) == (NOT_DUE, (reason,), heals)


def test_below_the_cap_or_without_one_the_line_is_due() -> None:
    assert judge(said(), Circumstances(earlier=3, cap=4)).state == DUE
    assert judge(said(), Circumstances(earlier=99)).state == DUE


def test_every_refusal_is_said_and_one_that_stays_prevents_healing() -> None:
    line = judge(said(agreement_sector="3"), Circumstances(record_complete=False))
    assert line.reasons == ("agreement_sector", "incomplete_record")
    assert not line.may_heal


def test_a_missing_fact_is_to_verify_and_named() -> None:
    line = judge(said(agreement_sector=None), Circumstances())
    assert (line.state, line.reasons, line.amount) == (TO_VERIFY, ("missing:agreement_sector",), None)
    assert line.may_heal


def test_an_incomplete_record_wins_over_a_doubt() -> None:
    assert judge(said(agreement_sector=None), Circumstances(record_complete=False)).state == NOT_DUE


def test_no_regime_and_no_tariff() -> None:
    assert judge(None, Circumstances()).reasons == ("no_regime",)
    only_perimeter = judge(said(regime="art36-2014", on="2014-06-01"), Circumstances())
    assert (only_perimeter.state, only_perimeter.reasons) == (TO_VERIFY, ("no_tariff",))


@pytest.mark.parametrize(
    "performer, patient, expected",
    [
        ("42", "11", "42"),
        ("11", "42", "42"),
        ("91", "42", "91"),
        ("11", "53", "53"),
        ("", "53", "53"),
        ("11", "", "11"),
        ("06", "", "04"),
    ],
)
def test_the_state_is_that_of_the_pilot_region_of_the_requis_else_the_patients(
    performer: str, patient: str, expected: str
) -> None:
    assert state_region(performer, patient) == expected


def test_a_pseudonym_is_stable_regional_and_keyed() -> None:
    name = pseudonym("key", "42", "patient")
    assert name == pseudonym("key", "42", "patient")
    assert len(name) == 22
    others = {
        pseudonym("key", "91", "patient"),
        pseudonym("other", "42", "patient"),
        pseudonym("key", "42", "patiens"),
    }
    assert len({name, *others}) == 4


def test_the_looks_grow_rarer_and_end() -> None:
    born = datetime(2026, 1, 1, tzinfo=UTC)
    assert next_look(born, born) == born + timedelta(minutes=10)
    hour = born + timedelta(hours=1)
    assert next_look(born, hour) == hour + timedelta(hours=1)
    month = born + timedelta(days=30)
    assert next_look(born, month) == month + timedelta(days=1)
    assert next_look(born, born + timedelta(days=181)) is None


def test_what_is_due_stays_due() -> None:
    assert WORKFLOW.verbs(DUE) == ()
    for state in (NOT_DUE, TO_VERIFY):
        assert WORKFLOW.next(state, VERBS[DUE]) == DUE
