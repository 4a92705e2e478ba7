"""What one wants to be told, and trying again what failed."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from virage.journal.moves import Overtaken
from virage.notifications.actions.posting import SEND_JOB
from virage.notifications.models import Message, MessageState, OptOut
from virage.notifications.rules.kinds import OPTIONAL


@transaction.atomic
def stop(*, address: str, kind: str, at: datetime) -> None:
    """No more messages of that kind to that address. Safe to do twice. ValueError for a kind that always goes."""
    if kind not in OPTIONAL:
        raise ValueError(kind)
    OptOut.objects.get_or_create(address=address.lower(), kind=kind, defaults={"since": at})


@transaction.atomic
def resume(*, address: str, kind: str) -> None:
    """Messages of that kind again. Safe to do twice."""
    OptOut.objects.filter(address=address.lower(), kind=kind).delete()


@transaction.atomic
def choose(*, address: str, wanted: Iterable[str], at: datetime) -> None:
    """Of what one may do without, these kinds and no others."""
    chosen = set(wanted)
    for kind in OPTIONAL:
        if kind in chosen:
            resume(address=address, kind=kind)
        else:
            stop(address=address, kind=kind, at=at)


@transaction.atomic
def try_again(*, message: Message, at: datetime) -> None:
    """Send a message that was given up once more, from the first attempt. The caller has checked the right to it.
    Raises `Overtaken` when somebody did so already."""
    given_up = Message.objects.filter(pk=message.pk, state=MessageState.FAILED)
    if not given_up.update(state=MessageState.WAITING, attempts=0, due_at=at, error=""):
        raise Overtaken("try_again", Message.objects.values_list("state", flat=True).get(pk=message.pk))
    message.refresh_from_db()
    app.configure_task(SEND_JOB).defer()
