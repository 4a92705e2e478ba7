"""Calculated expressions, and answers once settled: what is not asked is dropped, what is calculated is there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from virage.questionnaires.rules.definition import Answers, Form, Item, walk
from virage.questionnaires.rules.enabling import enabled
from virage.questionnaires.rules.expressions import evaluate, variables
from virage.questionnaires.rules.responses import json_number, resource_of
from virage.questionnaires.rules.values import Quantity, Value

ROUNDS = 5
"""A calculated value may decide what is asked, and so change another: five rounds settle any sensible form."""


@dataclass(frozen=True)
class Settled:
    """Answers as they are kept, the keys that are asked, and the calculated values by key."""

    answers: Mapping[str, tuple[Value, ...]]
    enabled: frozenset[str]
    values: Mapping[str, Value]


def settle(form: Form, answers: Answers) -> Settled:
    """Drop the answers of what is not asked and work out what is calculated, until nothing moves."""
    current = dict(answers)
    for _round in range(ROUNDS):
        asked = enabled(form, current)
        kept = _kept(form, current, asked)
        values = _calculate(form, kept, {key: found for key, found in current.items() if key in asked}, asked)
        following = {**kept, **{key: (value,) for key, value in values.items()}}
        if following == current:
            break
        current = following
    return Settled(current, asked, values)


def _kept(form: Form, answers: Answers, asked: frozenset[str]) -> dict[str, tuple[Value, ...]]:
    """Answers to what is asked, and the rows that are there; what was calculated is worked out anew."""
    kept: dict[str, tuple[Value, ...]] = {}
    for key, item in walk(form, answers):
        if key not in asked:
            continue
        if item.row_group:
            start = f"{key}:"
            kept.update(
                {name: (True,) for name in answers if name.startswith(start) and "/" not in name[len(start) :]}
            )
        elif key in answers and not item.calculated:
            kept[key] = answers[key]
    return kept


def _calculate(form: Form, kept: Answers, before: Answers, asked: frozenset[str]) -> dict[str, Value]:
    """Each calculated item, from the answers and from what the round before has calculated."""
    places = [(key, item) for key, item in walk(form, {**before, **kept}) if item.calculated and key in asked]
    if not places:
        return {}
    resource = resource_of(form, {**before, **kept})
    common = variables(form, resource)
    values: dict[str, Value] = {}
    for key, item in places:
        row = key.rpartition("/")[0]
        known = {**common, "context": _row(form, row, {**before, **kept})} if row else common
        value = _result(evaluate(item.calculated, resource, known), item)
        if value is not None:
            values[key] = value
    return values


def _row(form: Form, row: str, answers: Answers) -> dict[str, Any]:
    """One row of a repeated group as a response by itself: %context of the expressions in it."""
    inside = {key[len(row) + 1 :]: found for key, found in answers.items() if key.startswith(f"{row}/")}
    group = form.index[row.rpartition("/")[2].split(":")[0]]
    return resource_of(replace(form, items=group.children), inside)


def _result(found: list[Any], item: Item) -> Value | None:
    """The one value that an expression gives, in the type of its item; nothing when there is none or several."""
    if len(found) != 1:
        return None
    value = found[0]
    if item.type == "boolean":
        return value if isinstance(value, bool) else None
    if item.type in {"string", "text"}:
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value))
    if item.type == "integer":
        return int(number) if number == number.to_integral_value() else None
    if item.type == "quantity" and item.units:
        unit = item.units[0].coding
        return Quantity(number, unit.code, unit.display, unit.system)
    return number if item.type == "decimal" else None


def scores(form: Form, answers: Answers) -> dict[str, Any]:
    """The calculated values by key, as JSON keeps them."""
    return {key: plain(value) for key, value in settle(form, answers).values.items()}


def plain(value: Value) -> Any:
    """A value as JSON keeps it: the bare number of a quantity, the code of a choice."""
    if isinstance(value, Quantity):
        return json_number(value.value)
    if isinstance(value, Decimal):
        return json_number(value)
    return value if isinstance(value, bool | int | str) else None


def numbers(form: Form, answers: Answers) -> dict[str, Decimal]:
    """Every number of the response by key, typed or calculated: what a curve or a table reads."""
    found: dict[str, Decimal] = {}
    for key, item in walk(form, answers):
        values = answers.get(key, ())
        if item.type not in {"decimal", "integer", "quantity"} or len(values) != 1:
            continue
        value = values[0]
        number = value.value if isinstance(value, Quantity) else value
        if isinstance(number, int | Decimal) and not isinstance(number, bool):
            found[key] = Decimal(number)
    return found
