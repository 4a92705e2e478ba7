"""Reading of the YAML files of this package: once, and only those that are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from virage.kernel.periods import Period

HERE = Path(__file__).parent
LANGUAGES = ("fr", "en")
# law: read in the official text. secondary: read elsewhere. project: our own choice. to_verify: not read.
LAW, SECONDARY, PROJECT, TO_VERIFY = STATUSES = ("law", "secondary", "project", "to_verify")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataError(ValueError):
    """A data file of the package is wrong: said at load, never to a user of a page."""


@dataclass(frozen=True)
class Label:
    """One thing said in both languages."""

    fr: str
    en: str

    def of(self, lang: str) -> str:
        return self.en if lang == "en" else self.fr

    @classmethod
    def same(cls, text: str) -> Label:
        return cls(text, text)

    @classmethod
    def listing(cls, labels: list[Label]) -> Label:
        return cls(", ".join(label.fr for label in labels), ", ".join(label.en for label in labels))


@cache
def read(name: str) -> Any:
    """The content of one file of this package, by its path inside it."""
    with (HERE / name).open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=LOADER)  # noqa: S506 (a safe loader)


def names(folder: str) -> list[str]:
    """The YAML files of a folder of this package, sorted."""
    return sorted(f"{folder}/{path.name}" for path in (HERE / folder).glob("*.yaml"))


def label_of(row: dict[str, Any]) -> Label:
    return Label(row["fr"], row["en"])


def period_of(row: dict[str, Any]) -> Period:
    """The period of a row by its `from` and `to` (first day outside); both may be absent."""
    for key in ("from", "to"):
        if not isinstance(row.get(key), date | None):
            raise DataError(f"{key} is a date: {row}")
    return Period(row.get("from"), row.get("to"))


def status_of(row: dict[str, Any]) -> str:
    status = row.get("status")
    if not isinstance(status, str) or status not in STATUSES:
        raise DataError(f"status is one of {STATUSES}: {row}")
    return status
