"""What may be seen of the outbox: by the sender of a message, what became of it."""

from collections.abc import Iterable

from django.db.models import QuerySet

from virage.notifications.models import Message


def messages_about(subject_kind: str, subject_ref: str) -> QuerySet[Message]:
    """The messages about one thing, latest first. The caller has checked the right to that thing."""
    return Message.objects.filter(subject_kind=subject_kind, subject_ref=subject_ref)


def messages_for(subject_kind: str, refs: Iterable[str], *, template: str) -> dict[str, Message]:
    """The latest message of one template about each of several things, by their reference, in one statement."""
    rows = Message.objects.filter(subject_kind=subject_kind, subject_ref__in=refs, template=template)
    return {message.subject_ref: message for message in rows.order_by("created_at", "id")}
