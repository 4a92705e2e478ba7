"""The choice of a month."""

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from virage.kernel.periods import Period
from virage.ui.forms import FilterForm

MONTHS = 36


class MonthFilter(FilterForm):
    """The last months, and the one asked for where it is older: states are kept for as long as their lines."""

    mois = forms.ChoiceField(label=_("Mois"))

    def __init__(self, *args: Any, on: date, month: Period, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        latest = on.year * 12 + on.month - 1
        days = [date(number // 12, number % 12 + 1, 1) for number in range(latest, latest - MONTHS, -1)]
        if month.start and month.start not in days:
            days.append(month.start)
        self.fields["mois"].choices = [(day.strftime("%Y-%m"), date_format(day, "F Y")) for day in days]

    @property
    def applied(self) -> int:
        """A state is always that of one month: there is nothing to take away."""
        return 0
