"""The door to what a role allows: `require` in every action, `may` on every page."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache

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
