"""Forms of the record: finding a patient, identity, care team, wounds, consent."""

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
from virage.records.actions.care import BY_HAND
from virage.records.models import BodyView, CareReason, Consent, ConsentBy, Patient, Wound
from virage.records.rules import body, consents
from virage.records.rules.identity import Sought, Traits, sought, status_problems
from virage.ui.forms import BirthDateField, DateTextField, read_date

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
            "phone",
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
        homes = Q(pk=by.organisation_id, sector__in=[Sector.MEDICO_SOCIAL, Sector.HOSPITAL])
        homes |= Q(pk=self.instance.residence_id)
        self.fields["residence"].queryset = Organisation.objects.filter(homes)
        self.fields["rate"].max_value = 100

    def clean_ins(self) -> str:
        return compact(self.cleaned_data["ins"])

    def clean_nir(self) -> str:
        return compact(self.cleaned_data["nir"])

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


class CareTeamForm(forms.Form):
    """Whom to let in, why, until when."""

    party = forms.CharField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Pourquoi"), widget=forms.RadioSelect, choices=[(r, CareReason(r).label) for r in BY_HAND]
    )
    until = DateTextField(
        label=_("Jusqu’au"), required=False, help_text=_("Laissez vide si la durée n’est pas connue")
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].earliest = on


class WoundForm(forms.Form):
    """Name and place. The drawing fills `view`, `x` and `y`; without it the named site stands in the middle of it."""

    name = forms.CharField(label=_("Nom de la plaie"), max_length=100, help_text=_("Par exemple : escarre du sacrum"))
    site = forms.ChoiceField(label=_("Localisation"))
    onset = DateTextField(label=_("Apparue le"), required=False, help_text=_("Même approximative"))
    view = forms.ChoiceField(choices=BodyView.choices, required=False, widget=forms.HiddenInput)
    x = forms.IntegerField(min_value=0, max_value=1000, required=False, widget=forms.HiddenInput)
    y = forms.IntegerField(min_value=0, max_value=1000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, on: date, wound: Wound | None = None, **kwargs: Any) -> None:
        if wound:
            kwargs["initial"] = {name: getattr(wound, name) for name in ("name", "site", "onset", "view", "x", "y")}
        super().__init__(*args, **kwargs)
        self.fields["onset"].latest = on
        language = get_language() or "fr"
        sites = {
            view: [(s.code, s.label(language)) for s in body.SITES if s.view == view] for view, _l in BodyView.choices
        }
        self.fields["site"].choices = [("", "—"), *((label, sites[view]) for view, label in BodyView.choices)]
        if wound and wound.site not in body.BY_CODE:
            self.fields["site"].choices.append((wound.site, wound.site))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        site = body.BY_CODE.get(cleaned.get("site", ""))
        placed = cleaned.get("view") and cleaned.get("x") is not None and cleaned.get("y") is not None
        if site and not placed:
            cleaned.update(view=site.view, x=site.x, y=site.y)
        elif not site and not placed:
            cleaned.update(view=body.FRONT, x=500, y=310)
        return cleaned


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


class HealedForm(forms.Form):
    """The day on which a wound had healed."""

    on = DateTextField(label=_("Cicatrisée le"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].latest = on
