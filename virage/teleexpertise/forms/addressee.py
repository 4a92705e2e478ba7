"""To whom: pools of experts first, those of the project before the others; one expert by name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, Team
from virage.accounts.roles import Role
from virage.kernel.names import normalise, slug
from virage.law import lists
from virage.teleexpertise.measures import UsualDelay, usual_delays_of_experts, usual_delays_of_teams
from virage.teleexpertise.models import Expertise

MOST_POOLS, MOST_EXPERTS = 8, 10
REFUSALS = {
    "addressee_is_oneself": _("C’est vous : choisissez quelqu’un d’autre."),
    "addressee_is_requester": _("C’est cette personne qui demande l’avis : choisissez quelqu’un d’autre."),
    "addressee_cannot_answer": _("Personne ne peut répondre à cette adresse aujourd’hui : choisissez-en une autre."),
    "not_a_pool": _("Cette équipe ne donne pas d’avis : choisissez-en une autre."),
}


@dataclass(frozen=True)
class Candidate:
    """One possible addressee; `delay` only where enough answers say what is usual."""

    value: str
    title: str
    note: str
    icon: str
    chosen: bool
    in_project: bool = False
    delay: UsualDelay | None = None

    @property
    def usual(self) -> str:
        """The usual delay in words; empty when too few answers say what it is."""
        if self.delay is None:
            return ""
        hours = round(self.delay.median.total_seconds() / 3600)
        span = ngettext("%(number)s heure", "%(number)s heures", hours) % {"number": hours}
        if hours >= 48:
            span = ngettext("%(number)s jour", "%(number)s jours", hours // 24) % {"number": hours // 24}
        elif hours < 1:
            span = gettext("moins d’une heure")
        return gettext("répond d’habitude en %(span)s (médiane de %(answers)s avis, 90 jours)") % {
            "span": span,
            "answers": self.delay.answers,
        }


class AddresseeForm(forms.Form):
    """`to` is `team:REF` or `member:REF`; `who` is looked for by POST, as names are."""

    who = forms.CharField(
        label=_("Chercher un expert, une structure ou une spécialité"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    to = forms.CharField(required=False, max_length=40)

    @property
    def addressee(self) -> dict[str, Any]:
        """For `choose_addressee` and `resend`; both None when what was posted names nobody."""
        kind, _colon, ref = self.cleaned_data["to"].partition(":")
        found: dict[str, Any] = {"to_team": None, "to_member": None}
        if kind == "team":
            found["to_team"] = Team.objects.select_related("organisation").filter(ref=ref).first()
        elif kind == "member":
            found["to_member"] = Membership.objects.select_related("user", "organisation").filter(ref=ref).first()
        return found


def candidates(expertise: Expertise, by: Membership, words: str, at: datetime) -> list[Candidate]:
    """Without words: the pools that suit, and who is chosen already. With words: pools and experts who match."""
    wanted = words.split()
    pools = list(_pools(expertise, wanted)[:MOST_POOLS])
    experts = list(_experts(expertise, by, wanted, at)[:MOST_EXPERTS]) if wanted else []
    if expertise.to_team and expertise.to_team not in pools:
        pools.insert(0, expertise.to_team)
    if expertise.to_member and expertise.to_member not in experts:
        experts.insert(0, expertise.to_member)
    of_teams = usual_delays_of_teams([team.pk for team in pools], at)
    of_experts = usual_delays_of_experts([one.pk for one in experts], at)
    return [_pool(team, expertise, of_teams.get(team.pk)) for team in pools] + [
        _expert(one, expertise, of_experts.get(one.pk)) for one in experts
    ]


def _pool(team: Team, expertise: Expertise, delay: UsualDelay | None) -> Candidate:
    return Candidate(
        value=f"team:{team.ref}",
        title=team.name,
        note=f"{_specialty(team.specialty)} · {team.organisation.name}",
        icon="people",
        chosen=team.pk == expertise.to_team_id,
        in_project=bool(getattr(team, "in_project", False)),
        delay=delay,
    )


def _expert(one: Membership, expertise: Expertise, delay: UsualDelay | None) -> Candidate:
    specialty = _specialty(one.user.specialty) or lists.label("professions", one.user.profession).of(_lang())
    return Candidate(
        value=f"member:{one.ref}",
        title=str(one.user),
        note=f"{specialty} · {one.organisation.name}",
        icon="person",
        chosen=one.pk == expertise.to_member_id,
        delay=delay,
    )


def _lang() -> str:
    return get_language() or "fr"


def _specialty(name: str) -> str:
    return lists.label("specialties", name).of(_lang()) if name else ""


def _specialties(word: str) -> list[str]:
    """The names of the specialties whose label, in either language, has a word that starts so."""
    start = normalise(word)
    return [
        name
        for name, entry in lists.specialties().items()
        if any(part.startswith(start) for part in normalise(f"{entry.label.fr} {entry.label.en}").split())
    ]


def _pools(expertise: Expertise, words: list[str]) -> QuerySet[Team]:
    rows = Team.objects.exclude(specialty="").filter(members__roles__contains=[Role.EXPERT.value])
    for word in words:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(organisation__name__icontains=word)
            | Q(specialty__icontains=slug(word))
            | Q(specialty__in=_specialties(word))
        )
    act = expertise.act
    mine = list(act.project.pools.values_list("pk", flat=True)) if act.project else []
    rank = Case(
        When(pk__in=mine, then=Value(0)),
        When(organisation__region=act.patient.region, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    in_project = Case(When(pk__in=mine, then=Value(1)), default=Value(0), output_field=IntegerField())
    return (
        rows.annotate(rank=rank, in_project=in_project)
        .select_related("organisation")
        .distinct()
        .order_by("rank", "name", "pk")
    )


def _experts(expertise: Expertise, by: Membership, words: list[str], at: datetime) -> QuerySet[Membership]:
    rows = Membership.objects.in_force(at.date()).filter(roles__contains=[Role.EXPERT.value]).exclude(user=by.user_id)
    for word in words:
        rows = rows.filter(
            Q(user__sort_name__startswith=normalise(word))
            | Q(user__sort_name__contains=f" {normalise(word)}")
            | Q(organisation__name__icontains=word)
            | Q(user__specialty__in=_specialties(word))
        )
    return rows.select_related("user", "organisation").order_by("user__sort_name", "pk")
