"""Consent to an act."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from virage.records.models import Consent, ConsentBy
from virage.records.rules import consents


class ConsentForm(forms.ModelForm):
    """Consent to one act, said aloud and recorded by a professional; or why it could not be collected."""

    class Meta:
        model = Consent
        fields = ("given_by", "informed_on_exchange", "representative", "impossible_reason", "trusted_person_informed")
        widgets = {"given_by": forms.RadioSelect}
        labels = {
            "given_by": _("Qui consent à cet acte ?"),
            "informed_on_exchange": _("Informé que ses données sont échangées pour cet avis, et ne s’y oppose pas"),
        }
        help_texts = {
            "representative": _("Seulement si un représentant consent"),
            "impossible_reason": _("Seulement si le consentement ne peut pas être recueilli"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given_by"].choices = ConsentBy.choices
        self.fields["given_by"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given_by = cleaned.get("given_by", "")
        missing = consents.problems(given_by, cleaned.get("representative", ""), cleaned.get("impossible_reason", ""))
        if "representative" in missing:
            self.add_error("representative", _("Écrivez le nom et la qualité du représentant."))
        if "impossible_reason" in missing:
            self.add_error("impossible_reason", _("Écrivez pourquoi le consentement n’a pas pu être recueilli."))
        if given_by in (ConsentBy.PATIENT, ConsentBy.REPRESENTATIVE) and not cleaned.get("informed_on_exchange"):
            text = _("Sans cette information, ou s’il s’y oppose, ses données ne peuvent pas être échangées.")
            self.add_error("informed_on_exchange", text)
        return cleaned
