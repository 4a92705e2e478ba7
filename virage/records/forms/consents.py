"""Consent to an act."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from virage.records.models import Consent, ConsentBy, Contact, ContactKind, Patient
from virage.records.rules.consents import Said, problems
from virage.records.rules.contacts import ADULT
from virage.ui.forms import DateTextField

NEEDED = {
    "representative": _("Choisissez le représentant, ou écrivez son nom et sa qualité."),
    "alone_reason": _("Le patient est mineur : demandez à un parent, ou écrivez pourquoi il consent seul."),
    "impossible_reason": _("Écrivez pourquoi le consentement n’a pas pu être recueilli."),
    "trusted_person": _("Écrivez qui a été informé."),
    "trusted_person_told_on": _("Écrivez quand elle a été informée."),
}


class ConsentForm(forms.ModelForm):
    """Consent to one act, said aloud or written, recorded by a professional; or why it could not be collected."""

    represented_by = forms.ModelChoiceField(
        Contact.objects.none(),
        label=_("Représentant noté au dossier"),
        required=False,
        empty_label=_("Une autre personne"),
        to_field_name="ref",
    )
    trusted_person_told_on = DateTextField(label=_("Informée le"), required=False)

    class Meta:
        model = Consent
        fields = (
            "given_by",
            "informed_on_exchange",
            "represented_by",
            "representative",
            "alone_reason",
            "impossible_reason",
            "trusted_person_informed",
            "trusted_person",
            "trusted_person_told_on",
            "how",
            "language",
            "interpreter",
        )
        widgets = {"given_by": forms.RadioSelect, "how": forms.RadioSelect(attrs={"class": "choices-inline"})}
        labels = {
            "given_by": _("Qui consent à cet acte ?"),
            "informed_on_exchange": _("Informé que ses données sont échangées pour cet avis, et ne s’y oppose pas"),
            "trusted_person": _("Personne de confiance : nom"),
            "how": _("Comment"),
            "language": _("Langue, si ce n’est pas le français"),
            "interpreter": _("Interprète, s’il y en a eu un"),
        }
        help_texts = {
            "representative": _("Seulement si un représentant consent"),
            "alone_reason": _("Seulement pour un mineur : la loi laisse ces cas à votre jugement"),
            "impossible_reason": _("Seulement si le consentement ne peut pas être recueilli"),
        }

    def __init__(self, *args: Any, patient: Patient | None = None, on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given_by"].choices = ConsentBy.choices
        self.fields["given_by"].required = True
        self.fields["how"].required = False
        self.minor = bool(patient and on and patient.age(on) < ADULT)
        self.fields["trusted_person_told_on"].latest = on
        if patient and on:
            self._near(patient, on)
        if not self.minor:
            del self.fields["alone_reason"]

    def _near(self, patient: Patient, on: date) -> None:
        """Propose those who are noted near the patient."""
        able = Contact.objects.representing(patient, on)
        self.fields["represented_by"].queryset = Contact.objects.filter(pk__in=[one.pk for one in able])
        trusted = Contact.objects.current().filter(patient=patient, kind=ContactKind.TRUSTED).first()
        self.fields["trusted_person"].initial = trusted.name if trusted else ""
        if self.minor:
            self.fields["given_by"].initial = ConsentBy.REPRESENTATIVE

    def clean_how(self) -> str:
        return self.cleaned_data["how"] or "oral"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        said = {name: value for name, value in cleaned.items() if name != "represented_by" and value is not None}
        chosen = cleaned.get("represented_by")
        if chosen and cleaned.get("given_by") == ConsentBy.REPRESENTATIVE:
            said["representative"] = str(chosen)
        for name in problems(Said(**({"given_by": ""} | said)), minor=self.minor):
            if name in NEEDED and name in self.fields and name not in self.errors:
                self.add_error(name, NEEDED[name])
        given = cleaned.get("given_by") in (ConsentBy.PATIENT, ConsentBy.REPRESENTATIVE)
        if given and not cleaned.get("informed_on_exchange"):
            text = _("Sans cette information, ou s’il s’y oppose, ses données ne peuvent pas être échangées.")
            self.add_error("informed_on_exchange", text)
        return cleaned
