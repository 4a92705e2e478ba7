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
