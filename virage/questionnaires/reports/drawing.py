"""From a form and its answers to the fields of a page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from virage.questionnaires.models import Response
from virage.questionnaires.reports.fields import Choice, Entry, Field, Row
from virage.questionnaires.reports.words import problem_text, unit_words, value_words
from virage.questionnaires.rules.definition import Answers, Condition, Form, Item, key_from, rows
from virage.questionnaires.rules.enabling import enabled
from virage.questionnaires.rules.validation import Problem
from virage.questionnaires.rules.values import Coding, Day, Quantity, Unread, Value

SCALE_STEPS = 11
"""A whole number within so many values can be drawn as a row of buttons (pain from 0 to 10)."""
SHORT_WORDS = 11
"""Choices of at most so many letters each stand side by side."""
LONG_LIST = 12
"""A single choice among more options than this is a drop-down list."""


@dataclass(frozen=True)
class _Drawing:
    """What all fields of one page share."""

    form: Form
    answers: Answers
    asked: frozenset[str]
    errors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    language: str = "fr"
    prefix: str = "q"


def fields(
    response: Response, language: str, problems: Iterable[Problem] = (), prefix: str = "q"
) -> tuple[Field, ...]:
    """The fields of a response's form with what is answered; `prefix` keeps two forms of a page apart."""
    form, answers = response.form, response.values()
    errors: dict[str, tuple[str, ...]] = {}
    for problem in problems:
        errors[problem.key] = (*errors.get(problem.key, ()), problem_text(form, problem, language))
    drawing = _Drawing(form, answers, enabled(form, answers), errors, language, prefix)
    return _draw_all(drawing, form.items, "")


def _draw_all(drawing: _Drawing, items: tuple[Item, ...], prefix: str) -> tuple[Field, ...]:
    return tuple(_draw(drawing, item, prefix) for item in items if not item.hidden)


def _draw(drawing: _Drawing, item: Item, prefix: str) -> Field:
    key = prefix + item.link_id
    label = item.text.say(drawing.language)
    kind = _kind(item)
    given = drawing.answers.get(key, ())
    common: dict[str, Any] = {
        "key": key,
        "id": f"{drawing.prefix}-{key}",
        "kind": kind,
        "label": f"{item.prefix} {label}".strip(),
        "help": tuple(text.say(drawing.language) for text in item.help),
        "required": item.required and kind != "calculated",
        "optional": not item.required,
        "shown": key in drawing.asked or ("__" in key and not item.conditions),
        "when": _when(drawing.form, item, key),
        "errors": drawing.errors.get(key, ()),
    }
    if kind in {"group", "rows"}:
        return Field(**common, **_group(drawing, item, key, prefix))
    if kind in {"calculated", "display"}:
        words = [value_words(drawing.form, key, value, drawing.language) for value in given]
        return Field(**common, text=" ; ".join(words), unit=_unit(item, given, drawing.language))
    if kind in {"choice", "select"}:
        return Field(**common, **_choice(drawing, item, common["id"], given))
    return Field(**common, **_typed(drawing, item, common["id"], key, given))


def _kind(item: Item) -> str:
    if item.type == "group":
        return "rows" if item.repeats else "group"
    if item.type == "display":
        return "display"
    if item.read_only:
        return "calculated"
    if item.type == "choice" and not item.repeats and _long(item):
        return "select"
    if item.options or item.type == "boolean" or _scale(item):
        return "choice"
    return "area" if item.type == "text" else "input"


def _long(item: Item) -> bool:
    return item.control == "drop-down" or (not item.control and len(item.options) > LONG_LIST)


def _scale(item: Item) -> tuple[int, ...]:
    """The steps of a whole number drawn as buttons, or nothing."""
    low, high = item.bounds.minimum, item.bounds.maximum
    if item.type != "integer" or item.control != "radio-button" or low is None or high is None:
        return ()
    if isinstance(low, Day) or isinstance(high, Day) or high - low >= SCALE_STEPS:
        return ()
    return tuple(range(int(low), int(high) + 1))


def _group(drawing: _Drawing, item: Item, key: str, prefix: str) -> dict[str, Any]:
    if not item.row_group:
        inside = _draw_all(drawing, item.children, prefix)
        if item.required and not any(child.required for child in item.children):
            inside = tuple(replace(one, optional=False) for one in inside)  # some of them are wanted, none by itself
        touched = any(one.errors or drawing.answers.get(one.key) for group in inside for one in group.every())
        return {"fields": inside, "fold": ("open" if touched else "closed") if item.collapsed else ""}
    numbers = rows(key, drawing.answers) or ((0,) if item.required or item.min_occurs else ())
    place = f"__{item.link_id}__"
    return {
        "rows": tuple(_row(drawing, item, key, str(number)) for number in numbers),
        "blank_row": _row(drawing, item, key, place),
        "text": place,
    }


