"""What may be seen of the outbox: by the sender of a message, what became of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from virage.notifications.models import Message, MessageState, OptOut
from virage.notifications.rules.templates import TEMPLATES


def messages_about(subject_kind: str, subject_ref: str) -> QuerySet[Message]:
    """The messages about one thing, latest first. The caller has checked the right to that thing."""
    return Message.objects.filter(subject_kind=subject_kind, subject_ref=subject_ref)


def messages_for(subject_kind: str, refs: Iterable[str], *, template: str) -> dict[str, Message]:
    """The latest message of one template about each of several things, by their reference, in one statement."""
    rows = Message.objects.filter(subject_kind=subject_kind, subject_ref__in=refs, template=template)
    return {message.subject_ref: message for message in rows.order_by("created_at", "id")}


def unwanted_by(address: str) -> set[str]:
    """The kinds of message that this address wants no more."""
    return set(OptOut.objects.filter(address=address.lower()).values_list("kind", flat=True))


def is_unwanted(message: Message) -> bool:
    """Whether its recipient wants no more of its kind; a message whose words are unknown fails elsewhere."""
    words = TEMPLATES.get(message.template)
    return words is not None and words.kind in unwanted_by(message.address)


def failed_to(addresses: Iterable[str], *, since: datetime) -> QuerySet[Message]:
    """The messages to these addresses that were given up since then, latest first."""
    rows = Message.objects.filter(state=MessageState.FAILED, address__in=list(addresses), created_at__gte=since)
    return rows.order_by("-created_at", "-id")
