"""The sessions of a person: where he or she is signed in. Each can be ended, and is over at its next request."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import QuerySet

from virage.accounts.actions.security import actor, note, tell
from virage.accounts.models import User
from virage.journal.entries import PLATFORM, Actor


@transaction.atomic
def end_session(*, user: User, session: UserSession, at: datetime) -> None:
    """One of one's own sessions."""
    session.end()
    note(user, "session_ended", by=actor(user), at=at)


@transaction.atomic
def end_other_sessions(*, user: User, keep: str, at: datetime) -> int:
    """All of one's own sessions but the one with the key `keep`; how many there were."""
    return _end(UserSession.objects.filter(user=user).exclude(session_key=keep), user=user, by=actor(user), at=at)


@transaction.atomic
def end_all_sessions(*, user: User, by: Actor, at: datetime) -> int:
    """When an account is suspended, or its factors are taken back; how many there were."""
    return _end(UserSession.objects.filter(user=user), user=user, by=by, at=at)


def _end(rows: QuerySet[UserSession], *, user: User, by: Actor, at: datetime) -> int:
    ended = list(rows)
    for row in ended:
        row.end()
    if ended:
        note(user, "sessions_ended", by=by, at=at, data={"number": len(ended)})
    return len(ended)


@transaction.atomic
def forget_factors(*, user: User, at: datetime) -> int:
    """By the operator, for one who lost them all: they go, with every session; the person is told. How many went."""
    number, _rows = Authenticator.objects.filter(user=user).delete()
    _end(UserSession.objects.filter(user=user), user=user, by=PLATFORM, at=at)
    note(user, "factor_removed", by=PLATFORM, at=at, data={"how": "operator"})
    tell(user, "factor_removed", at=at)
    return number