def _row(drawing: _Drawing, item: Item, key: str, number: str) -> Row:
    name = f"{key}:{number}"
    shown = str(int(number) + 1) if number.isdecimal() else ""
    return Row(name, shown, _draw_all(drawing, item.children, f"{name}/"))


def _choice(drawing: _Drawing, item: Item, id_: str, given: tuple[Value, ...]) -> dict[str, Any]:
    options = _options(item, drawing.language)
    codes = {_code(value) for value in given}
    found: dict[str, Any] = {
        "choices": tuple(
            Choice(f"{id_}--{code}", code, label, code in codes, alone) for code, label, alone in options
        ),
        "multiple": item.repeats,
        "inline": item.type in {"boolean", "integer"} or all(len(label) <= SHORT_WORDS for _, label, _ in options),
        "max_length": item.max_length,
    }
    if item.type == "open-choice":
        found["other"] = " ; ".join(value for value in given if isinstance(value, str))
    return found


def _options(item: Item, language: str) -> list[tuple[str, str, bool]]:
    """(code, words, whether it excludes the others)."""
    if item.type == "boolean":
        sample = Form("", "", "", item.text, item.text, item.text, (item,), index={item.link_id: item})
        return [
            (code, value_words(sample, item.link_id, code == "true", language), False) for code in ("true", "false")
        ]
    if item.type == "integer":
        return [(str(step), str(step), False) for step in _scale(item)]
    return [(option.coding.code, option.label.say(language), option.exclusive) for option in item.options]


def _code(value: Value) -> str:
    """The code under which a value stands among choices; own words are none of them."""
    if isinstance(value, Coding):
        return value.code
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else ""


def _typed(drawing: _Drawing, item: Item, id_: str, key: str, given: tuple[Value, ...]) -> dict[str, Any]:
    values: tuple[Value | None, ...] = (*given, *([None] if item.repeats or not given else []))
    modes = {"decimal": "decimal", "quantity": "decimal", "integer": "numeric"}
    return {
        "entries": tuple(_entry(drawing, item, key, value, f"{id_}~{n}") for n, value in enumerate(values)),
        "blank": _entry(drawing, item, key, None, f"{id_}~__n__") if item.repeats else None,
        "multiple": item.repeats,
        "max_length": item.max_length,
        "unit": item.units[0].label.say(drawing.language) if len(item.units) == 1 else "",
        "input_mode": modes.get(item.type, ""),
        "short": item.type == "date" or item.type in modes,
    }


def _entry(drawing: _Drawing, item: Item, key: str, value: Value | None, id_: str) -> Entry:
    text = "" if value is None else value_words(drawing.form, key, value, drawing.language)
    chosen = value.code if isinstance(value, Quantity) else value.unit if isinstance(value, Unread) else ""
    several = item.units if item.type == "quantity" and len(item.units) > 1 else ()
    units = tuple(
        Choice("", unit.coding.code, unit.label.say(drawing.language), unit.coding.code == chosen) for unit in several
    )
    return Entry(id_, text, units)


def _unit(item: Item, given: tuple[Value, ...], language: str) -> str:
    if given:
        return unit_words(item, given[0], language)
    return item.units[0].label.say(language) if item.units else ""


def _when(form: Form, item: Item, key: str) -> str:
    """enableWhen as the page's script applies it: keys of this page, answers in one plain form."""
    if not item.conditions:
        return ""
    conditions = [_condition(form, condition, key) for condition in item.conditions]
    return json.dumps({"behavior": item.behavior, "when": conditions}, ensure_ascii=False)


def _condition(form: Form, condition: Condition, key: str) -> dict[str, Any]:
    answer = condition.answer
    asked = form.index[condition.question]
    plain: Any = answer
    if isinstance(answer, Coding):
        plain = answer.code
    elif isinstance(answer, Quantity):
        plain = str(answer.value)
    elif isinstance(answer, Day):
        plain = answer.iso
    elif not isinstance(answer, bool):
        plain = str(answer)
    return {
        "key": key_from(form, condition.question, key),
        "operator": condition.operator,
        "answer": plain,
        "type": asked.type,
        "unit": answer.code if isinstance(answer, Quantity) else "",
    }
