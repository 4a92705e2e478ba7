"""Send what is due.

Sending is at least once: a worker that dies after the mail server took a message, and before it could note so, leaves
the message to be sent again. The other choice, at most once, would lose the notice of an urgent request in silence,
which harms a patient; a notice that comes twice only annoys. Both copies bear the same identifier: the Message-ID, by
which mail programs show them as one, and the key by which an SMS gateway knows that it has this one already.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from virage.notifications.access import is_unwanted
from virage.notifications.actions import sms
from virage.notifications.models import Channel, Message, MessageState
from virage.notifications.rules.letters import compose, compose_sms
from virage.notifications.rules.retries import CLAIM_LASTS, MAX_ATTEMPTS, retry_after

logger = logging.getLogger(__name__)

BATCH = 50


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
    """Send a claimed message and note what came of it; True when the mail server, or the gateway, took it."""
    if is_unwanted(message):
        _close(message, state=MessageState.UNWANTED, error="")
        return False
    try:
        if message.channel == Channel.SMS:
            _send_sms(message)
        else:
            _send_email(message)
    except (SMTPException, sms.GatewayError, OSError) as error:
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


def _send_email(message: Message) -> None:
    address = urljoin(settings.PUBLIC_URL, message.target)
    stop = urljoin(settings.PUBLIC_URL, message.stop) if message.stop else ""
    letter = compose(message.template, message.language, address, code=message.code, unsubscribe=stop)
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if stop else {}
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    mail = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=[message.address],
        headers={"Message-ID": f"<{message.ref}@{host}>", "Auto-Submitted": "auto-generated"} | headers,
    )
    mail.send()


def _send_sms(message: Message) -> None:
    address = urljoin(settings.PUBLIC_URL, message.target)
    text = compose_sms(message.template, message.language, address, code=message.code)
    sms.send(to=message.address, text=text, key=message.ref)


def _put_off(message: Message, error: Exception, *, at: datetime) -> None:
    wait: timedelta | None = retry_after(message.attempts, permanent=_is_permanent(error))
    # The server's own words may repeat the address.
    said = str(error) if isinstance(error, sms.GatewayError) else type(error).__name__
    if wait is None:
        _close(message, state=MessageState.FAILED, error=said)
    else:
        _close(message, state=MessageState.WAITING, error=said, due_at=at + wait)


def _is_permanent(error: Exception) -> bool:
    """Every recipient was refused for good (SMTP 5xx), or the gateway won't ever take this message."""
    if isinstance(error, sms.GatewayError):
        return error.permanent
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(500 <= code < 600 for code, _words in error.recipients.values())


def _close(message: Message, **changes: object) -> None:
    """Write the outcome, unless the claim ran out and another worker has taken the message since."""
    held = Message.objects.filter(pk=message.pk, state=MessageState.SENDING, attempts=message.attempts)
    if held.update(**changes):
        for name, value in changes.items():
            setattr(message, name, value)
