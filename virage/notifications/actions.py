"""Post a message: write the row, and ask a worker to send it once this transaction is in. Then send what is due.

Sending is at least once: a worker that dies after the mail server took a message, and before it could note so, leaves
the message to be sent again. The other choice, at most once, would lose the notice of an urgent request in silence,
which harms a patient; a notice that comes twice only annoys. Both copies bear the same Message-ID, by which mail
programs show them as one.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from procrastinate.contrib.django import app

from virage.notifications.models import Message, MessageState
from virage.notifications.rules import CLAIM_LASTS, MAX_ATTEMPTS, compose, retry_after

logger = logging.getLogger(__name__)

SEND_JOB = "notifications.send_due"
BATCH = 50


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


@transaction.atomic
def claim(*, at: datetime, limit: int = BATCH) -> list[Message]:
    """Take messages that are due, and those of workers held for dead; two workers never take the same one.

    `due_at` becomes the end of the claim, so that what a dead worker held falls due again by itself.
    """
    waiting = Message.objects.filter(state__in=[MessageState.WAITING, MessageState.SENDING], due_at__lte=at)
    taken = []
    for message in waiting.select_for_update(skip_locked=True).order_by("due_at", "id")[:limit]:
        if message.attempts >= MAX_ATTEMPTS:  # its worker died at the last attempt
            message.state, message.error = MessageState.FAILED, "interrupted"
        else:
            message.state, message.attempts, message.due_at = (
                MessageState.SENDING,
                message.attempts + 1,
                at + CLAIM_LASTS,
            )
            taken.append(message)
        message.save(update_fields=["state", "attempts", "due_at", "error"])
    return taken


def deliver(message: Message, *, at: datetime) -> bool:
    """Send a claimed message and note what came of it; True when the mail server took it."""
    try:
        _send(message)
    except (SMTPException, OSError) as error:
        logger.warning("message %s not sent (%s), attempt %d", message.ref, type(error).__name__, message.attempts)
        _put_off(message, error, at=at)
        return False
    except KeyError:
        logger.exception("message %s has no words", message.ref)
        _close(message, state=MessageState.FAILED, error="template")
        return False
    _close(message, state=MessageState.SENT, sent_at=at, error="")
    return True


def send_due(*, at: datetime, limit: int = BATCH) -> int:
    """Send a batch of what is due; the number of messages that were tried. Safe to run twice and side by side."""
    taken = claim(at=at, limit=limit)
    for message in taken:
        deliver(message, at=at)
    return len(taken)


def _send(message: Message) -> None:
    letter = compose(message.template, message.language, urljoin(settings.PUBLIC_URL, message.link))
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    mail = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=[message.address],
        headers={"Message-ID": f"<{message.ref}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.send()


def _put_off(message: Message, error: Exception, *, at: datetime) -> None:
    wait: timedelta | None = retry_after(message.attempts, permanent=_is_permanent(error))
    said = type(error).__name__  # the server's own words may repeat the address
    if wait is None:
        _close(message, state=MessageState.FAILED, error=said)
    else:
        _close(message, state=MessageState.WAITING, error=said, due_at=at + wait)


def _is_permanent(error: Exception) -> bool:
    """Every recipient was refused for good (SMTP 5xx)."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(500 <= code < 600 for code, _words in error.recipients.values())


def _close(message: Message, **changes: object) -> None:
    """Write the outcome, unless the claim ran out and another worker has taken the message since."""
    held = Message.objects.filter(pk=message.pk, state=MessageState.SENDING, attempts=message.attempts)
    if held.update(**changes):
        for name, value in changes.items():
            setattr(message, name, value)
