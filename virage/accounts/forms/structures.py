"""A structure and its teams."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from virage.accounts.forms.fields import NumberField, listed
from virage.accounts.models import Membership, Organisation, Sector, Team
from virage.accounts.reports.members import members_of
from virage.law.lists import entries
from virage.law.regions import regions
from virage.ui.forms import PhoneField

NOT_STRUCTURES = ("domicile", "cabinet_medecin_traitant")


class OrganisationForm(forms.Form):
    """Who the structure is. A public body's nature decides which rights it hands out: it is not changed here."""

    name = forms.CharField(label=gettext_lazy("Nom"), max_length=200)
    sector = forms.ChoiceField(label=gettext_lazy("Secteur"), widget=forms.RadioSelect)
    category = forms.ChoiceField(label=gettext_lazy("Catégorie"))
    finess = NumberField(check="finess", help_text=gettext_lazy("Le numéro du site, 9 caractères."))
    siret = NumberField(
        check="siret", help_text=gettext_lazy("Pour un cabinet ou une structure sans FINESS, 14 chiffres.")
    )
    region = forms.ChoiceField(label=gettext_lazy("Région (2014)"), required=False)
    city = forms.CharField(label=gettext_lazy("Commune"), max_length=100, required=False)
    phone = PhoneField(required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(organisation, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.fields["sector"].choices = [one for one in Sector.choices if one[0] != Sector.PUBLIC]
        places = entries("places").items()
        language = get_language() or "fr"
        self.fields["category"].choices = [(n, e.label.of(language)) for n, e in places if n not in NOT_STRUCTURES]
        self.fields["region"].choices = [("", "—"), *((one.code, one.name) for one in regions().values())]
        self.fields["phone"].region = organisation.region
        if organisation.sector == Sector.PUBLIC:
            del self.fields["sector"], self.fields["category"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        category, sector = cleaned.get("category"), cleaned.get("sector")
        if category and sector and sector not in entries("places")[category].settings:
            self.add_error("category", _("Cette catégorie n’est pas de ce secteur."))
        return cleaned


class TeamForm(forms.Form):
    """A team: its name, its specialty if it answers requests for opinions, its members."""

    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120)
    specialty = forms.ChoiceField(
        label=gettext_lazy("Spécialité"),
        required=False,
        help_text=gettext_lazy("Seulement pour un groupe d’experts qui répond aux demandes d’avis."),
    )
    members = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Membres"),
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        to_field_name="ref",
    )

    def __init__(self, *args: Any, organisation: Organisation, team: Team | None, on: Any, **kwargs: Any) -> None:
        if team:
            members = [one.ref for one in team.members.all()]
            kwargs.setdefault("initial", {"name": team.name, "specialty": team.specialty, "members": members})
        super().__init__(*args, **kwargs)
        self.organisation, self.team = organisation, team
        self.fields["specialty"].choices = listed("specialties")
        self.fields["members"].queryset = members_of(organisation, on, state="")
        self.fields["members"].label_from_instance = lambda row: row.user.get_full_name()

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        others = Team.objects.filter(organisation=self.organisation, name=name)
        if others.exclude(pk=self.team.pk if self.team else None).exists():
            raise ValidationError(_("Une équipe de ce nom existe déjà."), code="taken")
        return name
