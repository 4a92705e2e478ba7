"""The fields of a page: what the templates place, worked out beforehand."""

from collections.abc import Iterable
from dataclasses import dataclass

from virage.questionnaires.rules.posting import OTHER, UNIT


@dataclass(frozen=True)
class Choice:
    id: str
    code: str
    label: str
    checked: bool
    exclusive: bool = False


@dataclass(frozen=True)
class Entry:
    """One typed value, and the unit chosen beside it."""

    id: str
    text: str
    units: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row of a repeated group; the blank one has a placeholder for its number, replaced by the page's script."""

    name: str
    number: str
    fields: tuple["Field", ...]


@dataclass(frozen=True)
class Field:
    key: str
    id: str
    kind: str
    label: str
    help: tuple[str, ...] = ()
    required: bool = False
    optional: bool = True
    shown: bool = True
    multiple: bool = False
    inline: bool = False
    fold: str = ""
    max_length: int | None = None
    unit: str = ""
    input_mode: str = ""
    short: bool = False
    when: str = ""
    errors: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    other: str | None = None
    entries: tuple[Entry, ...] = ()
    blank: Entry | None = None
    text: str = ""
    fields: tuple["Field", ...] = ()
    rows: tuple[Row, ...] = ()
    blank_row: Row | None = None

    @property
    def template(self) -> str:
        return f"questionnaires/item_{self.kind}.html"

    @property
    def other_name(self) -> str:
        return self.key + OTHER

    @property
    def unit_name(self) -> str:
        return self.key + UNIT

    @property
    def focus(self) -> str:
        """The id that a link of the error summary leads to."""
        if self.choices:
            return self.choices[0].id
        return self.entries[0].id if self.entries else self.id

    @property
    def described_by(self) -> str:
        return " ".join([*([f"{self.id}_helptext"] if self.help else []), f"{self.id}_error"])

    def every(self) -> Iterable["Field"]:
        """This field and all those within it."""
        yield self
        for inside in (*self.fields, *(one for row in self.rows for one in row.fields)):
            yield from inside.every()
