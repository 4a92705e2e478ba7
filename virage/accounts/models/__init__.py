"""People, the structures they work in, in what role, and who is invited there."""

from virage.accounts.models.invitations import Invitation
from virage.accounts.models.people import (
    CooperationAuthorisation,
    Employment,
    Membership,
    MembershipQuerySet,
    Organisation,
    Sector,
    Team,
    User,
    UserManager,
)

__all__ = [
    "CooperationAuthorisation",
    "Employment",
    "Invitation",
    "Membership",
    "MembershipQuerySet",
    "Organisation",
    "Sector",
    "Team",
    "User",
    "UserManager",
]
