"""Whom someone outside the care team looks for in an emergency: exact traits, no browsing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from virage.kernel.identifiers import compact
from virage.kernel.names import normalise
from virage.records.rules.identity import Traits


@dataclass(frozen=True)
class Wanted:
    """What was typed: a whole matricule, or birth name, one first name and birth date."""

    birth_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    ins: str = ""


def missing(wanted: Wanted) -> tuple[str, ...]:
    """Names of what is lacking; nothing with a matricule."""
    if wanted.ins:
        return () if len(compact(wanted.ins)) == 15 else ("ins",)
    needed = ("birth_name", "first_name", "birth_date")
    given = {"birth_date": wanted.birth_date} | {
        name: normalise(getattr(wanted, name)) for name in ("birth_name", "first_name")
    }
    return tuple(name for name in needed if not given[name])


def is_exactly(wanted: Wanted, traits: Traits, *, used_first_name: str = "") -> bool:
    """Whether these are the traits of the one who is looked for: accents and capitals apart, nothing near will do.
    A birth name that is typed with a matricule must fit too; the first name is the first, all, or the used one."""
    if wanted.ins and compact(wanted.ins) != compact(traits.ins):
        return False
    if wanted.birth_date and wanted.birth_date != traits.birth_date:
        return False
    if wanted.birth_name and normalise(wanted.birth_name) != normalise(traits.birth_name):
        return False
    if not wanted.first_name:
        return bool(wanted.ins)
    names = normalise(traits.first_names)
    return normalise(wanted.first_name) in {names, names.split(" ")[0], normalise(used_first_name)} - {""}
