"""A person's place in a structure, profession, authorisations; who is looked for."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from virage.accounts.actions.invitations import Person, Place
from virage.accounts.actions.members import Profession
from virage.accounts.forms.fields import NumberField, listed
from virage.accounts.models import Employment, Invitation, Membership, Organisation, Team, User
from virage.accounts.reports.members import STATES
from virage.accounts.reports.words import ROLES
from virage.accounts.roles import PASSING, assignable
from virage.law.regions import regions
from virage.ui.forms import DateTextField, FilterForm

LONGEST = timedelta(days=366 * 60)


class PlaceForm(forms.Form):
    """Roles, teams, dates."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Rôles"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Ce que chacun permet : page « Droits »."),
    )
    employment = forms.ChoiceField(
        label=gettext_lazy("Exercice"),
        widget=forms.RadioSelect(attrs={"class": "choices-inline"}),
        choices=Employment.choices,
        initial=Employment.SALARIED,
    )
    starts_on = DateTextField(label=gettext_lazy("Premier jour"), help_text=gettext_lazy("Par exemple 01/09/2026"))
    ends_on = DateTextField(
        label=gettext_lazy("Fin"),
        required=False,
        help_text=gettext_lazy(
            "Le premier jour sans accès. Obligatoire pour un interne, un étudiant, un remplaçant ou un intérimaire."
        ),
    )
    teams = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Équipes"),
        queryset=Team.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        to_field_name="ref",
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role.value, ROLES[role]) for role in assignable(organisation.category)]
        self.fields["teams"].queryset = Team.objects.filter(organisation=organisation)
        self.fields["teams"].label_from_instance = lambda team: team.name
        if not self.fields["teams"].queryset.exists():
            del self.fields["teams"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if PASSING & set(cleaned.get("roles", ())) and not ends_on and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Dites jusqu’à quand : ce rôle est celui d’une personne de passage."))
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("La fin doit venir après le premier jour."))
        return cleaned

    @property
    def place(self) -> Place:
        said = self.cleaned_data
        return Place(
            roles=tuple(said["roles"]),
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            employment=said["employment"],
            teams=tuple(said.get("teams", ())),
        )


def place_of(member: Membership) -> dict[str, Any]:
    """What the form shows of a membership."""
    return {
        "roles": member.roles,
        "employment": member.employment,
        "starts_on": member.starts_on,
        "ends_on": member.ends_on,
        "teams": [team.ref for team in member.teams.all()],
    }


class ProfessionForm(forms.Form):
    """What a person is by profession."""

    profession = forms.ChoiceField(label=gettext_lazy("Profession"), required=False)
    specialty = forms.ChoiceField(label=gettext_lazy("Spécialité"), required=False)
    rpps = NumberField(check="rpps", help_text=gettext_lazy("Les 11 chiffres de la carte CPS ou e-CPS."))
    agreement_sector = forms.ChoiceField(label=gettext_lazy("Secteur conventionnel"), required=False)

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for name, kind in (
            ("profession", "professions"),
            ("specialty", "specialties"),
            ("agreement_sector", "agreement_sectors"),
        ):
            self.fields[name].choices = listed(kind)

    def clean_rpps(self) -> str:
        number: str = self.cleaned_data["rpps"]
        others = User.objects.filter(rpps=number, is_active=True).exclude(pk=self.user.pk if self.user else None)
        if number and others.exclude(email__iexact=self.data.get("email", "")).exists():
            raise ValidationError(_("Ce numéro RPPS est déjà celui d’un autre compte."), code="taken")
        return number

    @property
    def facts(self) -> Profession:
        names = ("profession", "specialty", "rpps", "agreement_sector")
        return Profession(**{name: self.cleaned_data[name] for name in names})


class InviteForm(PlaceForm, ProfessionForm):
    """Who is invited, and what he or she is to be here."""

    email = forms.EmailField(
        label=gettext_lazy("Adresse électronique"), help_text=gettext_lazy("Le lien part à cette adresse.")
    )
    title = forms.CharField(label=gettext_lazy("Civilité"), max_length=20, required=False)
    first_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=100)
    last_name = forms.CharField(label=gettext_lazy("Nom"), max_length=100)
    language = forms.ChoiceField(label=gettext_lazy("Langue du message"), widget=forms.RadioSelect)

    who = ("email", "title", "first_name", "last_name", "language")
    what = ("profession", "specialty", "rpps", "agreement_sector")
    where = ("roles", "employment", "starts_on", "ends_on", "teams")

    def __init__(
        self, *args: Any, organisation: Organisation, languages: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, organisation=organisation, **kwargs)
        self.organisation = organisation
        self.fields["language"].choices = languages

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if Invitation.objects.open().filter(organisation=self.organisation, email__iexact=email).exists():
            raise ValidationError(
                _("Une invitation à cette adresse attend déjà : envoyez-la de nouveau."), code="twice"
            )
        return email

    @property
    def person(self) -> Person:
        return Person(**{name: self.cleaned_data[name] for name in (*self.who[:-1], *self.what)})


class RemoveForm(forms.Form):
    """From when on a person no longer works here."""

    ends_on = DateTextField(
        label=gettext_lazy("Premier jour sans accès"), help_text=gettext_lazy("Aujourd’hui, ou un jour à venir")
    )

    def __init__(self, *args: Any, on: date, starts_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].earliest = max(on, starts_on + timedelta(days=1))


class AuthorisationForm(forms.Form):
    """An article 51 protocol, where and from when to when."""

    protocol = forms.CharField(
        label=gettext_lazy("Protocole"),
        max_length=60,
        help_text=gettext_lazy("Son nom ou son numéro, comme l’écrit l’agence."),
    )
    region = forms.ChoiceField(label=gettext_lazy("Région (2014)"))
    starts_on = DateTextField(label=gettext_lazy("Premier jour"), help_text=gettext_lazy("Par exemple 01/09/2026"))
    ends_on = DateTextField(
        label=gettext_lazy("Fin"), required=False, help_text=gettext_lazy("Laissez vide si elle n’a pas de terme.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [(region.code, region.name) for region in regions().values()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("La fin doit venir après le premier jour."))
        return cleaned


class MemberFilter(FilterForm):
    """By name, role and state."""

    q = forms.CharField(label=gettext_lazy("Nom"), max_length=100, widget=forms.TextInput({"type": "search"}))
    role = forms.ChoiceField(label=gettext_lazy("Rôle"))
    etat = forms.ChoiceField(label=gettext_lazy("État"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role.value, ROLES[role]) for role in assignable(organisation.category)]
        self.fields["role"].choices = [("", _("Tous les rôles")), *roles]
        self.fields["etat"].choices = [("", _("Présents et suspendus")), *STATES.items()]
