"""The texts that found the rules, and the places in them that are cited."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from virage.kernel.periods import Period
from virage.law.data import DataError, period_of, read


@dataclass(frozen=True)
class Text:
    """An official text. `read` says how much of it the project has read: whole, parts, no."""

    id: str
    title: str
    short: str
    period: Period
    read: str
    nor: str = ""
    jorf: str = ""


@dataclass(frozen=True)
class Citation:
    """A place in a text: the text's id and the section, article or heading."""

    text_id: str
    section: str

    @property
    def text(self) -> Text:
        return text(self.text_id)

    @property
    def title(self) -> str:
        """The official title, in French in every language."""
        return self.text.title

    def to_dict(self) -> dict[str, str]:
        return {"text": self.title, "section": self.section}


@cache
def texts() -> dict[str, Text]:
    """All texts by id, in the order of the file (that of time)."""
    return {
        key: Text(
            id=key,
            title=row["title"],
            short=row["short"],
            period=period_of(row),
            read=str({False: "no"}.get(row["read"], row["read"])),
            nor=row.get("nor", ""),
            jorf=row.get("jorf", ""),
        )
        for key, row in read("texts.yaml").items()
    }


def text(text_id: str) -> Text:
    return texts()[text_id]


def citation_of(row: dict[str, Any]) -> Citation:
    """The citation of a data row with `text` and `section`. Raises DataError when it does not resolve."""
    if row.get("text") not in texts() or not row.get("section"):
        raise DataError(f"citation does not resolve: {row}")
    return Citation(row["text"], row["section"])
