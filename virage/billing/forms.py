"""Filters of the lists of lines."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from virage.billing.models import Line, LineState
from virage.billing.reports import reason_label
from virage.billing.rules import INCOMPLETE_RECORD, NOT_VALIDATED, OUTSIDE_PROJECT, YEARLY_CAP
from virage.kernel.periods import Period
from virage.ui.forms import FilterForm

MONTHS = 24
REASONS = (
    "perimeter.setting",
    "perimeter.act",
    "perimeter.specialty",
    "pathology",
    "place",
    "territory",
    "agreement_sector",
    "performer",
    INCOMPLETE_RECORD,
    NOT_VALIDATED,
    OUTSIDE_PROJECT,
    YEARLY_CAP,
)


def months(on: date, count: int = MONTHS) -> list[tuple[str, str]]:
    """The last months, this one first, as (AAAA-MM, words)."""
    first = on.year * 12 + on.month - 1
    days = [date(number // 12, number % 12 + 1, 1) for number in range(first, first - count, -1)]
    return [(day.strftime("%Y-%m"), date_format(day, "F Y")) for day in days]


class LineFilter(FilterForm):
    """By month of the act and by state."""

    mois = forms.ChoiceField(label=gettext_lazy("Mois"))
    etat = forms.ChoiceField(label=gettext_lazy("État"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mois"].choices = [("", _("Tous les mois")), *months(on)]
        self.fields["etat"].choices = [("", _("Tous les états")), *LineState.choices]

    def apply(self, lines: QuerySet[Line]) -> QuerySet[Line]:
        values = self.values
        if month := values.get("mois"):
            period = Period.of_month(int(month[:4]), int(month[5:]))
            lines = lines.filter(performed_on__gte=period.start, performed_on__lt=period.end)
        if state := values.get("etat"):
            lines = lines.filter(state=state)
        return lines


class RegionFilter(LineFilter):
    """Also by the reason why nothing is due."""

    motif = forms.ChoiceField(label=gettext_lazy("Motif"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        words = [(code, reason_label(code)) for code in REASONS]
        self.fields["motif"].choices = [("", _("Tous les motifs")), *words]

    def apply(self, lines: QuerySet[Line]) -> QuerySet[Line]:
        lines = super().apply(lines)
        reason = self.values.get("motif")
        return lines.filter(reasons__contains=[reason]) if reason else lines


class PayerFilter(LineFilter):
    """The payer sees what is due: by month only."""

    etat = None  # type: ignore[assignment]

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        FilterForm.__init__(self, *args, **kwargs)
        self.fields["mois"].choices = [("", _("Tous les mois")), *months(on)]
