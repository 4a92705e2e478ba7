"""Who may do what, as the page of rights shows the table of `roles`."""

from dataclasses import dataclass

from virage.accounts.models import Membership
from virage.accounts.reports.words import RIGHTS, ROLES
from virage.accounts.roles import PASSING, TABLE, Permission, Role, roles_with


@dataclass(frozen=True)
class Right:
    """One thing that can be done: in words, which roles allow it, and whether one may oneself."""

    slug: str
    words: str
    roles: list[tuple[str, bool]]
    mine: bool


@dataclass(frozen=True)
class RoleCard:
    """One role: what it allows, and whether it is one's own."""

    name: str
    rights: list[str]
    mine: bool
    passing: bool


def rights_table(membership: Membership | None) -> list[Right]:
    """Every permission in the order of the table; each role with whether it is one's own."""
    own = set(membership.roles) if membership else set()
    return [
        Right(
            permission.value,
            str(RIGHTS[permission]),
            [(str(ROLES[role]), role.value in own) for role in roles_with(permission)],
            bool(membership and membership.may(permission)),
        )
        for permission in Permission
    ]


def role_cards(membership: Membership | None) -> list[RoleCard]:
    """Every role, one's own first."""
    own = set(membership.roles) if membership else set()
    cards = [
        RoleCard(
            str(ROLES[role]),
            [str(RIGHTS[permission]) for permission in Permission if permission in TABLE[role]],
            role.value in own,
            role in PASSING,
        )
        for role in Role
    ]
    return sorted(cards, key=lambda card: not card.mine)


def missing(reason: str) -> dict[str, object]:
    """For a refusal that names a permission: what it allows and which roles have it; else nothing."""
    if reason not in {permission.value for permission in Permission}:
        return {}
    permission = Permission(reason)
    names = [str(ROLES[role]) for role in roles_with(permission)]
    return {"slug": reason, "words": str(RIGHTS[permission]), "roles": names}
