"""The lists of names that facts are written with: acts, settings, places, professions, specialties, pathologies…

A name is compared without case, accents or signs. A name that a list does not know stays legal where the law leaves
the list open (specialties, pathologies, professions, purposes, places).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from virage.kernel.names import slug
from virage.law.data import Label, label_of, read


@dataclass(frozen=True)
class Entry:
    """One name of a list. `code` is that of annex 6.6 of the arrêté of 17 April 2015 where there is one."""

    name: str
    label: Label
    code: str = ""
    family: str = ""
    group: str = ""
    settings: tuple[str, ...] = ()
    medical: bool = False
    aliases: tuple[str, ...] = ()


def _entry(name: str, row: dict[str, Any]) -> Entry:
    return Entry(
        name=name,
        label=label_of(row),
        code=row.get("code", ""),
        family=row.get("family", name),
        group=row.get("group", ""),
        settings=tuple(row.get("settings", ())),
        medical=row.get("medical", False),
        aliases=tuple(row.get("aliases", ())),
    )


@cache
def entries(kind: str) -> dict[str, Entry]:
    """A whole list by name, in the order of the file: acts, settings, places, professions…"""
    return {name: _entry(name, row) for name, row in read("lists.yaml")[kind].items()}


@cache
def _known(kind: str) -> dict[str, str]:
    found = {}
    for entry in entries(kind).values():
        for name in (entry.name, *entry.aliases):
            found[slug(name)] = entry.name
    return found


def canonical(kind: str, name: str) -> str:
    """The list's own name for what someone wrote, or its slug when the list does not know it."""
    key = slug(name)
    return _known(kind).get(key, key)


def find(kind: str, name: str) -> Entry | None:
    return entries(kind).get(canonical(kind, name))


def family(kind: str, name: str) -> str:
    """The name under which the rules know it: escarre → plaie; a name unknown is its own family."""
    entry = find(kind, name)
    return entry.family if entry else canonical(kind, name)


def label(kind: str, name: str) -> Label:
    """How a name is shown; a name unknown is shown as it was written, without underscores."""
    entry = find(kind, name)
    return entry.label if entry else Label.same(name.replace("_", " "))


def professions() -> dict[str, Entry]:
    """The professions of annex 6.6.1."""
    return entries("professions")


def specialties() -> dict[str, Entry]:
    """The specialties of annex 6.6.2, and those that the perimeter of 2014 names besides."""
    return entries("specialties")


def profession(name: str) -> Entry | None:
    return find("professions", name)


def specialty(name: str) -> Entry | None:
    return find("specialties", name)
