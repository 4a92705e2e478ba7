"""Post a message: write the row, and ask a worker to send it once this transaction is in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from virage.notifications.models import Channel, Message

SEND_JOB = "notifications.send_due"


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
    channel: str = Channel.EMAIL,
) -> Message | None:
    """Put a message in the outbox, once per `once` (person + reason); None when it is there already. An SMS goes to
    a number in E.164."""
    message, created = Message.objects.get_or_create(
        once=once,
        defaults={
            "template": template,
            "channel": channel,
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
    app.configure_task(SEND_JOB).defer()
    return message


@dataclass(frozen=True)
class Recipient:
    """Whom a message goes to; `once` is unique for this person and this reason."""

    address: str
    language: str
    once: str


def post_all(
    template: str,
    recipients: Iterable[Recipient],
    *,
    link: str,
    subject_kind: str,
    subject_ref: str,
    at: datetime,
) -> None:
    """The same message to several people, in two statements; those who have it already don't get it again."""
    rows = [
        Message(
            template=template,
            address=one.address,
            language=one.language,
            once=one.once,
            link=link,
            subject_kind=subject_kind,
            subject_ref=subject_ref,
            due_at=at,
            created_at=at,
        )
        for one in recipients
    ]
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        app.configure_task(SEND_JOB).defer()
