"""The 26 regional health agencies of 2014: their départements, the nine pilots, and the regions since 2016."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from virage.kernel.names import slug
from virage.law.data import DataError, read


@dataclass(frozen=True)
class Region:
    """A region of 2014 with an ARS. `code` is the INSEE code of then (Océan Indien: 04, with 06)."""

    code: str
    name: str
    slug: str
    departements: tuple[str, ...]
    pilot: bool
    since_2016: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@cache
def regions() -> dict[str, Region]:
    """The 26 by code, in the order of the file. Raises DataError when the count is not 26."""
    found = {
        row["code"]: Region(
            code=row["code"],
            name=row["name"],
            slug=slug(row["name"]),
            departements=tuple(row["departements"]),
            pilot=row.get("pilot", False),
            since_2016=tuple(row["since_2016"]),
            aliases=tuple(row.get("aliases", ())),
        )
        for row in read("regions.yaml")["regions"]
    }
    if len(found) != 26:
        raise DataError(f"26 regions, not {len(found)}")
    return found


def pilots() -> tuple[Region, ...]:
    """The nine pilot regions of the experiments of 2014."""
    return tuple(region for region in regions().values() if region.pilot)


def region_of(departement: str) -> Region | None:
    """The region of 2014 of a département ("2A", "972")."""
    return next((r for r in regions().values() if departement.upper() in r.departements), None)


@cache
def _index() -> dict[str, tuple[Region, ...]]:
    index: dict[str, tuple[Region, ...]] = {}
    for code, name in read("regions.yaml")["regions_2016"].items():
        members = tuple(r for r in regions().values() if code in r.since_2016)
        index[slug(name)] = members
        index[code] = members
    for region in regions().values():
        for key in (region.code, region.slug, *region.aliases):
            index[key] = (region,)
    return index


def resolve(name: str) -> tuple[Region, ...]:
    """The regions of 2014 that a name or an INSEE code stands for: one, or those that a region of 2016 brought
    together, or none when it is unknown. A code of 2014 wins over the same code of 2016."""
    return _index().get(slug(name), ())


def is_pilot(name: str) -> bool | None:
    """Is this region a pilot of 2014? None for a region of 2016 that holds pilots and others, or unknown."""
    found = {region.pilot for region in resolve(name)}
    return found.pop() if len(found) == 1 else None


def known_names() -> tuple[str, ...]:
    """Every name that `resolve` understands, codes apart: for messages."""
    return tuple(sorted(key for key in _index() if not key.isdigit()))
