"""How an identity is qualified: the matricule obtained, the document seen."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from virage.kernel.identifiers import (
    CHARACTERS,
    INS_OIDS,
    KEY,
    LENGTH,
    OID_INS_NIA,
    OID_INS_NIR,
    OID_INS_NIR_DEMO,
    OID_INS_NIR_TEST,
    compact,
    ins_problems,
)
from virage.records.models import IdDocument, InsSource
from virage.ui.forms import DateTextField

OIDS = {
    OID_INS_NIR: _("NIR"),
    OID_INS_NIA: _("NIA (en attente de NIR)"),
    OID_INS_NIR_TEST: _("NIR de test"),
    OID_INS_NIR_DEMO: _("NIR de démonstration"),
}
WRONG = {
    LENGTH: _("Le matricule INS n’a pas 15 caractères."),
    CHARACTERS: _("Le matricule INS contient des caractères inattendus."),
    KEY: _("La clé du matricule INS ne correspond pas à ses 13 premiers caractères : relisez-le."),
}


class InsForm(forms.Form):
    """The matricule as the national service gave it, and how it was obtained."""

    source = forms.ChoiceField(label=_("Comment il a été obtenu"), choices=InsSource.choices, widget=forms.RadioSelect)
    oid = forms.ChoiceField(label=_("Nature du matricule"), choices=[(oid, OIDS[oid]) for oid in INS_OIDS])
    ins = forms.CharField(
        label=_("Matricule INS"),
        max_length=30,
        help_text=_("13 caractères et 2 de clé"),
        widget=forms.TextInput(attrs={"class": "w-medium", "inputmode": "numeric", "autocomplete": "off"}),
    )
    on = DateTextField(label=_("Obtenu le"))
    same_traits = forms.BooleanField(
        label=_("Les traits rendus avec lui sont ceux de ce dossier"),
        help_text=_("Sinon, corrigez d’abord l’identité : un matricule ne vaut que pour les traits rendus avec lui"),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].latest = on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["ins"] = compact(cleaned.get("ins", ""))
        if cleaned["ins"] and "oid" in cleaned:
            for code in ins_problems(cleaned["ins"], cleaned["oid"]):
                self.add_error("ins", WRONG[code])
        return cleaned


class CheckForm(forms.Form):
    """The document with which the traits were compared. Its number is not kept."""

    document = forms.ChoiceField(label=_("Pièce vue"), choices=IdDocument.choices, widget=forms.RadioSelect)
    seen_on = DateTextField(label=_("Vue le"))
    same_traits = forms.BooleanField(label=_("Les traits de la pièce sont ceux de ce dossier"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_on"].latest = on


class DeathForm(forms.Form):
    """The day of a death."""

    on = DateTextField(label=_("Décédé le"))

    def __init__(self, *args: Any, born: date, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].earliest, self.fields["on"].latest = born, on
