"""What forms calculate: area, tissue total, SINBAD, PUSH; repeated rows; expressions that can't be worked out."""

from decimal import Decimal

import pytest

from tests.questionnaires.samples import ON, WOUND, form_of, shipped_form, typed
from virage.questionnaires.rules.posting import answers_from_post
from virage.questionnaires.rules.scoring import numbers, scores, settle
from virage.questionnaires.rules.validation import validate

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"


def scored(name, **fields):
    form = shipped_form(name)
    return scores(form, answers_from_post(form, typed(**fields)))


@pytest.mark.parametrize("name", ["plaie-evaluation", "plaie-suivi"])
@pytest.mark.parametrize(
    ("length", "width", "area"),
    [
        ("4,5", "2", 7.07),
        ("10", "10", 78.5),
        ("0,3", "0,2", 0.05),
        ("3,7", "2,9", 8.42),
        ("0", "3", 0),
        ("1", "1", 0.79),
    ],
)
def test_area_is_length_times_width_times_0_785(name, length, width, area):
    assert scored(name, longueur=length, largeur=width)["surface"] == pytest.approx(area, abs=0.0001)


@pytest.mark.parametrize(("length", "width"), [("4,5", ""), ("", ""), ("4,5", "env. 2")])
def test_no_area_without_both_sides(length, width):
    assert "surface" not in scored("plaie-evaluation", longueur=length, largeur=width)


@pytest.mark.parametrize(
    ("shares", "total", "codes"),
    [
        ({"fibrine": "70", "bourgeonnement": "30"}, 100, []),
        ({"epithelialisation": "100"}, 100, []),
        ({"necrose": "70", "fibrine": "31"}, 101, ["rule"]),
        ({"necrose": "0"}, 0, ["rule"]),
        ({}, None, []),
    ],
)
def test_shares_of_tissue_make_100(shares, total, codes):
    form = shipped_form("plaie-evaluation")
    answers = settle(form, answers_from_post(form, typed(**shares))).answers
    assert scores(form, answers).get("tissus-total") == total
    problems = [problem for problem in validate(form, answers, final=False, on=ON) if problem.key == "tissus"]
    assert [problem.code for problem in problems] == codes


SINBAD = ["site", "ischemie", "neuropathie", "infection", "surface", "profondeur"]


@pytest.mark.parametrize("points", range(7))
def test_sinbad_counts_its_six_answers(points):
    answers = {f"sinbad__{name}": "1" if rank < points else "0" for rank, name in enumerate(SINBAD)}
    assert scored("plaie-evaluation", type="pied-diabetique", **answers)["sinbad-total"] == points


def test_sinbad_waits_for_all_six():
    answers = {f"sinbad__{name}": "1" for name in SINBAD[:5]}
    assert "sinbad-total" not in scored("plaie-evaluation", type="pied-diabetique", **answers)


def test_sinbad_is_for_the_diabetic_foot_only():
    answers = {f"sinbad__{name}": "1" for name in SINBAD}
    form = shipped_form("plaie-evaluation")
    settled = settle(form, answers_from_post(form, typed(type="escarre", **answers)))
    assert "sinbad-total" not in settled.values
    assert not any(key.startswith("sinbad") for key in settled.answers)
    assert "escarre-stade" in settled.enabled


# Area in cm² (length by width) → points, from the printed table of PUSH 3.0; between its bins, after rounding to 0.1.
PUSH_AREA = [
    ("0", "5", 0),
    ("0,1", "0,1", 1),
    ("0,2", "1", 1),
    ("0,3", "1", 2),
    ("0,6", "1", 2),
    ("0,64", "1", 2),
    ("0,65", "1", 3),
    ("0,7", "1", 3),
    ("1", "1", 3),
    ("1,1", "1", 4),
    ("2", "1", 4),
    ("2,1", "1", 5),
    ("3", "1", 5),
    ("3,1", "1", 6),
    ("4", "1", 6),
    ("4,1", "1", 7),
    ("8", "1", 7),
    ("8,1", "1", 8),
    ("12", "1", 8),
    ("12,1", "1", 9),
    ("24", "1", 9),
    ("24,1", "1", 10),
    ("30", "20", 10),
]


@pytest.mark.parametrize(("length", "width", "points"), PUSH_AREA)
def test_push_area_table(length, width, points):
    found = scored("push-3", longueur=length, largeur=width, push__exsudat="2", push__tissu="4")
    assert found["push-surface"] == points
    assert found["push-total"] == points + 6


@pytest.mark.parametrize("missing", ["longueur", "push__exsudat", "push__tissu"])
def test_push_has_no_total_while_one_part_is_missing(missing):
    fields = {"longueur": "2", "largeur": "2", "push__exsudat": "0", "push__tissu": "0"}
    assert "push-total" in scored("push-3", **fields)
    assert "push-total" not in scored("push-3", **{**fields, missing: ""})


def test_the_healing_curve_reads_numbers_by_fixed_names():
    for name in ("plaie-evaluation", "plaie-suivi"):
        form = shipped_form(name)
        found = numbers(form, settle(form, answers_from_post(form, WOUND)).answers)
        assert found["longueur"] == Decimal("4.5")
        assert {"surface", "largeur", "douleur", "fibrine", "bourgeonnement"} <= set(found)


def rows_form():
    def calculated(link_id, expression):
        value = {"language": "text/fhirpath", "expression": expression}
        return {"linkId": link_id, "type": "decimal", "extension": [{"url": CALCULATED, "valueExpression": value}]}

    double = calculated("double", "%context.item.where(linkId='n').answer.value * 2")
    total = calculated("total", "%resource.item.where(linkId='g').item.where(linkId='double').answer.value.sum()")
    group = {"linkId": "g", "type": "group", "repeats": True, "item": [{"linkId": "n", "type": "integer"}, double]}
    return form_of(group, total)


def test_rows_are_calculated_each_by_itself_and_then_together():
    found = scores(rows_form(), {"g:0/n": (2,), "g:5/n": (10,)})
    assert found == {"g:0/double": 4, "g:5/double": 20, "total": 24}


def test_what_was_calculated_goes_with_what_it_came_from():
    form = shipped_form("push-3")
    full = settle(form, answers_from_post(form, typed(longueur="2", largeur="2", push__exsudat="1", push__tissu="1")))
    without = {key: value for key, value in full.answers.items() if key != "longueur"}
    assert settle(form, without).values == {}


@pytest.mark.parametrize("expression", ["1 / 0", "'a' + 1", "%unknown", "(1 | 2)", "'texte'"])
def test_an_expression_that_gives_no_single_number_gives_nothing(expression):
    value = {"language": "text/fhirpath", "expression": expression}
    form = form_of({"linkId": "x", "type": "decimal", "extension": [{"url": CALCULATED, "valueExpression": value}]})
    assert scores(form, {}) == {}
