"""What a patient types on the own page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from virage.ui.forms import BirthDateField

WRONG = _("Cela ne correspond pas, ou le code a pris fin. Vérifiez, ou demandez-en un nouveau.")


class EntryForm(forms.Form):
    """The code of a sheet of paper, or one that was told: it stands for the link."""

    access = forms.CharField(
        label=_("Code d’accès"),
        help_text=_("Les douze lettres et chiffres de votre feuille. Les espaces ne comptent pas."),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class CodeForm(forms.Form):
    """The code of this visit; with the birth date where it could not be sent."""

    birth_date = BirthDateField()
    code = forms.CharField(
        label=_("Code à six chiffres"),
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w-medium"}),
    )

    def __init__(self, *args: Any, by_birth_date: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_birth_date:
            del self.fields["birth_date"]


class CorrectionForm(forms.Form):
    text = forms.CharField(
        label=_("Ce qu’il faut corriger"),
        help_text=_("Par exemple : mon numéro de téléphone a changé. Pour une question de santé, appelez."),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
    )
