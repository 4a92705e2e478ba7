"""The door to what a role allows: `require` in every action, `may` on every page; and who needs a second factor."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from virage.accounts.models import Membership, Team, User
from virage.accounts.roles import Permission
from virage.ui.prepared import MOST_KEPT, stand_in

USER, MEMBER, ORGANISATION = stand_in(1), stand_in(2), stand_in(3)
FIRST_TEAM = 10


class Refused(Exception):  # noqa: N818 (a refusal, said to the user)
    """One may see this, but not do that: shown as 403 with the reason (a code, said in words by the page)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def require(by: Membership, permission: Permission) -> None:
    """Raise `Refused` unless this membership's roles allow it."""
    if not by.may(permission):
        raise Refused(permission.value)


@dataclass(frozen=True)
class Like:
    """Anyone in that position, to build a list with that `ui.prepared` keeps for all of them: `member` bears stand-ins
    for keys, `values` the person's own, `shape` what the words of the SQL may depend on."""

    member: Membership
    values: dict[int, int]
    shape: Hashable


def like(by: Membership) -> Like:
    """The position of this membership: its roles, its profession, how many teams of which kind."""
    teams = list(by.teams.values_list("pk", "specialty"))
    shape = (tuple(by.roles), by.user.profession, tuple(bool(specialty) for _key, specialty in teams))
    values = {USER: by.user_id, MEMBER: by.pk, ORGANISATION: by.organisation_id}
    values |= {stand_in(FIRST_TEAM + rank): key for rank, (key, _specialty) in enumerate(teams)}
    return Like(_anyone(*shape), values, shape)


@lru_cache(maxsize=MOST_KEPT)
def _anyone(roles: tuple[str, ...], profession: str, pools: tuple[bool, ...]) -> Membership:
    teams = [Team(pk=stand_in(FIRST_TEAM + rank), specialty="x" if pool else "") for rank, pool in enumerate(pools)]
    held = Team.objects.all()
    held._result_cache, held._prefetch_done = teams, True  # as prefetch_related leaves them
    user = User(pk=USER, profession=profession)
    member = Membership(pk=MEMBER, user=user, organisation_id=ORGANISATION, roles=list(roles))
    member._prefetched_objects_cache = {"teams": held}
    return member


BEGAN, SEEN, SHARED, LOCKED = "began", "seen", "shared", "locked"
"""What a session keeps of itself: two moments in seconds, whether the computer is shared, whether it is locked."""

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes come with these and never stand alone."""


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def must_set_up(request: HttpRequest) -> bool:
    """A professional without a second factor, who has not signed in by a provider that asks for one itself."""
    if settings.DEMO or not request.memberships:
        return False
    records = get_authentication_records(request, request.user)
    strong = any(one.get("provider") in settings.STRONG_PROVIDERS for one in records)
    return not strong and not has_second_factor(request.user)


def may_remove(factor: Authenticator, *, on: date) -> bool:
    """A professional's last second factor stays, but in the demo."""
    others = Authenticator.objects.filter(user=factor.user, type__in=FACTORS).exclude(pk=factor.pk)
    return settings.DEMO or others.exists() or not factor.user.memberships_on(on)
