"""The door to what a role allows: `require` in every action, `may` on every page."""

from virage.accounts.models import Membership
from virage.accounts.roles import Permission


class Refused(Exception):  # noqa: N818 (a refusal, said to the user)
    """One may see this, but not do that: shown as 403 with the reason (a code, said in words by the page)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def require(by: Membership, permission: Permission) -> None:
    """Raise `Refused` unless this membership's roles allow it."""
    if not by.may(permission):
        raise Refused(permission.value)
