"""Who enters the room of the privacy officer. Nothing in it is about one patient."""

from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.accounts.roles import Permission


def must_watch(by: Membership | None) -> Membership:
    """The membership, or `Refused`."""
    if by is None or not by.may(Permission.READ_JOURNAL):
        raise Refused(Permission.READ_JOURNAL.value)
    return by
