"""Whom to let into a care team."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from virage.records.actions.care import BY_HAND
from virage.records.models import CareReason
from virage.ui.forms import DateTextField


class CareTeamForm(forms.Form):
    """Whom to let in, why, until when."""

    party = forms.CharField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Pourquoi"), widget=forms.RadioSelect, choices=[(r, CareReason(r).label) for r in BY_HAND]
    )
    until = DateTextField(
        label=_("Jusqu’au"), required=False, help_text=_("Laissez vide si la durée n’est pas connue")
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].earliest = on
