"""The FHIR extensions this renderer knows, by their canonical addresses, and how to read them."""

from collections.abc import Iterator, Mapping
from typing import Any

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"

TRANSLATION = f"{HL7}translation"
CONTROL = f"{HL7}questionnaire-itemControl"
HIDDEN = f"{HL7}questionnaire-hidden"
UNIT = f"{HL7}questionnaire-unit"
UNIT_OPTION = f"{HL7}questionnaire-unitOption"
EXCLUSIVE = f"{HL7}questionnaire-optionExclusive"
CONSTRAINT = f"{HL7}questionnaire-constraint"
MIN_OCCURS = f"{HL7}questionnaire-minOccurs"
MAX_OCCURS = f"{HL7}questionnaire-maxOccurs"
MIN_VALUE = f"{HL7}minValue"
MAX_VALUE = f"{HL7}maxValue"
VARIABLE = f"{HL7}variable"
COMPUTED_BOUND = f"{HL7}cqf-calculatedValue"
COLLAPSIBLE = f"{SDC}sdc-questionnaire-collapsible"
CALCULATED = f"{SDC}sdc-questionnaire-calculatedExpression"

UNREAD = "https://virage.example/fhir/StructureDefinition/unread-answer"
"""Ours, on a draft's answer: the text that was typed and could not be read as a value."""

Json = Mapping[str, Any]


def having(element: Json, url: str) -> Iterator[Json]:
    """The extensions of an element with that address."""
    for extension in element.get("extension", ()):
        if extension.get("url") == url:
            yield extension


def value(extension: Json) -> Any:
    """The value[x] of an extension, whatever its type."""
    return next((found for name, found in extension.items() if name.startswith("value")), None)


def first(element: Json, url: str) -> Any:
    """The value of the first extension with that address, or None."""
    return next((value(extension) for extension in having(element, url)), None)


def part(extension: Json, url: str) -> Any:
    """The value of a part of a compound extension, or None."""
    return first(extension, url)
