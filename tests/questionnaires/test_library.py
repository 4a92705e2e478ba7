"""The shipped forms: readable, at most eight compulsory answers, English complete, sources of scales said."""

import json

import pytest

from tests.questionnaires.samples import NAMES, shipped, shipped_form
from virage.questionnaires.rules.definition import Text

WOUND_FORMS = ["plaie-evaluation", "plaie-suivi"]


def test_the_forms_that_the_platform_needs_are_shipped():
    assert {"plaie-evaluation", "plaie-suivi", "push-3", "teleexpertise-simple"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_named_as_its_file_and_asks_for_at_most_eight_answers(name):
    form = shipped_form(name)
    assert form.url == f"https://virage.example/fhir/Questionnaire/{name}"
    assert shipped(name)["status"] == "active"
    assert 1 <= len(form.compulsory()) <= 8


def test_the_eight_of_a_wound():
    expected = ("type", "apparition", "taille", "tissus", "exsudat", "douleur", "signes", "question")
    assert shipped_form("plaie-evaluation").compulsory() == expected
    assert shipped_form("plaie-suivi").compulsory() == expected[2:]


def texts(form):
    yield from (form.title, form.description, form.copyright)
    for item in form.index.values():
        yield item.text
        yield from item.help
        yield from (option.label for option in (*item.options, *item.units))
        yield from (constraint.human for constraint in item.constraints)


@pytest.mark.parametrize("name", NAMES)
def test_every_text_has_its_english(name):
    missing = [text.fr for text in texts(shipped_form(name)) if text.missing("en")]
    assert missing == []
    assert all(isinstance(text, Text) and text.fr for text in texts(shipped_form(name)))


@pytest.mark.parametrize("name", WOUND_FORMS)
def test_the_healing_curve_finds_its_link_ids(name):
    index = shipped_form(name).index
    units = {
        link_id: [unit.coding.code for unit in index[link_id].units] for link_id in ("longueur", "largeur", "surface")
    }
    assert units == {"longueur": ["cm"], "largeur": ["cm"], "surface": ["cm2"]}
    assert index["douleur"].type == "integer"
    assert [option.coding.code for option in index["exsudat"].options] == ["aucun", "faible", "modere", "abondant"]


def test_a_follow_up_asks_in_the_same_words_as_the_first_assessment():
    first, follow_up = shipped_form("plaie-evaluation").index, shipped_form("plaie-suivi").index
    assert {link_id for link_id in set(first) & set(follow_up) if first[link_id] != follow_up[link_id]} <= {"demande"}


def test_the_area_formula_is_stated():
    (words,) = shipped_form("plaie-evaluation").index["surface"].help
    assert "0,785" in words.fr
    assert "0.785" in words.say("en")


def test_red_flags_bear_the_codes_of_the_law_package():
    codes = {option.coding.code for option in shipped_form("plaie-evaluation").index["signes"].options}
    assert {"acute_ischaemia", "spreading_infection", "sepsis", "wet_gangrene"} <= codes


def test_push_says_whose_it_is_and_on_what_conditions():
    words = json.dumps(shipped("push-3"), ensure_ascii=False)
    for needed in ("version 3.0", "NPUAP", "usage commercial", "written permission", "must not be altered"):
        assert needed in words


@pytest.mark.parametrize("scale", ["escarre-source", "wagner-source", "texas-source", "sinbad-source"])
def test_each_scale_names_its_source(scale):
    item = shipped_form("plaie-evaluation").index[scale]
    assert item.type == "display"
    assert "libellés de ce projet" in item.text.fr or "nos mots" in item.text.fr
