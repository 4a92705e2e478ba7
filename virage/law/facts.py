"""Facts about a project, an act or a line to be judged, checked once at the door."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from virage.kernel.names import slug
from virage.law import lists, regimes, regions

REQUIRED = ("regime", "on", "act", "setting")
# All that a perimeter looks at: the other facts are not even read there (a project knows no sector, no region).
PERIMETER = (*REQUIRED, "specialty", "pathology", "implantable_device", "purpose")
MISSING, UNKNOWN_FIELD, UNKNOWN_VALUE, WRONG_TYPE = "missing", "unknown_field", "unknown_value", "wrong_type"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO = {"", "non", "no", "aucun", "aucune", "none", "false", "0"}


class FactError(ValueError):
    """A fact that cannot be read: which key, why (a reason code), and what is allowed."""

    def __init__(self, key: str, code: str, allowed: tuple[str, ...] = (), got: object = None) -> None:
        self.key = key
        self.code = code
        self.allowed = allowed
        shown = "" if got is None else f" {str(got)[:60]!r}"
        hint = f"; allowed: {', '.join(allowed)}" if allowed else ""
        super().__init__(f"{key}: {code.replace('_', ' ')}{shown}{hint}")

    def __reduce__(self) -> tuple[type[FactError], tuple[str, str, tuple[str, ...]]]:
        return (type(self), (self.key, self.code, self.allowed))


@dataclass(frozen=True)
class Facts:
    """What is known. None is "not said". Names are those of lists.py where it knows them.

    performer is the requis, requester the requérant. protocol: the requis works under a cooperation protocol
    (article 51) that the ARS has authorised.
    """

    regime: str
    on: date
    act: str
    setting: str
    specialty: str | None = None
    pathology: str | None = None
    implantable_device: bool | None = None
    purpose: str | None = None
    place: str | None = None
    patient_region: str | None = None
    performer_region: str | None = None
    requester_region: str | None = None
    requester_profession: str | None = None
    performer_profession: str | None = None
    performer_employment: str | None = None
    agreement_sector: str | None = None
    protocol: bool | None = None
    patient_condition: str | None = None
    level: str | None = None
    occasion: str | None = None


FIELDS = tuple(field.name for field in fields(Facts))


def _day(key: str, raw: object) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if not isinstance(raw, str):
        raise FactError(key, WRONG_TYPE, ("YYYY-MM-DD",), raw)
    try:
        if _DAY.fullmatch(raw):
            return date.fromisoformat(raw)
    except ValueError:
        pass
    raise FactError(key, UNKNOWN_VALUE, ("YYYY-MM-DD",), raw)


def _text(key: str, raw: object, allowed: tuple[str, ...] = ("text",)) -> str:
    if not isinstance(raw, str):
        raise FactError(key, WRONG_TYPE, allowed, raw)
    return raw.strip()


def _regime(key: str, raw: object) -> str:
    known = tuple(regimes.regimes())
    name = _text(key, raw, known)
    if name not in known:
        raise FactError(key, UNKNOWN_VALUE, known, raw)
    return name


def _closed(kind: str) -> Callable[[str, object], str]:
    """A list that the rules close: a name outside it is an error."""

    def read(key: str, raw: object) -> str:
        known = tuple(lists.entries(kind))
        entry = lists.find(kind, _text(key, raw, known))
        if entry is None:
            raise FactError(key, UNKNOWN_VALUE, known, raw)
        return entry.name

    return read


def _open(kind: str) -> Callable[[str, object], str | None]:
    """A list that the law leaves open: any name is legal."""

    def read(key: str, raw: object) -> str | None:
        return lists.canonical(kind, _text(key, raw)) or None

    return read


def _number(kind: str) -> Callable[[str, object], str]:
    """A closed list of numbers, written as numbers or as text."""
    closed = _closed(kind)

    def read(key: str, raw: object) -> str:
        if isinstance(raw, bool):
            raise FactError(key, WRONG_TYPE, tuple(lists.entries(kind)), raw)
        return closed(key, str(raw) if isinstance(raw, int) else raw)

    return read


def _yes_no(key: str, raw: object) -> bool:
    if not isinstance(raw, bool):
        raise FactError(key, WRONG_TYPE, ("true", "false"), raw)
    return raw


def _protocol(key: str, raw: object) -> bool:
    """True, false, or the reference of an authorised protocol."""
    if isinstance(raw, str):
        return slug(raw) not in _NO
    return _yes_no(key, raw)


def _region(key: str, raw: object) -> str:
    name = slug(_text(key, raw, regions.known_names()))
    if not regions.resolve(name):
        raise FactError(key, UNKNOWN_VALUE, regions.known_names(), raw)
    return name


READERS: dict[str, Callable[[str, object], object]] = {
    "regime": _regime,
    "on": _day,
    "act": _closed("acts"),
    "setting": _closed("settings"),
    "specialty": _open("specialties"),
    "pathology": _open("pathologies"),
    "implantable_device": _yes_no,
    "purpose": _open("purposes"),
    "place": _open("places"),
    "patient_region": _region,
    "performer_region": _region,
    "requester_region": _region,
    "requester_profession": _open("professions"),
    "performer_profession": _open("professions"),
    "performer_employment": _closed("employments"),
    "agreement_sector": _number("agreement_sectors"),
    "protocol": _protocol,
    "patient_condition": _closed("patient_conditions"),
    "level": _number("levels"),
    "occasion": _closed("occasions"),
}


def facts_from_mapping(mapping: Mapping[str, object]) -> Facts:
    """Read facts as they come from JSON or a form; None and empty text are "not said". Raises FactError."""
    for key in mapping:
        if key not in READERS:
            raise FactError(str(key), UNKNOWN_FIELD, FIELDS)
    said = {key: raw for key, raw in mapping.items() if raw is not None and raw != ""}
    for key in REQUIRED:
        if key not in said:
            raise FactError(key, MISSING, _allowed(key))
    judged = regimes.regimes()[_regime("regime", said["regime"])]
    used = PERIMETER if judged.kind == "perimeter" else FIELDS
    return Facts(**{key: READERS[key](key, raw) for key, raw in said.items() if key in used})  # type: ignore[arg-type]


def _allowed(key: str) -> tuple[str, ...]:
    if key == "regime":
        return tuple(regimes.regimes())
    return ("YYYY-MM-DD",) if key == "on" else tuple(lists.entries(f"{key}s"))
