"""What may be seen of the outbox: by the sender of a message, what became of it."""

from django.db.models import QuerySet

from virage.notifications.models import Message


def messages_about(subject_kind: str, subject_ref: str) -> QuerySet[Message]:
    """The messages about one thing, latest first. The caller has checked the right to that thing."""
    return Message.objects.filter(subject_kind=subject_kind, subject_ref=subject_ref)
