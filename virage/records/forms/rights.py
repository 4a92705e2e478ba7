"""What the person was told of the use of data, and what the person opposes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from virage.law.consents import Rule
from virage.records.models import DataUse, Notice


class NoticeForm(forms.Form):
    """Of which use, and how; `agreed` where the text of the day asks for a consent to hosting."""

    use = forms.ChoiceField(label=_("De quoi"), choices=DataUse.choices, widget=forms.RadioSelect)
    how = forms.ChoiceField(label=_("Comment"), choices=Notice.How.choices, widget=forms.RadioSelect)
    agreed = forms.BooleanField(label=_("Le patient y consent expressément"), required=False)

    def __init__(self, *args: Any, hosting: Rule | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if hosting is None or not hosting.mode.asked_first:
            del self.fields["agreed"]


class OppositionForm(forms.Form):
    """To the exchange with whom; or to hosting, and why."""

    use = forms.ChoiceField(label=_("À quoi"), choices=DataUse.choices, widget=forms.RadioSelect)
    party = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Motif"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Nécessaire pour l’hébergement seulement ; sinon, le patient n’a pas à se justifier"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("use") == DataUse.HOSTING and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Écrivez le motif : le texte demande un motif légitime."))
        if cleaned.get("use") == DataUse.EXCHANGE and not cleaned.get("party"):
            self.add_error(None, _("Cherchez et choisissez la personne ou la structure."))
        return cleaned
