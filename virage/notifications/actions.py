"""Post a message: write the row, and ask a worker to send it once this transaction is in."""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from virage.notifications.models import Message


@transaction.atomic
def post(
    template: str,
    *,
    address: str,
    language: str,
    link: str,
    subject_kind: str,
    subject_ref: str,
    once: str,
    at: datetime,
    due_at: datetime | None = None,
) -> Message | None:
    """Put a message in the outbox, once per `once` (person + reason); None when it is there already."""
    message, created = Message.objects.get_or_create(
        once=once,
        defaults={
            "template": template,
            "address": address,
            "language": language,
            "link": link,
            "subject_kind": subject_kind,
            "subject_ref": subject_ref,
            "due_at": due_at or at,
            "created_at": at,
        },
    )
    if not created:
        return None
    app.configure_task("notifications.send_due").defer()
    return message
