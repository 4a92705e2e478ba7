"""What a form may be, and what is refused with its place."""

import pytest

from tests.questionnaires.samples import HL7, form_of, questionnaire
from virage.questionnaires.rules.definition import DefinitionError
from virage.questionnaires.rules.parsing import parse


def choice(link_id="c", **more):
    return {"linkId": link_id, "type": "choice", "answerOption": [{"valueCoding": {"code": "a"}}], **more}


def calculated(expression, language="text/fhirpath"):
    url = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
    value = {"language": language, "expression": expression}
    return {"linkId": "x", "type": "decimal", "extension": [{"url": url, "valueExpression": value}]}


def when(question, operator="=", **answer):
    return [{"question": question, "operator": operator, **(answer or {"answerString": "a"})}]


@pytest.mark.parametrize(
    ("items", "where"),
    [
        ([{"linkId": "x", "type": "attachment"}], "x"),
        ([{"linkId": "a/b", "type": "string"}], "a/b"),
        ([{"linkId": "a:1", "type": "string"}], "a:1"),
        ([{"type": "string"}], "linkId"),
        ([{"linkId": "x", "type": "string"}, {"linkId": "x", "type": "date"}], "x"),
        ([{"linkId": "x", "type": "string", "item": [{"linkId": "y", "type": "string"}]}], "x"),
        ([{"linkId": "x", "type": "choice"}], "x"),
        ([choice(answerValueSet="urn:x")], "c"),
        ([choice(answerOption=[{"valueCoding": {"code": "a"}}, {"valueCoding": {"code": "a"}}])], "c"),
        ([choice(answerOption=[{"valueString": "a"}])], "c"),
        ([choice(enableWhen=when("nowhere"))], "c"),
        ([choice(enableWhen=when("c", "~"))], "c"),
        ([choice(), choice("d", enableWhen=when("c", "exists"))], "d"),
        ([choice(), choice("d", enableWhen=when("c", ">", answerBoolean=True))], "d"),
        ([choice(), choice("d", enableWhen=when("c"), enableBehavior="some")], "d"),
        ([choice(enableWhen=when("d")), choice("d", enableWhen=when("c"))], "c"),
        ([{"linkId": "g", "type": "group", "enableWhen": when("c"), "item": [choice()]}], "g"),
        ([calculated("1 + ")], "x"),
        ([calculated("1 2")], "x"),
        ([calculated("(1")], "x"),
        ([calculated("1 ¤ 2")], "x"),
        ([calculated("today()")], "x"),
        ([calculated("1", language="text/cql")], "x"),
        ([{"linkId": "x", "type": "string", "extension": [{"url": f"{HL7}minValue", "valueInteger": 1}]}], "x"),
        ([{"linkId": "x", "type": "date", "extension": [{"url": f"{HL7}minValue", "valueDate": "2026-13"}]}], "x"),
    ],
)
def test_a_form_that_cannot_be_honoured_is_refused_with_its_place(items, where):
    with pytest.raises(DefinitionError) as refused:
        form_of(*items)
    assert refused.value.where == where


@pytest.mark.parametrize("missing", ["url", "version", "title"])
def test_a_form_has_an_address_a_version_and_a_title(missing):
    source = questionnaire()
    del source[missing]
    with pytest.raises(DefinitionError) as refused:
        parse(source)
    assert refused.value.where == missing


def test_another_resource_is_refused():
    with pytest.raises(DefinitionError, match="not a FHIR Questionnaire"):
        parse({"resourceType": "Patient"})


def test_a_condition_on_a_question_of_another_row_is_refused():
    rows = {"linkId": "g", "type": "group", "repeats": True, "item": [choice()]}
    with pytest.raises(DefinitionError, match="another row"):
        form_of(rows, choice("d", enableWhen=when("c")))


def test_help_translations_and_control_are_read():
    control = {"url": f"{HL7}questionnaire-itemControl", "valueCodeableConcept": {"coding": [{"code": "help"}]}}
    english = {"extension": [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "Weight"}]}
    help_item = {"linkId": "h", "type": "display", "text": "À jeun", "extension": [control]}
    item = {
        "linkId": "poids",
        "type": "decimal",
        "text": "Poids",
        "_text": {"extension": [{"url": f"{HL7}translation", **english}]},
        "item": [help_item],
    }
    read = form_of(item).index["poids"]
    assert (read.text.say("fr"), read.text.say("en-gb"), read.text.say("de")) == ("Poids", "Weight", "Poids")
    assert [text.fr for text in read.help] == ["À jeun"]
    assert not read.children
