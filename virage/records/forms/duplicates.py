"""Which of two records stays, and why they are one person's."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from virage.records.models import Duplicate, Patient


class ProposeForm(forms.Form):
    """What the second person will read."""

    kept = forms.ChoiceField(label=_("Quel dossier reste ?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Pourquoi c’est la même personne"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Ce qui a été vérifié : pièce d’identité vue, appel à la famille, autre structure…"),
    )

    def __init__(self, *args: Any, case: Duplicate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["kept"].choices = [(row.ref, _said(row)) for row in case.patients]

    @property
    def chosen(self) -> Patient:
        return next(row for row in self.case.patients if row.ref == self.cleaned_data["kept"])


def _said(patient: Patient) -> str:
    return _("%(name)s, ouvert le %(day)s") % {
        "name": patient.display_name,
        "day": date_format(patient.created_at, "SHORT_DATE_FORMAT"),
    }
