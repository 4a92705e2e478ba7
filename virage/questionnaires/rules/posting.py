"""What a browser sends ⇄ answers.

Field names are keys; beside them `key@unit` (unit of a quantity) and `key@other` (own words of an open choice).
A field `group:row` says that the row is there even when nothing is typed in it.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from virage.questionnaires.rules.definition import Answers, Form, Item, link_of, walk
from virage.questionnaires.rules.values import (
    Coding,
    Quantity,
    Unread,
    Value,
    read_day,
    read_decimal,
    read_integer,
)

Posted = Mapping[str, Sequence[str]]

MAX_ROWS = 200
MAX_VALUES = 200
MAX_TYPED = 20_000
"""Characters kept of one answer; no field of a person is as long."""

OTHER = "@other"
UNIT = "@unit"
_ROW = re.compile(r"(?:[^:/@]+:\d{1,4}/)*[^:/@]+:\d{1,4}")


def answers_from_post(form: Form, posted: Posted) -> dict[str, tuple[Value, ...]]:
    """The answers typed, unread texts included. Read-only items and unknown fields are left aside."""
    answers: dict[str, tuple[Value, ...]] = dict.fromkeys(_rows(form, posted), (True,))
    for key, item in list(walk(form, answers)):
        if item.read_only or item.type in {"group", "display"}:
            continue
        values = tuple(_values(key, item, posted))[:MAX_VALUES]
        if values:
            answers[key] = values
    return answers


def _rows(form: Form, posted: Posted) -> list[str]:
    """The rows of repeated groups: named by themselves, or by a field that stands in them."""
    found: dict[str, None] = {}
    for name in posted:
        parts = name.split("@", 1)[0].split("/")
        for count in range(1, len(parts) + 1):
            row = "/".join(parts[:count])
            item = form.index.get(link_of(row))
            if _ROW.fullmatch(row) and item is not None and item.row_group:
                found[row] = None
    return list(found)[:MAX_ROWS]


def _values(key: str, item: Item, posted: Posted) -> list[Value]:
    typed = [text for text in (text.replace("\x00", "")[:MAX_TYPED] for text in posted.get(key, ())) if text.strip()]
    if item.type in {"choice", "open-choice"}:
        return _chosen(item, typed, [text.strip()[:MAX_TYPED] for text in posted.get(key + OTHER, ())])
    if item.type == "quantity":
        units = posted.get(key + UNIT, ())
        return [_quantity(item, text, units[rank] if rank < len(units) else "") for rank, text in enumerate(typed)]
    return [_READ[item.type](text) for text in typed]


def _chosen(item: Item, codes: list[str], others: list[str]) -> list[Value]:
    values: list[Value] = []
    for code in dict.fromkeys(codes):
        option = item.option(code)
        if option:
            values.append(option.coding)
        elif code != "@":  # the button "other": the words follow in their own field
            values.append(Unread(code[:100], "not_an_option"))
    if item.type == "open-choice" and (item.repeats or not values):
        values.extend(_own_words(item, others))
    return values


def _own_words(item: Item, others: list[str]) -> list[str]:
    """What was written beside the options; where several answers are allowed a semicolon parts them."""
    texts = [part for other in others for part in (other.split(";") if item.repeats else [other])]
    return [" ".join(text.replace("\x00", "").split()) for text in texts if text.strip()]


def _quantity(item: Item, text: str, code: str) -> Value:
    number = read_decimal(text)
    if isinstance(number, Unread):
        return Unread(text, number.code, code[:100])
    if not item.units:
        return Quantity(number)
    unit = item.units[0] if len(item.units) == 1 and not code else item.unit(code)
    if unit is None:
        return Unread(text, "unit_missing" if not code else "unit_unknown", code[:100])
    return Quantity(number, unit.coding.code, unit.coding.display, unit.coding.system)


def _boolean(text: str) -> Value:
    return {"true": True, "false": False}.get(text, Unread(text[:100], "not_a_boolean"))


def _string(text: str) -> Value:
    return " ".join(text.split())


def _text(text: str) -> Value:
    return text.replace("\r\n", "\n").strip()


_READ: dict[str, Callable[[str], Value]] = {
    "boolean": _boolean,
    "decimal": read_decimal,
    "integer": read_integer,
    "date": read_day,
    "string": _string,
    "text": _text,
}


def initial_answers(form: Form) -> dict[str, tuple[Value, ...]]:
    """What the form proposes before anyone has typed: `initial` and `initialSelected`."""
    answers: dict[str, tuple[Value, ...]] = {}
    for key, item in walk(form, {}):
        values = item.initial or tuple(option.coding for option in item.options if option.initial)
        if values:
            answers[key] = values
    return answers


def same_answers(one: Answers, other: Answers) -> bool:
    """Whether two sets of answers say the same, whatever the words shown beside codes."""
    return _bare(one) == _bare(other)


def _bare(answers: Answers) -> dict[str, tuple[object, ...]]:
    return {
        key: tuple((value.system, value.code) if isinstance(value, Coding) else value for value in values)
        for key, values in answers.items()
    }
