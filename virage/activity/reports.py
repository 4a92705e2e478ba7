"""The monthly state in rows: for the page, the spreadsheet and the printed state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from virage.activity import measures
from virage.activity.measures import MEASURES, Measure, Value
from virage.kernel.periods import Period
from virage.law.regions import Region, regions
from virage.law.texts import text
from virage.ui.typst import compile_pdf

TEMPLATE = Path(__file__).parent / "templates" / "activity" / "state.typ"


@dataclass(frozen=True)
class Row:
    """One measure of one region; `remark` says why a value is empty."""

    measure: Measure
    value: Value
    remark: str = ""

    @property
    def words(self) -> str:
        """As it is printed."""
        if self.value is None:
            return "—"
        if self.measure.is_money:
            return _("%(amount)s €") % {"amount": number_format(self.value, decimal_pos=2, force_grouping=True)}
        return number_format(self.value, force_grouping=True)


@dataclass(frozen=True)
class State:
    """The state of one region for one month, as it stood at `made_at`. `rows`: annex 5; `apart`: what is due."""

    region: Region
    month: Period
    made_at: datetime
    rows: tuple[Row, ...]
    apart: tuple[Row, ...]

    @property
    def month_words(self) -> str:
        return date_format(self.month.start, "F Y")  # type: ignore[arg-type]

    @property
    def key(self) -> str:
        return self.month.start.strftime("%Y-%m")  # type: ignore[union-attr]


def state(region: Region, month: Period, *, at: datetime) -> State:
    values = measures.of_region(region.code, month)
    rows = [Row(measure, values[measure.code], _remark(measure)) for measure in MEASURES]
    return State(
        region=region,
        month=month,
        made_at=at,
        rows=tuple(row for row in rows if row.measure.annex),
        apart=tuple(row for row in rows if not row.measure.annex),
    )


def _remark(measure: Measure) -> str:
    return _("les paiements ne sont pas encore suivis") if measure.query is None else ""


def source() -> str:
    """The text that asks for this state, in French in every language."""
    return f"{text(measures.TEXT).short}, {measures.SECTION}"


def csv_header() -> tuple[str, ...]:
    return (_("Mesure"), _("Valeur"), _("Remarque"))


def csv_rows(found: State) -> Iterator[tuple[object, ...]]:
    """Header of the annex first (ARS, month, date of the state), then its rows, then what is due."""
    yield (_("ARS"), found.region.name, "")
    yield (_("Mois"), found.key, "")
    yield (_("Date de l’état"), found.made_at.date().isoformat(), "")
    for row in found.rows:
        yield (str(row.measure.label), row.value, row.remark)
    for row in found.apart:
        yield (str(row.measure.label), row.value, _("hors annexe 5"))


def pdf(found: State) -> bytes:
    """The state on one page, as PDF/A."""
    return compile_pdf(TEMPLATE, _printed(found), {})


def _printed(found: State) -> dict[str, Any]:
    def rows(some: tuple[Row, ...]) -> list[dict[str, str]]:
        return [{"label": str(row.measure.label), "value": row.words, "remark": row.remark} for row in some]

    return {
        "lang": get_language() or "fr",
        "title": _("État mensuel d’activité de télémédecine"),
        "facts": [
            {"label": _("ARS"), "value": found.region.name},
            {"label": _("Mois"), "value": found.month_words},
            {"label": _("Date de l’état"), "value": date_format(found.made_at, "j F Y, H:i")},
        ],
        "header": [_("Mesure"), _("Valeur"), _("Remarque")],
        "rows": rows(found.rows),
        "apart_title": _("Dû, non payé (hors annexe 5)"),
        "apart": rows(found.apart),
        "notes": [source(), reading()],
    }


def reading() -> str:
    """What the text does not settle, said as our own choice."""
    return _(
        "Choix du projet : un acte compte dans la région pilote où exerce le requis, à défaut dans celle du patient. "
        "Sont comptés les actes réalisés dans un projet, dus ou non."
    )


def country(month: Period) -> tuple[list[dict[str, Any]], list[Row]]:
    """The 26 regions in the order of their list, and the whole country (not the sum: nobody counts twice)."""
    found, empty = measures.of_regions(month), measures.nothing()
    rows = [{"region": region, "cells": _cells(found.get(region.code, empty))} for region in regions().values()]
    return rows, _cells(measures.of_country(month))


def _cells(values: dict[str, Value]) -> list[Row]:
    return [Row(measure, values[measure.code]) for measure in MEASURES]


def country_header() -> tuple[str, ...]:
    return (_("Code"), _("Région"), *(str(measure.label) for measure in MEASURES))


def country_rows(month: Period) -> Iterator[tuple[object, ...]]:
    rows, total = country(month)
    for row in rows:
        yield (row["region"].code, row["region"].name, *(cell.value for cell in row["cells"]))
    yield ("", _("France entière"), *(cell.value for cell in total))


def file_name(region: Region | None, month: date) -> str:
    return f"etat-{region.slug if region else 'regions'}-{month:%Y-%m}"
