"""The rooms of each role: what the left rail and the phone's bottom bar show."""

from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership
from virage.accounts.roles import Permission


@dataclass(frozen=True)
class Room:
    url: str
    label: str
    icon: str
    current: bool


ROOMS = (
    ("home", _("Accueil"), "house", None),
    ("patients", _("Patients"), "people", Permission.SEE_IDENTITY),
    ("teleexpertise:inbox", _("Avis à donner"), "inbox", Permission.ANSWER_EXPERTISE),
    ("teleexpertise:requests", _("Demandes d’avis"), "send", Permission.PREPARE_REQUEST),
    ("teleexpertise:decisions", _("À prescrire"), "clipboard", Permission.DECIDE_ITEM),
    ("teleexpertise:tasks", _("Soins à faire"), "card-checklist", Permission.DO_TASK),
    ("teleexpertise:record", _("Mes actes"), "journal-medical", Permission.SEE_OWN_LINES),
    ("billing:own", _("Mes lignes"), "currency-euro", Permission.SEE_OWN_LINES),
    ("billing:region", _("Lignes de la région"), "currency-euro", Permission.SEE_REGION_LINES),
    ("billing:payer", _("Lignes à payer"), "currency-euro", Permission.PAY_LINES),
    ("records:readings", _("Qui a lu quoi"), "eye", Permission.READ_JOURNAL),
    ("records:emergencies", _("Accès en urgence"), "unlock", Permission.READ_JOURNAL),
    ("privacy:seals", _("Scellés du journal"), "shield-lock", Permission.READ_JOURNAL),
    ("privacy:retention", _("Conservation"), "archive", Permission.READ_JOURNAL),
    ("activity:state", _("État mensuel"), "bar-chart", Permission.SEE_REGION_STATE),
    ("accounts:members", _("Personnes"), "person-badge", Permission.MANAGE_ORGANISATION),
    ("activity:states", _("États des régions"), "bar-chart", Permission.SEE_ALL_STATES),
)


def rooms(membership: Membership, path: str) -> list[Room]:
    """The rooms that this membership may enter, the one of this path marked."""
    allowed = _allowed(membership.permissions)
    current = _current([url for url, _label, _icon in allowed], path)
    return [Room(url=url, label=str(label), icon=icon, current=url == current) for url, label, icon in allowed]


@cache
def _allowed(may: frozenset[Permission]) -> list[tuple[str, Promise, str]]:
    """Address, label and icon of the rooms that these permissions open: the same for all who have them."""
    return [
        (reverse(name), label, icon)
        for name, label, icon, permission in ROOMS
        if permission is None or permission in may
    ]


def _current(urls: list[str], path: str) -> str:
    """The room whose address the path continues, else the first of the same part of the house."""
    around = [url for url in urls if url != "/" and path.startswith(url)]
    nearby = [url for url in urls if url != "/" and url.split("/")[1] == path.split("/")[1]]
    return max(around, key=len, default=next(iter(nearby), "/" if path == "/" else ""))
