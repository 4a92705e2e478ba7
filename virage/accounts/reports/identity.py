"""What a provider of identity said, in words; by which providers one is known."""

from dataclasses import dataclass, field

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, User
from virage.accounts.reports.words import role_words
from virage.accounts.rules.psc import PROVIDER, Situation, is_of
from virage.law.lists import professions

MODES = {"L": _("libéral"), "S": _("salarié"), "B": _("bénévole")}


def situation_words(situation: Situation) -> str:
    """As what, how and where, in the language of the page."""
    language = get_language() or "fr"
    entry = next((one for one in professions().values() if one.code == situation.profession), None)
    parts = (
        entry.label.of(language) if entry else "",
        str(MODES.get(situation.mode, "")),
        situation.place,
    )
    return ", ".join(part for part in parts if part) or str(_("situation sans détail"))


@dataclass(frozen=True)
class Choice:
    """A structure that one may act for, and the situations of practice that fit it: (number, words)."""

    row: Membership
    roles: list[str]
    matched: bool
    situations: list[tuple[int, str]] = field(default_factory=list)


def choices(memberships: list[Membership], known: list[Situation]) -> list[Choice]:
    """Situations are matched by FINESS or SIRET; to a structure that none fits, those without another are offered."""
    numbered = [(number, situation) for number, situation in enumerate(known)]
    fits = {
        row.pk: [
            number
            for number, one in numbered
            if is_of(one, finess=row.organisation.finess, siret=row.organisation.siret)
        ]
        for row in memberships
    }
    taken = {number for numbers in fits.values() for number in numbers}
    free = [number for number, _one in numbered if number not in taken]
    found = []
    for row in memberships:
        offered = fits[row.pk] or free
        words = [(number, situation_words(known[number])) for number in offered]
        found.append(Choice(row, role_words(row.roles), bool(fits[row.pk]), words))
    return found


@dataclass(frozen=True)
class Link:
    """A provider, and whether one is known to it. Pro Santé Connect needs no link: it knows the RPPS number."""

    id: str
    name: str
    linked: bool
    by_hand: bool


def identities_of(user: User) -> list[Link]:
    linked = set(SocialAccount.objects.filter(user=user).values_list("provider", flat=True))
    return [Link(one.id, one.name, one.id in linked, one.id != PROVIDER) for one in settings.IDENTITY_PROVIDERS]
