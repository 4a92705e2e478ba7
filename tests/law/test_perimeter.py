"""Section 1.1 of the instruction of 2014 as a full table, and the dates of the experiment."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from virage.law.eligibility import check_perimeter, judge
from virage.law.facts import facts_from_mapping

TABLE = yaml.safe_load((Path(__file__).parent / "perimeter_art36_2014.yaml").read_text(encoding="utf-8"))
BASE = {"regime": "art36-2014", "on": "2014-02-05"}
ADMITTED = TABLE["specialties"]["admitted_in_ville"]
CONDITIONS = TABLE["pathologies"]["admitted"]
SPECIALTIES = [None, *ADMITTED, *TABLE["specialties"]["others"]]
PATHOLOGIES = [None, *CONDITIONS, *TABLE["pathologies"]["others"]]
ACTS = ["teleconsultation", "teleexpertise", "telesurveillance", "teleassistance", "regulation"]


def verdict(**facts):
    return judge(facts_from_mapping(BASE | facts))


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: "-".join(map(str, case["facts"].values())))
def test_written_cases(case):
    found = verdict(**case["facts"])
    assert found.eligible is case["eligible"]
    assert [reason.rule for reason in found.failures] == ([case["rule"]] if "rule" in case else [])


def expected(act, setting, specialty, pathology, device, screening):
    """The text of section 1.1 read aloud, apart from the data that the rules read."""
    if setting == "esms" and act == "teleconsultation":
        return True
    if setting == "esms" and act == "teleexpertise":
        return not screening
    if setting == "ville" and act == "teleexpertise":
        return specialty is None or specialty in ADMITTED
    if setting in ("esms", "ville") and act == "telesurveillance":
        inside = pathology is None or pathology in CONDITIONS
        return inside and not (device and pathology == "insuffisance_cardiaque")
    return False


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("setting", ["esms", "ville", "etablissement_de_sante"])
def test_every_specialty_pathology_and_exclusion(act, setting):
    for specialty in SPECIALTIES:
        for pathology in PATHOLOGIES:
            for device in (None, False, True):
                for screening in (False, True):
                    purpose = "depistage_retinopathie_diabetique" if screening else None
                    found = verdict(
                        act=act,
                        setting=setting,
                        specialty=specialty,
                        pathology=pathology,
                        implantable_device=device,
                        purpose=purpose,
                    )
                    wanted = expected(act, setting, specialty, pathology, device, screening)
                    assert found.eligible is wanted, (specialty, pathology, device, screening)
                    assert any(reason.citation.section == "1.1" for reason in found.reasons)


@pytest.mark.parametrize("act", ACTS)
def test_hospital_is_outside(act):
    found = verdict(act=act, setting="etablissement_de_sante", specialty="cardiologie")
    assert found.eligible is False
    assert found.failures[0].rule == "perimeter.setting"


@pytest.mark.parametrize(
    ("on", "eligible"), [("2013-12-31", False), ("2014-01-01", True), ("2017-12-31", True), ("2018-01-01", False)]
)
def test_four_years_from_2014(on, eligible):
    found = judge(facts_from_mapping(BASE | {"on": on, "act": "teleconsultation", "setting": "esms"}))
    assert found.eligible is eligible
    assert found.reasons[0].citation.text_id == "instruction-2014"


def test_a_fact_that_no_rule_uses_is_ignored():
    facts = {"act": "teleconsultation", "setting": "esms"}
    more = {"agreement_sector": "3", "patient_region": "bretagne", "performer_profession": "magicien", "place": "lune"}
    assert verdict(**facts, **more) == verdict(**facts)
    unread = {"agreement_sector": "OPTAM", "patient_region": "Atlantide", "protocol": 3, "level": "haut"}
    assert verdict(**facts, **unread) == verdict(**facts)


def test_a_perimeter_is_judged_without_a_date():
    facts = facts_from_mapping(
        {"regime": "demonstration", "on": date(2030, 1, 1), "act": "teleexpertise", "setting": "esms"}
    )
    assert check_perimeter("art36-2014", facts).eligible is True


def test_no_price_in_a_perimeter():
    assert verdict(act="teleconsultation", setting="esms").price is None
