"""What happens to an account is an entry in the account's own chain, and is told to its owner where it matters.

An entry never holds an address, neither of e-mail nor of the network.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.http import int_to_base36

from virage.accounts.models import User
from virage.journal.entries import PLATFORM, Actor, record
from virage.notifications.actions import post

KIND = "account"


@transaction.atomic
def signed_in(*, user: User, how: str, new_device: bool, at: datetime) -> None:
    """`how`: the ways by which the person proved who it is, the last one last."""
    note(user, "signed_in", by=actor(user), at=at, data={"how": how, "new_device": new_device})
    if new_device:
        tell(user, "new_device", at=at)


def signed_out(*, user: User, at: datetime) -> None:
    note(user, "signed_out", by=actor(user), at=at)


def locked(*, user: User, at: datetime) -> None:
    note(user, "session_locked", by=actor(user), at=at)


def unlocked(*, user: User, how: str, at: datetime) -> None:
    note(user, "session_unlocked", by=actor(user), at=at, data={"how": how})


def refused(*, user: User, how: str, at: datetime) -> None:
    """Somebody, whoever it was, gave a wrong password, code or key."""
    note(user, "sign_in_failed", by=PLATFORM, at=at, data={"how": how})


@transaction.atomic
def locked_out(*, user: User, at: datetime) -> None:
    """Too many failures: once an hour at most, however long somebody goes on."""
    if tell(user, "locked_out", at=at, once=str(int(at.timestamp()) // 3600)):
        note(user, "locked_out", by=PLATFORM, at=at)


@transaction.atomic
def changed(*, user: User, what: str, at: datetime, how: str = "") -> None:
    """`what`: a template of `notifications.rules.security`, which is the verb too."""
    note(user, what, by=actor(user), at=at, data={"how": how} if how else None)
    tell(user, what, at=at)


@transaction.atomic
def send_reset_link(*, user: User, at: datetime, kept: bool = True) -> None:
    """The link to a new password. `kept` False does the same work for nobody: an address that is not known takes as
    long as one that is."""
    link = reverse("account_reset_password_from_key", args=[int_to_base36(user.pk or 0), _token(user)])
    note(user, "password_reset", by=PLATFORM, at=at)
    tell(user, "password_reset", at=at, link=link)
    if not kept:
        transaction.set_rollback(True)


def _token(user: User) -> str:
    return default_token_generator.make_token(user)


def actor(user: User) -> Actor:
    return Actor(id=user.pk, label=user.get_full_name())


def note(user: User, verb: str, *, by: Actor, at: datetime, data: dict[str, Any] | None = None) -> None:
    record(verb, by=by, at=at, subject_kind=KIND, subject_ref=user.ref, data=data)


def tell(user: User, template: str, *, at: datetime, link: str = "", once: str = "") -> bool:
    """False when it has been told already."""
    message = post(
        template,
        address=user.email,
        language=user.language,
        link=link or reverse("mfa_index"),
        subject_kind=KIND,
        subject_ref=user.ref,
        once=f"{template}:{user.ref}:{once or at.isoformat()}",
        at=at,
    )
    return message is not None
