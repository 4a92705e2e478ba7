"""A person near the patient."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from virage.records.models import Contact, ContactKind, Patient, Quality
from virage.records.rules.contacts import problems
from virage.ui.forms import PhoneField

SAID = {
    "cannot_represent": (
        "quality",
        _("Seuls un parent, un tuteur, une personne habilitée ou un mandataire peuvent représenter le patient."),
    ),
    "patient_is_adult": ("quality", _("Le patient est majeur : un parent ne le représente plus de ce seul fait.")),
    "patient_is_minor": ("kind", _("Un mineur ne désigne pas de personne de confiance : notez ses représentants.")),
    "unreachable": ("phone", _("Écrivez un téléphone ou une adresse électronique : sans cela on ne peut la joindre.")),
}


class ContactForm(forms.ModelForm):
    """Who, in which role, how to reach that person."""

    phone = PhoneField(required=False)

    class Meta:
        model = Contact
        fields = ("kind", "quality", "name", "phone", "email")
        widgets = {"kind": forms.RadioSelect, "email": forms.EmailInput(attrs={"autocomplete": "off"})}
        help_texts = {"name": _("Comme cette personne se présente au téléphone")}

    def __init__(self, *args: Any, patient: Patient, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patient, self.on = patient, on
        self.fields["kind"].choices = ContactKind.choices
        self.fields["quality"].choices = [("", "—"), *Quality.choices]
        self.fields["phone"].region = patient.region

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "kind" in cleaned and "quality" in cleaned and not self.errors:
            age = self.patient.age(self.on)
            reach = {name: cleaned.get(name, "") for name in ("phone", "email")}
            for code in problems(cleaned["kind"], cleaned["quality"], age=age, **reach):
                self.add_error(*SAID[code])
        return cleaned
