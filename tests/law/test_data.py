"""The data files: every row resolves, no two values on one day, lists and regions complete."""

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest

from virage.law import lists, parameters, regimes, regions, safety
from virage.law.data import LAW, PROJECT, STATUSES, TO_VERIFY, read
from virage.law.eligibility import RULES
from virage.law.parameters import NoValue
from virage.law.perimeters import perimeter
from virage.law.record import missing_items, required_items
from virage.law.regimes import regimes_on
from virage.law.requester import may_prepare, may_request
from virage.law.tariffs import tariff, yearly_cap
from virage.law.verdicts import UNKNOWN, Reason

GEO = Path(__file__).parents[3] / "shared" / "data" / "geo"


def test_no_parameter_has_two_values_on_one_day():
    for name, values in parameters.parameters().items():
        for one, other in combinations(values, 2):
            assert not one.period.overlaps(other.period), name


def test_every_parameter_cites_a_text_and_says_how_it_is_known():
    for values in parameters.parameters().values():
        for value in values:
            assert value.citation.title
            assert value.status in STATUSES
            assert value.status != TO_VERIFY


def test_what_is_law_was_read():
    for values in parameters.parameters().values():
        for value in values:
            if value.status == LAW:
                assert value.citation.text.read != "no", value.name


def test_our_own_choices_are_shown_as_ours():
    assert parameters.at("deadline.teleexpertise.answer", date(2025, 1, 1)).status == PROJECT
    assert parameters.value("deadline.teleexpertise.answer", date(2025, 1, 1)) == timedelta(hours=72)


def test_values_by_date():
    assert parameters.value("retention.nir.requester", date(2016, 1, 1)) == timedelta(days=30)
    assert parameters.value("retention.nir.performer", date(2016, 1, 1)) == timedelta(days=90)
    assert parameters.value("duty.convention", date(2018, 9, 14)) is True
    assert parameters.value("duty.convention", date(2018, 9, 15)) is False


def test_no_value_is_an_answer_and_no_name_an_error():
    with pytest.raises(NoValue):
        parameters.value("tariff.plaies-2015.teleexpertise", date(2016, 5, 6))
    with pytest.raises(KeyError):
        parameters.value("tariff.of.the.moon", date(2016, 5, 6))


def test_tariffs_and_caps():
    assert tariff("plaies-2015", "teleconsultation", date(2016, 5, 5)).money.amount == Decimal("28.00")
    assert tariff("volet2-2016", "teleconsultation", date(2016, 5, 6)) is None
    assert tariff("droit-commun", "teleexpertise", date(2023, 1, 1), role="requerant").money.amount == Decimal("10.00")
    assert tariff("droit-commun", "teleexpertise", date(2020, 1, 1), role="requerant", level="1").money.amount == 5
    assert yearly_cap("droit-commun", "teleexpertise", date(2023, 1, 1)) == 4
    assert yearly_cap("droit-commun", "teleexpertise", date(2020, 1, 1), "2") == 2
    assert yearly_cap("plaies-2015", "teleexpertise", date(2015, 6, 1)) is None


@pytest.mark.parametrize(
    ("act", "on", "expected"),
    [
        ("teleexpertise", date(2015, 4, 23), []),
        ("teleexpertise", date(2015, 4, 24), ["plaies-2015"]),
        ("teleexpertise", date(2016, 5, 6), ["volet2-2016"]),
        ("teleconsultation", date(2018, 9, 15), ["droit-commun"]),
        ("teleexpertise", date(2018, 9, 15), ["volet2-2016"]),
        ("teleexpertise", date(2019, 2, 10), ["droit-commun"]),
        ("telesurveillance", date(2015, 6, 1), []),
    ],
)
def test_regime_chooser(act, on, expected):
    assert [regime.id for regime in regimes_on(act, on)] == expected


def test_regimes_name_rules_that_exist_and_found_them():
    for regime in regimes.regimes().values():
        assert set(regime.rules) <= set(RULES)
        assert all(basis.citation or name == "requester" for name, basis in regime.rules.items())


def test_what_was_not_read_is_never_met_or_failed():
    citation = regimes.regime("plaies-2015").unread["teleexpertise"][0]
    assert Reason("unread", citation, TO_VERIFY, UNKNOWN, "unread.to_verify").explanation()
    with pytest.raises(ValueError, match="neither met nor failed"):
        Reason("unread", citation, TO_VERIFY, "failed", "unread.to_verify")


def test_sentences_are_in_both_languages():
    for code, row in read("explanations.yaml").items():
        assert set(row) == {"fr", "en"}, code
        assert row["fr"].count("{") == row["en"].count("{"), code


