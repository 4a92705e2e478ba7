"""Answers ⇄ FHIR R4 QuestionnaireResponse, with the questionnaire named `url|version`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from virage.questionnaires.rules import extensions as fhir
from virage.questionnaires.rules.definition import Answers, Form, Item, rows
from virage.questionnaires.rules.values import Coding, Day, Quantity, Unread, Value, read_day

Json = Mapping[str, Any]


def to_response(form: Form, answers: Answers, *, completed: bool, authored: datetime | None = None) -> dict[str, Any]:
    """The QuestionnaireResponse. Texts that can't be read are kept under an extension of ours (drafts only)."""
    response: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": form.canonical,
        "status": "completed" if completed else "in-progress",
    }
    if authored is not None:
        response["authored"] = authored.isoformat(timespec="seconds")
    items = _items_out(form.items, "", answers)
    if items:
        response["item"] = items
    return response


def resource_of(form: Form, answers: Answers) -> dict[str, Any]:
    """The response as expressions see it."""
    return to_response(form, answers, completed=False)


def _items_out(items: Sequence[Item], prefix: str, answers: Answers) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in items:
        key = prefix + item.link_id
        if item.row_group:
            for row in rows(key, answers):
                inside = _items_out(item.children, f"{key}:{row}/", answers)
                found.append({"linkId": item.link_id} | ({"item": inside} if inside else {}))
        elif item.type == "group":
            inside = _items_out(item.children, prefix, answers)
            if inside:
                found.append({"linkId": item.link_id, "item": inside})
        elif answers.get(key):
            found.append({"linkId": item.link_id, "answer": [_value_out(value, item) for value in answers[key]]})
    return found


def _value_out(value: Value, item: Item) -> dict[str, Any]:
    if isinstance(value, Unread):
        return _unread_out(value)
    if isinstance(value, Coding):
        return {"valueCoding": _filled(system=value.system, code=value.code, display=value.display)}
    if isinstance(value, Quantity):
        rest = _filled(unit=value.unit, system=value.system, code=value.code)
        return {"valueQuantity": {"value": json_number(value.value), **rest}}
    if isinstance(value, Day):
        return {"valueDate": value.iso}
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int | Decimal):
        return {f"value{item.type.title()}": json_number(Decimal(value))}
    return {"valueString": value}


def _unread_out(value: Unread) -> dict[str, Any]:
    parts = [{"url": "text", "valueString": value.raw}, {"url": "reason", "valueCode": value.code}]
    if value.unit:
        parts.append({"url": "unit", "valueString": value.unit})
    return {"extension": [{"url": fhir.UNREAD, "extension": parts}]}


def _filled(**parts: str) -> dict[str, str]:
    return {name: part for name, part in parts.items() if part}


def json_number(number: Decimal) -> int | float:
    """A number that JSON writes as it was typed: 15 digits pass through a double without change."""
    return int(number) if number == number.to_integral_value() else float(number)


def from_response(form: Form, response: Json) -> dict[str, tuple[Value, ...]]:
    """The answers of a response to this form. Items that the form doesn't know are left aside."""
    answers: dict[str, tuple[Value, ...]] = {}
    _items_in(form, response.get("item", ()), "", answers)
    return answers


def _items_in(form: Form, found: Sequence[Json], prefix: str, answers: dict[str, tuple[Value, ...]]) -> None:
    counted: dict[str, int] = {}
    for source in found:
        item = form.index.get(str(source.get("linkId", "")))
        if item is None:
            continue
        key = prefix + item.link_id
        if item.row_group:
            row = counted.setdefault(item.link_id, 0)
            counted[item.link_id] += 1
            answers[f"{key}:{row}"] = (True,)
            _items_in(form, source.get("item", ()), f"{key}:{row}/", answers)
        elif item.type == "group":
            _items_in(form, source.get("item", ()), prefix, answers)
        else:
            values = tuple(_value_in(answer, item) for answer in source.get("answer", ()))
            kept = tuple(value for value in values if value is not None)
            if kept:
                answers[key] = kept


def _value_in(answer: Json, item: Item) -> Value | None:
    for name, found in answer.items():
        if name == "valueCoding":
            return Coding(str(found.get("code", "")), str(found.get("system", "")), str(found.get("display", "")))
        if name == "valueQuantity":
            words = (str(found.get(part, "")) for part in ("code", "unit", "system"))
            return Quantity(Decimal(str(found["value"])), *words)
        if name == "valueDate":
            return read_day(str(found))
        if name in {"valueDecimal", "valueInteger"}:
            return int(found) if item.type == "integer" else Decimal(str(found))
        if name in {"valueBoolean", "valueString"} and isinstance(found, bool | str):
            return found
    for extension in fhir.having(answer, fhir.UNREAD):
        raw, reason, unit = (fhir.part(extension, part) for part in ("text", "reason", "unit"))
        return Unread(str(raw), str(reason), str(unit or ""))
    return None
