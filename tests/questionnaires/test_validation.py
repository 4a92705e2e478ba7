"""Each type of item: what is accepted, what is said against it, what is kept."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.questionnaires.samples import HL7, NAMES, ON, WOUND, form_of, shipped_form, typed
from virage.questionnaires.rules.definition import walk
from virage.questionnaires.rules.posting import MAX_ROWS, answers_from_post
from virage.questionnaires.rules.responses import from_response, to_response
from virage.questionnaires.rules.scoring import settle
from virage.questionnaires.rules.validation import validate
from virage.questionnaires.rules.values import Coding, Quantity, Unread


def bound(name, **value):
    return {"url": f"{HL7}{name}", **value}


PAST = bound(
    "maxValue",
    _valueDate={"extension": [{"url": f"{HL7}cqf-calculatedValue", "valueExpression": {"expression": "today()"}}]},
)
UNITS = [{"url": f"{HL7}questionnaire-unitOption", "valueCoding": {"code": code}} for code in ("d", "wk")]
OPTIONS = [{"valueCoding": {"code": code}} for code in ("a", "b")] + [
    {
        "valueCoding": {"code": "rien"},
        "extension": [{"url": f"{HL7}questionnaire-optionExclusive", "valueBoolean": True}],
    }
]
ITEMS = {
    "boolean": {"type": "boolean"},
    "decimal": {
        "type": "decimal",
        "extension": [bound("minValue", valueDecimal=0.5), bound("maxValue", valueDecimal=3)],
    },
    "integer": {"type": "integer", "extension": [bound("maxValue", valueInteger=10)]},
    "past": {"type": "date", "extension": [PAST]},
    "date": {
        "type": "date",
        "extension": [bound("minValue", valueDate="2026-01-01"), bound("maxValue", valueDate="2026-12-31")],
    },
    "string": {"type": "string", "maxLength": 5},
    "text": {
        "type": "text",
        "maxLength": 5,
        "repeats": True,
        "extension": [bound("questionnaire-maxOccurs", valueInteger=2)],
    },
    "choice": {"type": "choice", "answerOption": OPTIONS},
    "many": {"type": "choice", "answerOption": OPTIONS, "repeats": True},
    "open": {"type": "open-choice", "answerOption": OPTIONS},
    "quantity": {"type": "quantity", "extension": UNITS},
}


def codes(kind, *values, final=False, **more):
    form = form_of({"linkId": "x", **ITEMS[kind]})
    answers = answers_from_post(form, {"x": list(values), **{f"x@{name}": [value] for name, value in more.items()}})
    return [problem.code for problem in validate(form, answers, final=final, on=ON)]


TABLE = [
    ("boolean", ["true"], []),
    ("boolean", ["peut-être"], ["not_a_boolean"]),
    ("decimal", ["0,5"], []),
    ("decimal", ["0,49"], ["too_low"]),
    ("decimal", ["3,1"], ["too_high"]),
    ("decimal", ["trois"], ["not_a_number"]),
    ("decimal", ["1", "2"], ["too_many"]),
    ("integer", ["10"], []),
    ("integer", ["11"], ["too_high"]),
    ("integer", ["1,5"], ["not_an_integer"]),
    ("past", ["01/03/2026"], []),
    ("past", ["2026"], []),
    ("past", ["02/03/2026"], ["in_the_future"]),
    ("past", ["30/02/2026"], ["not_a_date"]),
    ("date", ["31/12/2025"], ["too_early"]),
    ("date", ["01/01/2027"], ["too_late"]),
    ("date", ["06/2026"], []),
    ("string", ["12345"], []),
    ("string", ["123456"], ["too_long"]),
    ("text", ["un", "deux"], []),
    ("text", ["un", "deux", "trois"], ["too_many"]),
    ("choice", ["a"], []),
    ("choice", ["z"], ["not_an_option"]),
    ("choice", ["a", "b"], ["too_many"]),
    ("many", ["a", "b"], []),
    ("many", ["a", "rien"], ["exclusive"]),
    ("many", ["rien"], []),
    ("open", ["b"], []),
]


@pytest.mark.parametrize(("kind", "values", "expected"), TABLE)
def test_each_type(kind, values, expected):
    assert codes(kind, *values) == expected


@pytest.mark.parametrize(("unit", "expected"), [("wk", []), ("", ["unit_missing"]), ("an", ["unit_unknown"])])
def test_a_quantity_has_one_of_the_units(unit, expected):
    assert codes("quantity", "3", unit=unit) == expected


def test_own_words_of_an_open_choice():
    form = form_of({"linkId": "x", **ITEMS["open"]})
    assert answers_from_post(form, {"x": ["@"], "x@other": [" Morsure  de chien "]}) == {"x": ("Morsure de chien",)}
    assert answers_from_post(form, {"x": ["a"], "x@other": ["resté là"]}) == {"x": (Coding("a"),)}


@pytest.mark.parametrize("kind", sorted(ITEMS))
def test_what_is_missing_is_said_at_the_end_only(kind):
    form = form_of({"linkId": "x", **ITEMS[kind], "required": True})
    assert validate(form, {}, final=False, on=ON) == ()
    assert [(problem.link_id, problem.code) for problem in validate(form, {}, final=True, on=ON)] == [
        ("x", "required")
    ]


def test_nothing_typed_is_lost():
    form = form_of({"linkId": "x", **ITEMS["decimal"]}, {"linkId": "y", **ITEMS["quantity"]})
    answers = answers_from_post(form, {"x": ["env. 2"], "y": ["deux"], "y@unit": ["wk"]})
    assert answers == {"x": (Unread("env. 2", "not_a_number"),), "y": (Unread("deux", "not_a_number", "wk"),)}
    assert from_response(form, to_response(form, answers, completed=False)) == answers


def test_unknown_and_read_only_fields_are_left_aside():
    form = form_of({"linkId": "x", "type": "string", "readOnly": True}, {"linkId": "y", "type": "string"})
    assert answers_from_post(form, {"x": ["forcé"], "z": ["inconnu"], "y": ["bon"]}) == {"y": ("bon",)}


def projects(**group):
    items = [
        {"linkId": "nom", "type": "string", "required": True},
        {
            "linkId": "acteur",
            "type": "group",
            "repeats": True,
            "item": [{"linkId": "role", "type": "string"}],
        },
    ]
    return form_of({"linkId": "p", "type": "group", "repeats": True, "item": items, **group})


def test_rows_of_repeated_groups_keep_their_place_and_order():
    form = projects()
    posted = {"p:4": ["1"], "p:4/nom": ["Second"], "p:0/nom": ["Premier"], "p:0/acteur:2/role": ["IDE"], "p:7": ["1"]}
    answers = answers_from_post(form, posted)
    response = to_response(form, answers, completed=False)
    names = [
        [item["answer"][0]["valueString"] for item in row.get("item", []) if "answer" in item]
        for row in response["item"]
    ]
    assert names == [["Premier"], ["Second"], []]
    back = from_response(form, response)
    assert back["p:1/nom"] == ("Second",)
    assert back["p:0/acteur:0/role"] == ("IDE",)
    problems = validate(form, answers, final=True, on=ON)
    assert [(problem.key, problem.code) for problem in problems] == [("p:7/nom", "required")]


def test_as_many_rows_as_the_form_wants():
    form = projects(extension=[{"url": f"{HL7}questionnaire-minOccurs", "valueInteger": 2}])
    one = {"p:0/nom": ("Seul",)}
    assert [problem.code for problem in validate(form, one, final=True, on=ON)] == ["too_few"]
    assert validate(form, one | {"p:1/nom": ("Deux",)}, final=True, on=ON) == ()


def test_rows_have_a_limit():
    form = projects()
    answers = answers_from_post(form, {f"p:{row}": ["1"] for row in range(MAX_ROWS + 50)})
    assert len(answers) == MAX_ROWS


def test_a_compulsory_group_wants_one_answer():
    form = form_of(
        {
            "linkId": "g",
            "type": "group",
            "required": True,
            "item": [{"linkId": "a", "type": "string"}, {"linkId": "b", "type": "string"}],
        }
    )
    assert [(one.key, one.code) for one in validate(form, {}, final=True, on=ON)] == [("g", "required")]
    assert validate(form, {"b": ("x",)}, final=True, on=ON) == ()


@pytest.mark.parametrize(
    "field", ["type", "apparition", "longueur", "largeur", "exsudat", "douleur", "signes", "question"]
)
def test_a_wound_assessment_without_one_answer_says_which(field):
    form = shipped_form("plaie-evaluation")
    complete = settle(form, answers_from_post(form, WOUND)).answers
    assert validate(form, complete, final=True, on=ON) == ()
    lacking = settle(form, answers_from_post(form, {k: v for k, v in WOUND.items() if k != field})).answers
    assert [(problem.key, problem.code) for problem in validate(form, lacking, final=True, on=ON)] == [
        (field, "required")
    ]


TEXTS = st.one_of(
    st.sampled_from(
        ["1", "4,5", "-2", "true", "2026", "03/2026", "a", "@", "0", "aucun", "escarre", "pied-diabetique"]
    ),
    st.text(max_size=20),
)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None)
@given(data=st.data())
def test_any_post_is_kept_judged_and_read_back(name, data):
    form = shipped_form(name)
    names = [key for key, _ in walk(form, {})] + [
        "x:1",
        "type@other",
        "motifs@other",
        "reevaluation@unit",
        "longueur:0/x",
    ]
    posted = data.draw(st.dictionaries(st.sampled_from(names), st.lists(TEXTS, max_size=3), max_size=12))
    settled = settle(form, answers_from_post(form, posted))
    kept = settled.answers
    response = to_response(form, kept, completed=False)
    assert from_response(form, response) == kept
    again = settle(form, kept)
    assert again.answers == kept
    assert set(kept) <= set(settled.enabled)
    draft = validate(form, kept, final=False, on=ON)
    final = validate(form, kept, final=True, on=ON)
    assert {(one.key, one.code) for one in draft} <= {(one.key, one.code) for one in final}
    assert {one.key for one in final} <= set(settled.enabled)


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=100, places=2), st.sampled_from([",", "."]))
def test_a_length_is_the_same_number_all_the_way(number, mark):
    form = shipped_form("plaie-suivi")
    answers = answers_from_post(form, typed(longueur=str(number).replace(".", mark)))
    back = from_response(form, to_response(form, answers, completed=True))
    (length,) = back["longueur"]
    assert isinstance(length, Quantity)
    assert length.value == number
    assert length.code == "cm"
    assert isinstance(length.value, Decimal)
