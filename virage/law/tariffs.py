"""Tariffs of acts by regime and date. None where no text read gives the amount: it is then shown "to verify"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from virage.kernel.money import Money
from virage.law import parameters
from virage.law.texts import Citation


@dataclass(frozen=True)
class Tariff:
    """An amount with what founds it. code: of the nomenclature (TE2…); rate: share borne by the fund, None unknown."""

    money: Money
    citation: Citation
    status: str
    code: str
    fund: str
    rate: Decimal | None


def _find(names: list[str], on: date) -> parameters.Parameter | None:
    known = parameters.parameters()
    found = (parameters.at(name, on) for name in names if name in known)
    return next((parameter for parameter in found if parameter is not None), None)


def _names(
    regime: str, act: str, role: str, specialty: str | None, sector: str | None, level: str | None
) -> list[str]:
    base = f"tariff.{regime}.{act}" + (".requerant" if role == "requerant" else "")
    names = [base]
    if level:
        names.append(f"{base}.level{level}")
    if specialty and sector:
        names.append(f"{base}.{specialty}.sector{sector}")
    return names


def tariff(
    regime: str,
    act: str,
    on: date,
    *,
    role: str = "requis",
    specialty: str | None = None,
    sector: str | None = None,
    level: str | None = None,
) -> Tariff | None:
    """The amount due for an act on a day to the "requis" (or the "requerant"), None when none was read."""
    found = _find(_names(regime, act, role, specialty, sector, level), on)
    if found is None:
        return None
    fund = _find([f"fund.{regime}"], on)
    rate = _find([f"rate.{regime}.{act}", f"rate.{regime}"], on)
    return Tariff(
        money=Money(found.value),
        citation=found.citation,
        status=found.status,
        code=found.code,
        fund=fund.value if fund else "",
        rate=rate.value if rate else None,
    )


def has_levels(regime: str, act: str, on: date) -> bool:
    """True when the tariff of that day depends on a level (téléexpertise, 2019 to 2022)."""
    return _find([f"tariff.{regime}.{act}.level1"], on) is not None


def yearly_cap(regime: str, act: str, on: date, level: str | None = None) -> int | None:
    """How many acts of one requis for one patient are paid in one year; None when no cap was read."""
    base = f"cap.{regime}.{act}"
    found = _find([base, f"{base}.level{level}"], on)
    return None if found is None else int(found.value)
