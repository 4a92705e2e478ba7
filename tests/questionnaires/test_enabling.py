"""enableWhen: every operator, groups, rows and chains."""

import pytest

from tests.questionnaires.samples import form_of
from virage.questionnaires.rules.enabling import enabled
from virage.questionnaires.rules.posting import answers_from_post
from virage.questionnaires.rules.scoring import settle

CODES = [{"valueCoding": {"code": code}} for code in ("a", "b", "c")]
QUESTIONS = {
    "boolean": {},
    "decimal": {},
    "integer": {},
    "date": {},
    "string": {},
    "choice": {"answerOption": CODES, "repeats": True},
    "quantity": {
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption", "valueCoding": {"code": code}}
            for code in ("cm", "mm")
        ]
    },
}


def shown(kind, operator, answer, *typed, unit=""):
    condition = {"question": "q", "operator": operator, **answer}
    form = form_of(
        {"linkId": "q", "type": kind, **QUESTIONS[kind]},
        {"linkId": "x", "type": "string", "enableWhen": [condition]},
    )
    posted = {"q": list(typed), "q@unit": [unit] * len(typed)}
    return "x" in enabled(form, answers_from_post(form, posted))


TABLE = [
    ("boolean", "exists", {"answerBoolean": True}, ["true"], True),
    ("boolean", "exists", {"answerBoolean": True}, ["false"], True),
    ("boolean", "exists", {"answerBoolean": True}, [], False),
    ("boolean", "exists", {"answerBoolean": False}, [], True),
    ("boolean", "=", {"answerBoolean": True}, ["true"], True),
    ("boolean", "=", {"answerBoolean": True}, ["false"], False),
    ("boolean", "!=", {"answerBoolean": True}, ["false"], True),
    ("boolean", "!=", {"answerBoolean": True}, ["true"], False),
    ("boolean", "!=", {"answerBoolean": True}, [], True),
    ("integer", "=", {"answerInteger": 1}, ["1"], True),
    ("integer", "exists", {"answerBoolean": True}, ["un"], False),
    ("integer", ">", {"answerInteger": 3}, ["4"], True),
    ("integer", ">", {"answerInteger": 3}, ["3"], False),
    ("integer", ">=", {"answerInteger": 3}, ["3"], True),
    ("integer", "<", {"answerInteger": 3}, ["2"], True),
    ("integer", "<", {"answerInteger": 3}, [], False),
    ("integer", "<=", {"answerInteger": 3}, ["4"], False),
    ("decimal", "=", {"answerDecimal": 4.5}, ["4,50"], True),
    ("decimal", "<", {"answerDecimal": 4.5}, ["4,49"], True),
    ("decimal", ">", {"answerDecimal": 9}, ["10"], True),
    ("date", ">=", {"answerDate": "2026-03-01"}, ["01/03/2026"], True),
    ("date", "<", {"answerDate": "2026-03-01"}, ["2025"], True),
    ("date", "=", {"answerDate": "2026-03-01"}, ["02/03/2026"], False),
    ("string", "=", {"answerString": "oui"}, ["oui"], True),
    ("string", "!=", {"answerString": "oui"}, ["non"], True),
    ("choice", "=", {"answerCoding": {"code": "b"}}, ["a", "b"], True),
    ("choice", "=", {"answerCoding": {"code": "b"}}, ["a", "c"], False),
    ("choice", "=", {"answerCoding": {"code": "b", "system": "urn:other"}}, ["b"], False),
    ("choice", "!=", {"answerCoding": {"code": "b"}}, ["a", "b"], False),
    ("choice", "!=", {"answerCoding": {"code": "b"}}, ["a", "c"], True),
]


@pytest.mark.parametrize(("kind", "operator", "answer", "typed", "expected"), TABLE)
def test_each_operator(kind, operator, answer, typed, expected):
    assert shown(kind, operator, answer, *typed) is expected


@pytest.mark.parametrize(("unit", "expected"), [("cm", True), ("mm", False)])
def test_quantities_are_compared_in_one_unit(unit, expected):
    answer = {"answerQuantity": {"value": 2, "code": "cm"}}
    assert shown("quantity", ">", answer, "3", unit=unit) is expected


@pytest.mark.parametrize(("behavior", "expected"), [("all", False), ("any", True)])
def test_all_or_any(behavior, expected):
    conditions = [{"question": name, "operator": "exists", "answerBoolean": True} for name in ("a", "b")]
    form = form_of(
        {"linkId": "a", "type": "string"},
        {"linkId": "b", "type": "string"},
        {"linkId": "x", "type": "string", "enableWhen": conditions, "enableBehavior": behavior},
    )
    assert ("x" in enabled(form, {"a": ("oui",)})) is expected


def chain():
    def exists(name):
        return [{"question": name, "operator": "exists", "answerBoolean": True}]

    return form_of(
        {"linkId": "a", "type": "string"},
        {"linkId": "g", "type": "group", "enableWhen": exists("a"), "item": [{"linkId": "b", "type": "string"}]},
        {"linkId": "c", "type": "string", "enableWhen": exists("b")},
    )


def test_an_answer_in_a_group_that_is_not_asked_counts_for_nothing():
    answers = {"b": ("gardé",), "c": ("gardé",)}
    assert enabled(chain(), answers) == {"a"}
    assert settle(chain(), answers).answers == {}


def test_a_chain_is_asked_once_its_first_answer_is_there():
    assert enabled(chain(), {"a": ("x",), "b": ("y",)}) == {"a", "g", "b", "c"}


def test_each_row_asks_by_its_own_answers():
    condition = {"question": "nom", "operator": "=", "answerString": "autre"}
    form = form_of(
        {
            "linkId": "p",
            "type": "group",
            "repeats": True,
            "item": [
                {"linkId": "nom", "type": "string"},
                {"linkId": "detail", "type": "string", "enableWhen": [condition]},
            ],
        }
    )
    asked = enabled(form, {"p:0/nom": ("x",), "p:3/nom": ("autre",)})
    assert asked == {"p", "p:0/nom", "p:3/nom", "p:3/detail"}
