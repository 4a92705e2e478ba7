"""A questionnaire once read: items with their types, options, bounds and conditions.

Where it stands in a response is told by a key: the link id alone, or behind the repeated groups it stands in with
their row numbers, `projets:1/acteurs:0/nom`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from virage.questionnaires.rules.values import Coding, Day, Value

Answers = Mapping[str, tuple[Value, ...]]
"""Key → values, without empty tuples. Each posted row of a repeated group is also there as `group:row` → (True,)."""

NUMERIC = frozenset({"decimal", "integer", "quantity"})
CHOICES = frozenset({"choice", "open-choice"})
TYPES = NUMERIC | CHOICES | {"group", "display", "boolean", "date", "string", "text"}


class DefinitionError(ValueError):
    """The questionnaire can't be used. `where` is the link id (or the element of the questionnaire) at fault."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


@dataclass(frozen=True)
class Text:
    """Words of the form by language; French is the form's own language."""

    fr: str
    other: tuple[tuple[str, str], ...] = ()

    def say(self, language: str) -> str:
        """The words in that language (`en`, `en-gb`), or in French where there is no translation."""
        return dict(self.other).get(language[:2], self.fr)

    def missing(self, language: str) -> bool:
        return bool(self.fr) and language not in dict(self.other)


@dataclass(frozen=True)
class Option:
    """One proposed answer. An exclusive one ("none") excludes the others of a multiple choice."""

    coding: Coding
    label: Text
    exclusive: bool = False
    initial: bool = False


@dataclass(frozen=True)
class Condition:
    """One enableWhen: the answer to `question` compared with `answer` (for `exists`: True or False)."""

    question: str
    operator: str
    answer: Value


@dataclass(frozen=True)
class Constraint:
    """A FHIRPath rule that must be true; a warning is said but doesn't stop."""

    key: str
    expression: str
    human: Text
    warning: bool = False


@dataclass(frozen=True)
class Bounds:
    """Smallest and largest value allowed; `past` is a largest value of `today()`, the day being an argument."""

    minimum: Decimal | Day | None = None
    maximum: Decimal | Day | None = None
    past: bool = False


@dataclass(frozen=True)
class Item:
    link_id: str
    type: str
    text: Text
    prefix: str = ""
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    max_length: int | None = None
    bounds: Bounds = Bounds()
    min_occurs: int = 0
    max_occurs: int | None = None
    units: tuple[Option, ...] = ()
    options: tuple[Option, ...] = ()
    conditions: tuple[Condition, ...] = ()
    behavior: str = "all"
    initial: tuple[Value, ...] = ()
    calculated: str = ""
    control: str = ""
    collapsed: bool = False
    help: tuple[Text, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    children: tuple["Item", ...] = ()

    @property
    def row_group(self) -> bool:
        return self.type == "group" and self.repeats

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.coding.code == code), None)

    def unit(self, code: str) -> Option | None:
        return next((unit for unit in self.units if unit.coding.code == code), None)


@dataclass(frozen=True)
class Form:
    url: str
    version: str
    name: str
    title: Text
    description: Text
    copyright: Text
    items: tuple[Item, ...]
    variables: tuple[tuple[str, str], ...] = ()
    constraints: tuple[Constraint, ...] = ()
    index: Mapping[str, Item] = field(default_factory=dict, compare=False, repr=False)
    parents: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def canonical(self) -> str:
        return f"{self.url}|{self.version}"

    def ancestors(self, link_id: str) -> tuple[Item, ...]:
        """The groups an item stands in, outermost first."""
        found: list[Item] = []
        while link_id := self.parents.get(link_id, ""):
            found.append(self.index[link_id])
        return tuple(reversed(found))

    def compulsory(self) -> tuple[str, ...]:
        """What must be filled in whatever else is answered; a compulsory group counts as one with all it holds."""
        return tuple(_compulsory(self.items))


def _compulsory(items: tuple[Item, ...]) -> Iterator[str]:
    for item in items:
        if item.conditions:
            continue
        if item.required:
            yield item.link_id
        else:
            yield from _compulsory(item.children)


def link_of(key: str) -> str:
    """The link id of a key: `projets:1/nom` → `nom`."""
    return key.rsplit("/", 1)[-1].split(":", 1)[0]


def walk(form: Form, answers: Answers) -> Iterator[tuple[str, Item]]:
    """Every key with its item, in the order of the form, each row of a repeated group by itself."""
    yield from walk_items(form.items, "", answers)


def walk_items(items: tuple[Item, ...], prefix: str, answers: Answers) -> Iterator[tuple[str, Item]]:
    for item in items:
        key = prefix + item.link_id
        yield key, item
        if item.row_group:
            for row in rows(key, answers):
                yield from walk_items(item.children, f"{key}:{row}/", answers)
        else:
            yield from walk_items(item.children, prefix, answers)


def rows(group_key: str, answers: Answers) -> tuple[int, ...]:
    """The row numbers that are there for one repeated group, in order; they need not follow one another."""
    start = f"{group_key}:"
    found = {key[len(start) :].split("/", 1)[0] for key in answers if key.startswith(start)}
    return tuple(sorted(int(row) for row in found if row.isdecimal()))


def key_from(form: Form, link_id: str, seen_from: str) -> str:
    """The key of a question as seen from another item's key: in the same rows where both are repeated."""
    depth = sum(group.row_group for group in form.ancestors(link_id))
    return "".join(f"{part}/" for part in seen_from.split("/")[:depth]) + link_id
