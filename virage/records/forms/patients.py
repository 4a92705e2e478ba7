"""Finding a patient; identity and administrative facts."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, Organisation, Sector
from virage.kernel.identifiers import INS_OIDS, OID_INS_NIA, OID_INS_NIR, OID_INS_NIR_DEMO, OID_INS_NIR_TEST, compact
from virage.law.lists import entries
from virage.law.regions import regions
from virage.records.models import Patient
from virage.records.rules.identity import Sought, Traits, sought, status_problems
from virage.ui.forms import BirthDateField, PhoneField, read_date

OIDS = {
    OID_INS_NIR: _("NIR"),
    OID_INS_NIA: _("NIA (en attente de NIR)"),
    OID_INS_NIR_TEST: _("NIR de test"),
    OID_INS_NIR_DEMO: _("NIR de démonstration"),
}


class SearchForm(forms.Form):
    """One field for a name, a birth date or a matricule. Always posted: a name in an address would end in logs."""

    q = forms.CharField(label=_("Nom, date de naissance ou matricule INS"), max_length=100, required=False)

    @property
    def wanted(self) -> Sought:
        text = self.cleaned_data.get("q", "") if self.is_valid() else ""
        try:
            return sought(text, read_date(text.strip()))
        except ValueError:
            return sought(text, None)


def _labels(kind: str) -> list[tuple[str, str]]:
    language = get_language() or "fr"
    return [(name, entry.label.of(language)) for name, entry in entries(kind).items()]


class PatientForm(forms.ModelForm):
    """Identity traits of the INS, place of life, and what the payer needs."""

    birth_date = BirthDateField()
    place = forms.ChoiceField(label=_("Lieu de vie"))
    region = forms.ChoiceField(label=_("Région de résidence (2014)"))
    phone = PhoneField(required=False)
    ins_oid = forms.ChoiceField(label=_("Nature du matricule"), required=False)

    class Meta:
        model = Patient
        fields = (
            "birth_name",
            "first_names",
            "birth_date",
            "sex",
            "birth_place",
            "used_name",
            "used_first_name",
            "identity_status",
            "ins",
            "ins_oid",
            "place",
            "residence",
            "region",
            "address",
            "postcode",
            "city",
            "phone",
            "email",
            "nir",
            "birth_rank",
            "fund",
            "rate",
        )
        widgets = {
            "sex": forms.RadioSelect(attrs={"class": "choices-inline"}),
            "birth_place": forms.TextInput(attrs={"class": "w-short"}),
            "ins": forms.TextInput(attrs={"class": "w-medium", "inputmode": "numeric", "autocomplete": "off"}),
            "nir": forms.TextInput(attrs={"class": "w-medium", "inputmode": "numeric", "autocomplete": "off"}),
            "postcode": forms.TextInput(attrs={"class": "w-short", "inputmode": "numeric", "autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "birth_rank": forms.NumberInput(attrs={"class": "w-short"}),
            "fund": forms.TextInput(attrs={"class": "w-short"}),
            "rate": forms.NumberInput(attrs={"class": "w-short"}),
        }
        help_texts = {
            "first_names": _("Tous les prénoms de l’acte de naissance, dans l’ordre, séparés par des espaces"),
            "birth_place": _("Code INSEE de la commune, ou du pays (99…)"),
            "identity_status": _("Validée : pièce d’identité vue. Récupérée et qualifiée : avec le matricule INS"),
            "ins": _("13 caractères et 2 de clé"),
            "nir": _("Celui de l’assuré, pour le paiement"),
        }

    def __init__(self, *args: Any, by: Membership, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].latest = on
        self.fields["sex"].choices = Patient._meta.get_field("sex").choices
        self.fields["place"].choices = [("", "—"), *_labels("places")]
        self.fields["region"].choices = [("", "—"), *((r.code, r.name) for r in regions().values())]
        self.fields["ins_oid"].choices = [("", "—"), *((oid, OIDS[oid]) for oid in INS_OIDS)]
        self.fields["phone"].region = self.instance.region or by.organisation.region
        homes = Q(pk=by.organisation_id, sector__in=[Sector.MEDICO_SOCIAL, Sector.HOSPITAL])
        homes |= Q(pk=self.instance.residence_id)
        self.fields["residence"].queryset = Organisation.objects.filter(homes)
        self.fields["rate"].max_value = 100

    def clean_ins(self) -> str:
        return compact(self.cleaned_data["ins"])

    def clean_nir(self) -> str:
        return compact(self.cleaned_data["nir"])

    def clean_postcode(self) -> str:
        postcode: str = self.cleaned_data["postcode"].strip()
        if postcode and not (len(postcode) == 5 and postcode.isascii() and postcode.isdigit()):
            raise ValidationError(_("Un code postal a cinq chiffres."))
        return postcode

    def clean_rate(self) -> int:
        rate: int = self.cleaned_data["rate"]
        if rate > 100:
            raise ValidationError(_("Le taux va de 0 à 100 %."))
        return rate

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if status_problems(cleaned.get("identity_status", ""), cleaned.get("ins", "")):
            self.add_error("ins", _("Une identité récupérée ou qualifiée a un matricule INS."))
        if cleaned.get("ins") and not cleaned.get("ins_oid"):
            self.add_error("ins_oid", _("Dites de quelle nature est ce matricule."))
        return cleaned

    @property
    def traits(self) -> Traits:
        found = self.cleaned_data
        return Traits(found["birth_name"], found["first_names"], found["sex"], found["birth_date"], found["ins"])
