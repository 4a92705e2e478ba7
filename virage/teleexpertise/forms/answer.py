"""Forms of the one who answers: filters of the inbox, reasons, whom to pass on to, the advice and its items."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, Team
from virage.accounts.roles import Role
from virage.kernel.names import normalise
from virage.teleexpertise import access
from virage.teleexpertise.models import Expertise, Item, Phrase, Urgency
from virage.teleexpertise.states import ACCEPTED, SENT, WAITING
from virage.ui.forms import FilterForm

MOST_OFFERED = 30
"""Pools or experts offered at once: beyond that the search narrows them."""


class InboxFilter(FilterForm):
    """Without a filter: all that waits for this expert."""

    which = forms.ChoiceField(
        label=_("Quelles demandes"),
        choices=[
            ("", _("Tout ce qui attend")),
            ("me", _("Adressées à moi")),
            ("pools", _("Adressées à mes groupes")),
            ("accepted", _("Acceptées")),
            ("validate", _("À valider")),
            ("done", _("Répondues")),
        ],
    )
    urgency = forms.ChoiceField(label=_("Urgence"), choices=[("", _("Toutes")), *Urgency.choices])

    def apply(self, by: Membership, at: datetime) -> QuerySet[Expertise]:
        """The rows, in the order in which they are due; those answered from the last one."""
        which = self.values.get("which", "")
        rows = self._rows(which, by, at)
        if urgency := self.values.get("urgency"):
            rows = rows.filter(urgency=urgency)
        return rows

    def _rows(self, which: str, by: Membership, at: datetime) -> QuerySet[Expertise]:
        if which == "validate":
            return access.to_validate(by, at)
        if which == "done":
            done = access.visible(by, at).filter(act__performer=by.pk, act__performed_at__isnull=False)
            return access.listed(done).order_by("-act__performed_at", "-pk")
        rows = access.inbox_of(by, at)
        if which == "me":
            return rows.filter(act__state=SENT, to_member=by.pk)
        if which == "pools":
            return rows.filter(act__state=SENT, to_team__isnull=False)
        return rows.filter(act__state__in=(ACCEPTED, WAITING)) if which == "accepted" else rows


class DeclineForm(forms.Form):
    """Why the expert says no: the requérant reads it."""

    reason = forms.CharField(
        label=_("Pourquoi vous déclinez"),
        max_length=300,
        help_text=_("Le requérant lit ce motif et peut s’adresser à quelqu’un d’autre."),
        widget=forms.Textarea({"rows": 3}),
    )


class ReplyForm(forms.Form):
    """One message of the thread."""

    text = forms.CharField(label=_("Votre message"), max_length=4000, widget=forms.Textarea({"rows": 3}))


class PassOnForm(forms.Form):
    """Another pool or expert, found by name, structure or specialty; sent by POST."""

    q = forms.CharField(
        label=_("Chercher une spécialité, un groupe ou un expert"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "autocomplete": "off", "class": "w-medium"}),
    )
    to = forms.ChoiceField(
        label=_("Transmettre à"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez à qui transmettre."),
            "invalid_choice": _("Choisissez dans la liste."),
        },
    )
    note = forms.CharField(
        label=_("Pourquoi, ou ce qu’il faut savoir"),
        required=False,
        max_length=1000,
        help_text=_("Lu par le destinataire et par le requérant."),
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, data: Any = None, *, by: Membership, expertise: Expertise, at: datetime) -> None:
        super().__init__(data)
        words = normalise(data.get("q", "")) if data else ""
        self.pools = {team.ref: team for team in _pools(words, expertise)}
        self.experts = {one.ref: one for one in _experts(words, by, expertise, at)}
        teams = [(f"team:{ref}", str(team)) for ref, team in self.pools.items()]
        people = [(f"member:{ref}", str(one)) for ref, one in self.experts.items()]
        groups = [(_("Groupes d’experts"), teams), (_("Experts"), people)]
        self.fields["to"].choices = [group for group in groups if group[1]]

    @property
    def found(self) -> bool:
        return bool(self.pools or self.experts)

    @property
    def addressee(self) -> dict[str, Any]:
        """For `pass_on`: `to_team` or `to_member`."""
        kind, _colon, ref = self.cleaned_data["to"].partition(":")
        return {"to_team": self.pools[ref]} if kind == "team" else {"to_member": self.experts[ref]}


def _pools(words: str, expertise: Expertise) -> QuerySet[Team]:
    """Pools that have an expert, but the present one; those of the same specialty first."""
    rows = Team.objects.exclude(specialty="").exclude(pk=expertise.to_team_id)
    rows = rows.filter(members__roles__contains=[Role.EXPERT.value]).distinct()
    for word in words.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(specialty__icontains=word) | Q(organisation__name__icontains=word)
        )
    same = Case(When(specialty=expertise.act.specialty, then=Value(0)), default=Value(1))
    return rows.select_related("organisation").order_by(same, "name", "pk")[:MOST_OFFERED]


def _experts(words: str, by: Membership, expertise: Expertise, at: datetime) -> QuerySet[Membership]:
    """Experts who are there, but oneself; without words, those of one's own pools."""
    rows = Membership.objects.in_force(at.date()).filter(roles__contains=[Role.EXPERT.value]).exclude(user=by.user_id)
    if expertise.to_member_id:
        rows = rows.exclude(pk=expertise.to_member_id)
    if not words:
        rows = rows.filter(teams__in=list(by.teams.exclude(specialty="")))
    for word in words.split():
        rows = rows.filter(
            Q(user__sort_name__icontains=word)
            | Q(user__specialty__icontains=word)
            | Q(organisation__name__icontains=word)
        )
    rows = rows.select_related("user", "organisation").order_by("user__sort_name", "pk").distinct()
    return rows[:MOST_OFFERED]


