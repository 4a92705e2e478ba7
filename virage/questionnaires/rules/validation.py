"""What stands against keeping answers as final, as codes with their figures; the words are the pages'."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from virage.questionnaires.rules.definition import CHOICES, Answers, Constraint, Form, Item, link_of, walk, walk_items
from virage.questionnaires.rules.enabling import enabled
from virage.questionnaires.rules.expressions import evaluate, variables
from virage.questionnaires.rules.responses import resource_of
from virage.questionnaires.rules.values import Coding, Day, Quantity, Unread, Value


@dataclass(frozen=True)
class Problem:
    """`key` is the place, `params` the figures of the sentence. A warning is said but doesn't stop."""

    key: str
    code: str
    params: tuple[tuple[str, str], ...] = ()
    warning: bool = False

    @property
    def link_id(self) -> str:
        return link_of(self.key)


def validate(form: Form, answers: Answers, *, final: bool, on: date) -> tuple[Problem, ...]:
    """Problems in the order of the form. A draft is told what is wrong, a final one also what is missing."""
    asked = enabled(form, answers)
    problems: list[Problem] = []
    for key, item in walk(form, answers):
        if key not in asked or item.read_only or item.type == "display":
            continue
        if item.type != "group":
            problems.extend(_value_problems(key, item, answers.get(key, ()), on))
        if final:
            problems.extend(_missing(key, item, answers, asked))
    problems.extend(_broken_rules(form, answers, asked, final))
    return tuple(problems)


def _missing(key: str, item: Item, answers: Answers, asked: frozenset[str]) -> Iterator[Problem]:
    count = _count(key, item, answers, asked)
    least = max(item.min_occurs, 1 if item.required else 0)
    if least and not count:
        if not (item.type == "group" and any(child.required for child in item.children) and not item.row_group):
            yield Problem(key, "required")  # else the children say it, each at its own field
    elif count < least:
        yield Problem(key, "too_few", (("least", str(least)),))


def _count(key: str, item: Item, answers: Answers, asked: frozenset[str]) -> int:
    """Answers to a question, rows of a repeated group, or questions answered in a plain one."""
    if item.type != "group":
        return len(answers.get(key, ()))
    if item.row_group:
        return len({name.split("/")[0] for name in _inside(key, answers) if answers[f"{key}:{name}"]})
    prefix = key[: len(key) - len(item.link_id)]
    children = walk_items(item.children, prefix, answers)
    return sum(1 for place, child in children if place in asked and not child.calculated and answers.get(place))


def _inside(key: str, answers: Answers) -> list[str]:
    start = f"{key}:"
    return [name[len(start) :] for name in answers if name.startswith(start) and "/" in name[len(start) :]]


def _value_problems(key: str, item: Item, values: tuple[Value, ...], on: date) -> Iterator[Problem]:
    for value in values:
        if isinstance(value, Unread):
            yield Problem(key, value.code)
        else:
            yield from _bound_problems(key, item, value, on)
        if isinstance(value, str) and item.max_length is not None and len(value) > item.max_length:
            yield Problem(key, "too_long", (("most", str(item.max_length)), ("length", str(len(value)))))
    most = (item.max_occurs or len(values)) if item.repeats else 1
    if len(values) > most:
        yield Problem(key, "too_many", (("most", str(most)),))
    if item.type in CHOICES:
        yield from _choice_problems(key, item, values)


def _choice_problems(key: str, item: Item, values: tuple[Value, ...]) -> Iterator[Problem]:
    codings = [value for value in values if isinstance(value, Coding)]
    for coding in codings:
        option = item.option(coding.code)
        if option is None or not option.coding.same(coding):
            yield Problem(key, "not_an_option")
        elif option.exclusive and len(values) > 1:
            yield Problem(key, "exclusive", (("option", coding.code),))


def _bound_problems(key: str, item: Item, value: Value, on: date) -> Iterator[Problem]:
    bounds = item.bounds
    if isinstance(value, Day):
        first = value.first()
        if isinstance(bounds.minimum, Day) and first < bounds.minimum.first():
            yield Problem(key, "too_early", (("least", bounds.minimum.iso),))
        if isinstance(bounds.maximum, Day) and first > bounds.maximum.first():
            yield Problem(key, "too_late", (("most", bounds.maximum.iso),))
        if bounds.past and first > on:
            yield Problem(key, "in_the_future")
        return
    number = value.value if isinstance(value, Quantity) else value
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        return
    if isinstance(bounds.minimum, Decimal) and number < bounds.minimum:
        yield Problem(key, "too_low", (("least", str(bounds.minimum)),))
    if isinstance(bounds.maximum, Decimal) and number > bounds.maximum:
        yield Problem(key, "too_high", (("most", str(bounds.maximum)),))


def _broken_rules(form: Form, answers: Answers, asked: frozenset[str], final: bool) -> Iterator[Problem]:
    """Constraints are judged when they are final or when something is answered in their item."""
    places = [("", None, form.constraints)] if form.constraints else []
    rules: list[tuple[str, Item | None, tuple[Constraint, ...]]] = [*places]
    rules += [(key, item, item.constraints) for key, item in walk(form, answers) if item.constraints and key in asked]
    if not rules:
        return
    resource = resource_of(form, answers)
    known = variables(form, resource)
    for key, item, constraints in rules:
        if item is not None and not _count(key, item, answers, asked):
            continue
        for constraint in constraints:
            if evaluate(constraint.expression, resource, known) == [False]:
                yield Problem(key, "rule", (("rule", constraint.key),), constraint.warning)
