"""Finding a patient; identity and administrative facts."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, Organisation, Sector
from virage.kernel.identifiers import compact
from virage.law.lists import entries
from virage.law.regions import regions
from virage.records.models import BirthKnown, IdDocument, Patient
from virage.records.rules.identity import Sought, Traits, is_birthplace, is_first_of, read_birth, sought, written_birth
from virage.ui.forms import BirthDateField, PhoneField, read_date
from virage.ui.revisions import SEEN, Revised


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


class TraitDateField(BirthDateField):
    """A birth date of which the day or the month may be unknown (00); `known` says what is, once it was read."""

    known = BirthKnown.EXACT

    def to_python(self, value: Any) -> date | None:
        try:
            born, self.known = read_birth(value) if isinstance(value, str) else (value, BirthKnown.EXACT)
        except ValueError:
            born, self.known = super().to_python(value), BirthKnown.EXACT
        return born


def _labels(kind: str) -> list[tuple[str, str]]:
    language = get_language() or "fr"
    return [(name, entry.label.of(language)) for name, entry in entries(kind).items()]


class PatientForm(Revised, forms.ModelForm):
    """Identity traits of the INS, place of life, and what the payer needs."""

    birth_date = TraitDateField(help_text=_("Par exemple 31/12/1940 ; 00 pour un jour ou un mois inconnu"))
    place = forms.ChoiceField(label=_("Lieu de vie"))
    region = forms.ChoiceField(label=_("Région de résidence (2014)"))
    phone = PhoneField(required=False)
    id_document = forms.ChoiceField(
        label=_("Pièce d’identité vue"),
        required=False,
        help_text=_("Si vous recopiez une pièce que vous avez sous les yeux : l’identité sera notée validée"),
    )

    class Meta:
        model = Patient
        fields = (
            "birth_name",
            "first_names",
            "first_name",
            "birth_date",
            "sex",
            "birth_place",
            "used_name",
            "used_first_name",
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
            "nir": forms.TextInput(attrs={"class": "w-medium", "inputmode": "numeric", "autocomplete": "off"}),
            "postcode": forms.TextInput(attrs={"class": "w-short", "inputmode": "numeric", "autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "birth_rank": forms.NumberInput(attrs={"class": "w-short"}),
            "fund": forms.TextInput(attrs={"class": "w-short"}),
            "rate": forms.NumberInput(attrs={"class": "w-short"}),
        }
        help_texts = {
            "first_names": _("Tous les prénoms de l’acte de naissance, dans l’ordre, séparés par des espaces"),
            "first_name": _("S’il est composé sans trait d’union ; sinon, c’est le premier mot de la liste"),
            "birth_place": _("Code INSEE de la commune, ou du pays (99…) ; 99999 s’il est inconnu"),
            "nir": _("Celui de l’assuré, pour le paiement"),
        }

    def __init__(self, *args: Any, by: Membership, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].latest = on
        self.fields["sex"].choices = Patient._meta.get_field("sex").choices
        self.fields["place"].choices = [("", "—"), *_labels("places")]
        self.fields["region"].choices = [("", "—"), *((r.code, r.name) for r in regions().values())]
        if self.instance.pk:
            del self.fields["id_document"]
            self.initial["birth_date"] = written_birth(self.instance.birth_date, self.instance.birth_date_known)
        else:
            self.fields["id_document"].choices = [("", "—"), *IdDocument.choices]
        self.fields["phone"].region = self.instance.region or by.organisation.region
        homes = Q(pk=by.organisation_id, sector__in=[Sector.MEDICO_SOCIAL, Sector.HOSPITAL])
        homes |= Q(pk=self.instance.residence_id)
        self.fields["residence"].queryset = Organisation.objects.filter(homes)
        self.fields["rate"].max_value = 100
        if self.instance.pk:
            self.watch(self.instance)

    def clean_birth_place(self) -> str:
        code = compact(self.cleaned_data["birth_place"])
        if code and not is_birthplace(code):
            raise ValidationError(
                _("Écrivez le code INSEE, cinq caractères : 67482, 2A004, 97411, ou 99… à l’étranger.")
            )
        return code

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
        first, names = cleaned.get("first_name", ""), cleaned.get("first_names", "")
        if names and not first:
            cleaned["first_name"] = names.split()[0]
        elif names and not is_first_of(first, names):
            self.add_error("first_name", _("La liste des prénoms commence par celui-ci."))
        cleaned["birth_date_known"] = self.fields["birth_date"].known
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """What `create_patient` and `edit_patient` write."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("id_document", SEEN)}

    @property
    def traits(self) -> Traits:
        found = self.cleaned_data
        names = (found["birth_name"], found["first_names"], found["sex"], found["birth_date"])
        return Traits(*names, self.instance.ins, found["birth_place"])