class AdviceForm(forms.Form):
    """The text of the advice, as it is typed. `revision` is that of the page."""

    revision = forms.IntegerField(widget=forms.HiddenInput({"data-autosave-revision": ""}), min_value=0)
    diagnosis = forms.CharField(
        label=_("Diagnostic"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2, "data-phrase": ""})
    )
    free_text = forms.CharField(
        label=_("Avis"),
        required=False,
        max_length=20000,
        help_text=_("Ce que vous répondez à la question posée."),
        widget=forms.Textarea({"rows": 8}),
    )
    follow_up = forms.CharField(
        label=_("Suivi proposé"),
        required=False,
        max_length=4000,
        help_text=_("Par exemple : nouvelle demande dans deux semaines, avec photographies."),
        widget=forms.Textarea({"rows": 3}),
    )
    teleconsultation = forms.BooleanField(
        label=_("Je propose une téléconsultation"),
        required=False,
        help_text=_("Le requérant pourra l’organiser à partir de cet avis."),
    )
    mark_optional = False

    @property
    def text(self) -> dict[str, Any]:
        """What `save_advice` keeps."""
        return {name: self.cleaned_data[name] for name in ("diagnosis", "free_text", "follow_up", "teleconsultation")}


class ItemForm(forms.Form):
    """Something to propose, and who is to decide it. It is asked for only when it is added."""

    kind = forms.ChoiceField(
        label=_("Nature"), choices=Item.Kind, widget=forms.RadioSelect({"class": "choices-inline"})
    )
    text = forms.CharField(label=_("Ce que vous proposez"), max_length=500, widget=forms.Textarea({"rows": 2}))
    prescriber = forms.ModelChoiceField(
        label=_("Qui décide"),
        queryset=Membership.objects.none(),
        required=False,
        to_field_name="ref",
        empty_label=_("Le médecin traitant, ou le requérant s’il peut prescrire"),
        help_text=_("Un avis n’est pas une prescription : ce prescripteur décide, puis le soin est fait."),
    )
    mark_optional = False
    use_required_attribute = False

    def __init__(self, data: Any = None, *, expertise: Expertise, at: datetime) -> None:
        super().__init__(data, prefix="new", initial={"kind": Item.Kind.DRESSING})
        self.fields["prescriber"].queryset = access.prescribers_of(expertise, at)

    @property
    def begun(self) -> bool:
        """Whether something was typed that would be lost."""
        return bool(self.data.get("new-text", "").strip())


class PhraseForm(forms.Form):
    """A template of advice of one's own."""

    title = forms.CharField(label=_("Titre"), max_length=100, help_text=_("Vous seul le voyez."))
    diagnosis = forms.CharField(label=_("Diagnostic"), required=False, widget=forms.Textarea({"rows": 2}))
    free_text = forms.CharField(label=_("Avis"), required=False, widget=forms.Textarea({"rows": 8}))
    follow_up = forms.CharField(label=_("Suivi proposé"), required=False, widget=forms.Textarea({"rows": 3}))

    @classmethod
    def of(cls, phrase: Phrase) -> "PhraseForm":
        return cls(initial={name: getattr(phrase, name) for name in cls.base_fields})


class ValidationForm(forms.Form):
    """The doctor's words on a nurse's proposal; compulsory to send it back."""

    note = forms.CharField(
        label=_("Votre remarque"),
        required=False,
        max_length=2000,
        help_text=_("Jointe au compte rendu si vous validez ; envoyée à l’infirmier si vous renvoyez."),
        widget=forms.Textarea({"rows": 3}),
    )


class CorrectionForm(forms.Form):
    """Why a signed report is corrected: shown on the new version."""

    reason = forms.CharField(
        label=_("Motif de la correction"),
        max_length=300,
        help_text=_("Écrit sur la nouvelle version. La version signée est gardée."),
        widget=forms.Textarea({"rows": 2}),
    )
