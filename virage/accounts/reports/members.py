"""The people of a structure, its facts and teams, as its administrator sees them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import CooperationAuthorisation, Membership, Organisation, Sector, Team, User
from virage.accounts.reports.words import profession_words, role_words
from virage.kernel.identifiers import finess_problems, rpps_problems, siret_problems
from virage.kernel.names import normalise
from virage.law.lists import label
from virage.law.regions import regions

STATES = {
    "present": _("Présents"),
    "suspended": _("Suspendus"),
    "future": _("À venir"),
    "former": _("Partis"),
}
STATE_OF_ONE = {
    "present": ("ok", _("présent")),
    "suspended": ("off", _("suspendu")),
    "future": ("wait", _("à venir")),
    "former": ("off", _("parti")),
}


def members_of(
    organisation: Organisation, on: date, *, state: str = "present", role: str = "", text: str = ""
) -> QuerySet[Membership]:
    """Who works in a structure on that day, by name; `state` empty: who has not left, the suspended too."""
    rows = Membership.objects.filter(organisation=organisation)
    there = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    rows = {
        "present": rows.in_force(on),
        "suspended": rows.filter(there, suspended_at__isnull=False),
        "future": rows.filter(starts_on__gt=on),
        "former": rows.filter(ends_on__lte=on),
    }.get(state, rows.filter(there))
    if role:
        rows = rows.filter(roles__contains=[role])
    for word in normalise(text).split()[:4]:
        rows = rows.filter(Q(user__sort_name__startswith=word) | Q(user__sort_name__contains=f" {word}"))
    return rows.select_related("user", "organisation").order_by("user__sort_name", "id")


def state_of(row: Membership, on: date) -> str:
    """A key of `STATES`."""
    if row.ends_on and row.ends_on <= on:
        return "former"
    if row.suspended_at:
        return "suspended"
    return "future" if row.starts_on > on else "present"


@dataclass(frozen=True)
class Card:
    """A person in a structure, in words."""

    row: Membership
    state: str
    look: str
    state_words: str
    roles: list[str]
    profession: str
    sector: str
    rpps_doubtful: bool


def card(row: Membership, on: date) -> Card:
    state = state_of(row, on)
    look, words = STATE_OF_ONE[state]
    sector = label("agreement_sectors", row.user.agreement_sector).of(get_language() or "fr")
    doubtful = bool(row.user.rpps and rpps_problems(row.user.rpps))
    return Card(row, state, look, str(words), role_words(row.roles), profession_words(row.user), sector, doubtful)


def csv_header() -> list[object]:
    return [
        _("Nom"),
        _("Prénom"),
        _("Adresse électronique"),
        _("Profession"),
        "RPPS",
        _("Rôles"),
        _("Équipes"),
        _("Exercice"),
        _("Premier jour"),
        _("Fin"),
        _("État"),
    ]


def csv_row(row: Membership, on: date) -> list[object]:
    one = card(row, on)
    return [
        row.user.last_name,
        row.user.first_name,
        row.user.email,
        one.profession,
        row.user.rpps,
        ", ".join(one.roles),
        ", ".join(team.name for team in row.teams.all()),
        str(row.get_employment_display()),
        row.starts_on.isoformat(),
        row.ends_on.isoformat() if row.ends_on else "",
        one.state_words,
    ]


@dataclass(frozen=True)
class Authorisation:
    """An article 51 authorisation, in words."""

    row: CooperationAuthorisation
    region: str
    in_force: bool
    over: bool


def authorisations_of(user: User, on: date) -> list[Authorisation]:
    """Of one person, the latest first."""
    found = regions()
    return [
        Authorisation(
            row,
            found[row.region].name if row.region in found else row.region,
            row.starts_on <= on and (row.ends_on is None or on < row.ends_on),
            row.ends_on is not None and row.ends_on <= on,
        )
        for row in CooperationAuthorisation.objects.filter(user=user).order_by("-starts_on", "-id")
    ]


def facts_of(organisation: Organisation) -> dict[str, Any]:
    """What the page of a structure says in words, and which of its numbers have a key that does not fit."""
    public = organisation.sector == Sector.PUBLIC
    found = regions().get(organisation.region)
    return {
        "category": "" if public else label("places", organisation.category).of(get_language() or "fr"),
        "region": found.name if found else "",
        "finess_doubtful": bool(organisation.finess and finess_problems(organisation.finess)),
        "siret_doubtful": bool(organisation.siret and siret_problems(organisation.siret)),
    }


def teams_of(organisation: Organisation, on: date) -> list[dict[str, Any]]:
    """The teams of a structure, by name, with the number of their present members."""
    there = Q(members__in=Membership.objects.in_force(on).filter(organisation=organisation))
    rows = Team.objects.filter(organisation=organisation).annotate(present=Count("members", filter=there))
    language = get_language() or "fr"
    return [
        {"row": row, "specialty": label("specialties", row.specialty).of(language) if row.specialty else ""}
        for row in rows
    ]
