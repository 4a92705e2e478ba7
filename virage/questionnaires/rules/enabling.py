"""enableWhen: which items are asked, given the answers.

FHIR R4 words: `=` is true when at least one answer equals, `!=` when none does (so it is true while nothing is
answered), `exists` compares whether there is an answer. An item that is not asked has no answer for the others.
"""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from virage.questionnaires.rules.definition import Answers, Condition, Form, Item, key_from, walk
from virage.questionnaires.rules.values import Coding, Day, Quantity, Unread, Value

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def enabled(form: Form, answers: Answers) -> frozenset[str]:
    """The keys of the items that are asked: those whose conditions and whose groups' conditions hold."""
    known: dict[str, bool] = {}
    return frozenset(key for key, item in walk(form, answers) if _asked(form, key, item, answers, known))


def _asked(form: Form, key: str, item: Item, answers: Answers, known: dict[str, bool]) -> bool:
    """Memory of what is worked out in `known`; the parser has refused circles."""
    if key not in known:
        parent = form.parents[item.link_id]
        outside = not parent or _asked(form, key_from(form, parent, key), form.index[parent], answers, known)
        known[key] = outside and _conditions_hold(form, key, item, answers, known)
    return known[key]


def _conditions_hold(form: Form, key: str, item: Item, answers: Answers, known: dict[str, bool]) -> bool:
    if not item.conditions:
        return True
    results = []
    for condition in item.conditions:
        question = form.index[condition.question]
        place = key_from(form, condition.question, key)
        given = answers.get(place, ()) if _asked(form, place, question, answers, known) else ()
        results.append(holds(condition, given))
    return all(results) if item.behavior == "all" else any(results)


def holds(condition: Condition, given: tuple[Value, ...]) -> bool:
    """Whether one condition is true of the answers given to its question."""
    read = [value for value in given if not isinstance(value, Unread)]
    if condition.operator == "exists":
        return bool(read) == condition.answer
    if condition.operator == "=":
        return any(equal(value, condition.answer) for value in read)
    if condition.operator == "!=":
        return not any(equal(value, condition.answer) for value in read)
    return any(_ordered(condition.operator, value, condition.answer) for value in read)


def equal(value: Value, expected: Value) -> bool:
    if isinstance(value, Coding) and isinstance(expected, Coding):
        return value.same(expected)
    if isinstance(value, bool) or isinstance(expected, bool):
        return value is expected
    left, right = _measure(value), _measure(expected)
    return left is not None and right is not None and left == right


def _ordered(sign: str, value: Value, expected: Value) -> bool:
    left, right = _measure(value), _measure(expected)
    if left is None or right is None or left[0] != right[0]:
        return False
    return _ORDER[sign](left[1], right[1])


def _measure(value: Value) -> tuple[str, Decimal | str] | None:
    """What is compared, under the name of its kind: numbers of one unit, days and words don't mix."""
    if isinstance(value, Quantity):
        return f"number {value.code}", value.value
    if isinstance(value, Day):
        return "day", value.first().isoformat()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return "number ", Decimal(value)
    return ("words", value) if isinstance(value, str) else None
