"""Small forms made for the tests, and the shipped ones."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from virage.questionnaires.rules.definition import Form
from virage.questionnaires.rules.parsing import parse

LIBRARY = Path(__file__).parents[2] / "virage/questionnaires/library"
NAMES = sorted(path.stem for path in LIBRARY.glob("*.json"))
ON = date(2026, 3, 1)
HL7 = "http://hl7.org/fhir/StructureDefinition/"


def questionnaire(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Questionnaire",
        "url": "https://virage.example/fhir/Questionnaire/essai",
        "version": "1.0.0",
        "title": "Essai",
        "status": "active",
        "item": list(items),
        **more,
    }


def form_of(*items: dict[str, Any], **more: Any) -> Form:
    return parse(questionnaire(*items, **more))


def shipped(name: str) -> dict[str, Any]:
    return json.loads((LIBRARY / f"{name}.json").read_text(encoding="utf-8"))


def shipped_form(name: str) -> Form:
    return parse(shipped(name))


def typed(**fields: str | list[str]) -> dict[str, list[str]]:
    """Fields as a browser posts them; `__` in a name stands for `-`."""
    return {name.replace("__", "-"): [value] if isinstance(value, str) else value for name, value in fields.items()}


def _in_english(words: str) -> dict[str, Any]:
    parts = [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": words}]
    return {"extension": [{"url": f"{HL7}translation", "extension": parts}]}


def _unit_option(code: str, french: str, english: str) -> dict[str, Any]:
    coding = {"system": "http://unitsofmeasure.org", "code": code, "display": french}
    return {"url": f"{HL7}questionnaire-unitOption", "valueCoding": coding | {"_display": _in_english(english)}}


LINES = questionnaire(
    {"linkId": "diagnostic", "type": "text", "text": "Diagnostic ou hypothèse", "required": True},
    {"linkId": "pansement", "type": "string", "text": "Pansement proposé", "repeats": True, "maxLength": 500},
    {
        "linkId": "reevaluation",
        "type": "quantity",
        "text": "Revoir dans",
        "_text": _in_english("See again in"),
        "extension": [_unit_option("d", "jours", "days"), _unit_option("wk", "semaines", "weeks")],
    },
    {"linkId": "teleconsultation", "type": "boolean", "text": "Une téléconsultation est proposée"},
    {
        "linkId": "teleconsultation-motif",
        "type": "string",
        "text": "Pourquoi",
        "enableWhen": [{"question": "teleconsultation", "operator": "=", "answerBoolean": True}],
    },
    url="https://virage.example/fhir/Questionnaire/lignes",
)
"""Several lines to one question, and a quantity whose unit is chosen."""

WOUND = typed(
    type="ulcere-veineux",
    apparition="01/2026",
    longueur="4,5",
    largeur="2",
    fibrine="70",
    bourgeonnement="30",
    exsudat="modere",
    douleur="3",
    signes="aucun",
    question="Quel pansement proposer ?",
)
"""The eight compulsory answers of a wound assessment."""
