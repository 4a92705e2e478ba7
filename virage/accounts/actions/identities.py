"""Who is recognised by a provider of identity: by the RPPS number, or by a link that a person made."""

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from virage.accounts.access import Refused
from virage.accounts.models import User
from virage.journal.entries import Actor, record


def user_by_rpps(rpps: str) -> User | None:
    """The one open account that bears this number; None where none does, or several: nobody guesses."""
    found = list(User.objects.filter(rpps=rpps, is_active=True)[:2]) if rpps else []
    return found[0] if len(found) == 1 else None


@transaction.atomic
def recognise(*, user: User, provider: str, uid: str, at: datetime) -> SocialAccount:
    """Keep that this identity is that person's. A number that was corrected takes the identity with it."""
    row, created = SocialAccount.objects.select_for_update().get_or_create(
        provider=provider, uid=uid, defaults={"user": user, "extra_data": {}}
    )
    if not created and row.user_id != user.pk:
        row.user = user
        row.save(update_fields=["user"])
        created = True
    if created:
        _note("link_identity", user, provider, at=at)
    return row


@transaction.atomic
def link(*, user: User, provider: str, uid: str, at: datetime) -> SocialAccount:
    """A person who is signed in says: this is me too. An identity that is someone else's stays so."""
    row, created = SocialAccount.objects.get_or_create(
        provider=provider, uid=uid, defaults={"user": user, "extra_data": {}}
    )
    if row.user_id != user.pk:
        raise Refused("identity_taken")
    if created:
        _note("link_identity", user, provider, at=at)
    return row


@transaction.atomic
def unlink(*, user: User, provider: str, at: datetime) -> None:
    """The provider no longer opens this account. One that has no password keeps a way in."""
    rows = SocialAccount.objects.select_for_update().filter(user=user)
    mine = [row for row in rows if row.provider == provider]
    if mine and len(mine) == len(rows) and not user.has_usable_password():
        raise Refused("last_way_in")
    for row in mine:
        row.delete()
        _note("unlink_identity", user, provider, at=at)


def _note(verb: str, user: User, provider: str, *, at: datetime) -> None:
    by = Actor(id=user.pk, label=user.get_full_name())
    record(verb, by=by, at=at, subject_kind="user", subject_ref=user.ref, data={"provider": provider})