def test_perimeter_names_are_in_the_lists():
    for acts in perimeter("art36-2014").scopes.values():
        for scope in acts.values():
            kind = {"specialty": "specialties", "pathology": "pathologies"}[scope.by]
            assert all(name in lists.entries(kind) for name in scope.names or ())


def test_lists_follow_annex_6():
    assert len([entry for entry in lists.professions().values() if entry.code]) == 21
    assert lists.profession("Infirmière").code == "60"
    assert lists.specialty("Dermatologie et vénéréologie").code == "05"
    assert lists.specialty("dermatologie").label.en == "Dermatology and venereology"
    assert {name for name, entry in lists.professions().items() if entry.medical} == {
        "medecin",
        "chirurgien_dentiste",
        "sage_femme",
    }
    assert lists.find("specialties", "cartomancie") is None


def test_no_alias_belongs_to_two_names():
    for kind in ("places", "professions", "specialties", "pathologies"):
        names = [name for entry in lists.entries(kind).values() for name in (entry.name, *entry.aliases)]
        assert len(names) == len(set(names)), kind


def test_26_regions_and_9_pilots():
    pilots = {region.name for region in regions.pilots()}
    assert pilots == {
        "Alsace",
        "Basse-Normandie",
        "Bourgogne",
        "Centre",
        "Haute-Normandie",
        "Languedoc-Roussillon",
        "Martinique",
        "Pays de la Loire",
        "Picardie",
    }
    departements = [code for region in regions.regions().values() for code in region.departements]
    assert len(departements) == len(set(departements)) == 96 + 7
    assert len([code for code in departements if len(code) == 2]) == 96


def test_regions_of_2016_stand_for_those_they_brought_together():
    assert regions.is_pilot("Normandie") is True
    assert regions.is_pilot("Grand Est") is None
    assert regions.is_pilot("Bretagne") is False
    assert regions.is_pilot("Atlantide") is None
    assert [region.name for region in regions.resolve("44")] == ["Champagne-Ardenne", "Lorraine", "Alsace"]
    assert regions.region_of("2b").name == "Corse"
    assert regions.region_of("99") is None


@pytest.mark.skipif(not GEO.exists(), reason="the shared geographic data are not on this machine")
def test_regions_agree_with_the_official_geography():
    for row in json.loads((GEO / "regions_2014.json").read_text(encoding="utf-8")):
        found = regions.region_of(row["departements"][0])
        assert set(row["departements"]) <= set(found.departements)
        assert found.pilot is row["pilote_2014"]
    today = {row["code"]: row["region"] for row in json.loads((GEO / "departements.json").read_text(encoding="utf-8"))}
    for region in regions.regions().values():
        for code in region.departements:
            assert today.get(code, region.since_2016[0]) in region.since_2016


def test_who_may_ask_by_date():
    before, since = date(2021, 6, 4), date(2021, 6, 5)
    assert not may_request("infirmier", before)
    assert may_prepare("infirmier", before)
    assert may_request("infirmier", since)
    assert may_request("medecin", before)
    assert may_request("sage-femme", before)
    assert may_request("chirurgien-dentiste", before)
    assert may_request("ergothérapeute", since)
    assert not may_request("magicien", since)
    assert not may_request("medecin", date(2010, 10, 21))


def test_the_record_of_2010_and_of_2021():
    old = {item.code: item for item in required_items(date(2021, 6, 4))}
    new = {item.code: item for item in required_items(date(2021, 6, 5))}
    five = {"report", "prescriptions", "identities", "date_time", "incidents"}
    assert five < set(old)
    assert five < set(new)
    assert "relevance" not in old
    assert new["relevance"].compulsory
    assert old["consent"].citation.section.startswith("R. 6316-2")
    assert new["consent"].status == "secondary"
    assert not new["incidents"].compulsory
    assert "médicamenteuses" in old["prescriptions"].label.fr
    assert "médicamenteuses" not in new["prescriptions"].label.fr
    assert required_items(date(2010, 10, 21)) == ()


def test_what_a_record_lacks():
    present = {item.code for item in required_items(date(2025, 1, 1))} - {"report", "incidents"}
    assert [item.code for item in missing_items(present, date(2025, 1, 1))] == ["report"]


def test_safety_signs_have_a_source_and_a_status():
    assert {sign.code for sign in safety.red_flags()} == {
        "acute_ischaemia",
        "spreading_infection",
        "sepsis",
        "wet_gangrene",
    }
    assert all(sign.status == PROJECT for sign in safety.red_flags())
    assert "bad_news" in {sign.code for sign in safety.prompts("teleconsultation")}
    assert "bad_news" not in {sign.code for sign in safety.prompts("teleexpertise")}
    assert safety.prompts("regulation") == ()
    assert safety.call_label().fr == "Appelez le 15"
