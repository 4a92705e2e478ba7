"""To whom a way into the patient's own page is given, and how."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from virage.kernel.phones import takes_sms
from virage.records.actions.own_page import Asked
from virage.records.models import Contact, Patient
from virage.records.models.own_page import Way
from virage.ui.forms import PhoneField

PATIENT = "patient"
LASTS = [("week", _("Une semaine")), ("month", _("Un mois")), ("quarter", _("Trois mois"))]


class AccessForm(forms.Form):
    """The patient, or one who may stand for him or her; the channel, and where the codes go."""

    who = forms.ChoiceField(label=_("Pour qui"), widget=forms.RadioSelect)
    way = forms.ChoiceField(label=_("Comment"), choices=Way.choices, widget=forms.RadioSelect)
    phone = PhoneField(
        label=_("Téléphone mobile"),
        required=False,
        help_text=_("À chaque visite, un code y est envoyé par SMS. Relisez le numéro avec la personne."),
    )
    email = forms.EmailField(
        label=_("Adresse électronique"),
        required=False,
        help_text=_("Le code y est envoyé s’il n’y a pas de mobile."),
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Langue"), choices=settings.LANGUAGES, widget=forms.RadioSelect({"class": "choices-inline"})
    )
    lasts = forms.ChoiceField(
        label=_("Durée"), choices=LASTS, widget=forms.RadioSelect({"class": "choices-inline"}), initial="quarter"
    )

    def __init__(self, *args: Any, patient: Patient, on: date, **kwargs: Any) -> None:
        email, phone = patient.email, patient.phone if takes_sms(patient.phone) else ""
        initial = {"who": PATIENT, "way": Way.PAPER, "email": email, "phone": phone, "language": "fr"}
        initial["way"] = Way.SMS if phone else Way.EMAIL if email else Way.PAPER
        super().__init__(*args, initial=initial | {"lasts": "quarter"}, **kwargs)
        self.people = {one.ref: one for one in Contact.objects.representing(patient, on)}
        named = [(ref, _("%(name)s, représentant") % {"name": one.name}) for ref, one in self.people.items()]
        self.fields["who"].choices = [(PATIENT, _("Le patient")), *named]
        self.fields["phone"].region = patient.region

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not takes_sms(phone):
            raise forms.ValidationError(_("Ce numéro n’est pas celui d’un mobile : aucun SMS n’y arriverait."))
        return phone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("way") == Way.SMS and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Écrivez le numéro qui recevra le lien."))
        if cleaned.get("way") == Way.EMAIL and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Écrivez l’adresse qui recevra le lien."))
        return cleaned

    @property
    def asked(self) -> Asked:
        """What was typed, once valid."""
        facts = {name: self.cleaned_data[name] for name in ("way", "email", "phone", "language", "lasts")}
        return Asked(representative=self.people.get(self.cleaned_data["who"]), **facts)
