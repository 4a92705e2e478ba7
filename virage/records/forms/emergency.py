"""Opening a record in an emergency, and judging such an opening."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from virage.kernel.identifiers import compact
from virage.records.models import EmergencyReason, Verdict
from virage.records.rules.emergency import Wanted, missing
from virage.ui.forms import BirthDateField

TRAITS = ("birth_name", "first_name", "birth_date", "ins")
NEEDED = {
    "birth_name": _("Écrivez le nom de naissance."),
    "first_name": _("Écrivez le premier prénom."),
    "birth_date": _("Écrivez la date de naissance."),
    "ins": _("Le matricule INS a 15 caractères : 13 et la clé."),
}


class TraitsForm(forms.Form):
    """Whom: name, first name and birth date, or the matricule."""

    mark_optional = False  # the page says which of them go together

    birth_name = forms.CharField(label=_("Nom de naissance"), max_length=100, required=False)
    first_name = forms.CharField(label=_("Premier prénom"), max_length=100, required=False)
    birth_date = BirthDateField(required=False)
    ins = forms.CharField(
        label=_("Ou matricule INS"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"class": "w-medium", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].latest = on

    def clean_ins(self) -> str:
        return compact(self.cleaned_data["ins"])

    @property
    def wanted(self) -> Wanted:
        given = self.cleaned_data
        names = {name: (given.get(name) or "").strip() for name in ("birth_name", "first_name", "ins")}
        return Wanted(**names, birth_date=given.get("birth_date"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in missing(self.wanted):
            if name not in self.errors:
                self.add_error(name, NEEDED[name])
        return cleaned


class BreakGlassForm(TraitsForm):
    """Why, once the traits were given; they are carried along, hidden."""

    reason = forms.ChoiceField(label=_("Pourquoi"), choices=EmergencyReason.choices, widget=forms.RadioSelect)
    explanation = forms.CharField(
        label=_("Ce qui se passe, en une ou deux phrases"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Le référent protection des données la lira ; elle ne part dans aucun message."),
    )
    understood = forms.BooleanField(
        label=_("Je sais que cet accès est tracé à mon nom, signalé aussitôt, et examiné ensuite"),
        error_messages={"required": _("Cochez cette case pour continuer.")},
    )

    def __init__(self, *args: Any, letters: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letters = letters
        for name in TRAITS:
            self.fields[name].widget = forms.HiddenInput()

    def clean_explanation(self) -> str:
        text: str = self.cleaned_data["explanation"].strip()
        if len("".join(text.split())) < self.letters:
            words = ngettext("Écrivez au moins %d lettre.", "Écrivez au moins %d lettres.", self.letters)
            raise ValidationError(words % self.letters)
        return text


class ReviewForm(forms.Form):
    """Justified or not, and what is to be kept of it."""

    verdict = forms.ChoiceField(
        label=_("Cet accès était-il justifié ?"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("Commentaire"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Nécessaire si l’accès n’était pas justifié"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("verdict") == Verdict.NOT_JUSTIFIED and not cleaned.get("comment", "").strip():
            self.add_error("comment", _("Écrivez pourquoi l’accès n’était pas justifié."))
        return cleaned
