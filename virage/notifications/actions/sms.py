"""The SMS gateway: one HTTP request per message. To speak to a gateway of another form, change `_request` alone.

What we send is in docs/notifications.md: POST, JSON `{"to", "from", "text", "id"}`, `Authorization: Bearer …`, and
`Idempotency-Key`, the same on every attempt of one message.
"""

import http.client
import json
import logging
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

logger = logging.getLogger(__name__)

TAKEN = (200, 201, 202, 204, 208, 409)
"""It has the message; 208 and 409: it had it already, by its key."""

LATER = (401, 403, 407, 408, 425, 429)
"""Not this message's fault: our right to the gateway or its load. Anything else from 400 to 499 is for good."""


class GatewayError(Exception):
    """The gateway did not take a message; its own words are not repeated, they may hold the number."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class _Stay(HTTPRedirectHandler):
    """A gateway that sends us elsewhere is refused: our token and the number go where the operator said only."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def send(*, to: str, text: str, key: str) -> None:
    """Hand one SMS to the gateway; GatewayError when it did not take it. Where there is none, it is only shown."""
    if not settings.SMS_URL:
        logger.info("sms %s shown in the outbox only: no gateway", key)
        return
    try:
        with build_opener(_Stay).open(_request(to, text, key), timeout=settings.SMS_TIMEOUT) as answer:
            status = answer.status
    except HTTPError as error:
        status = error.code
        error.close()
    except (URLError, OSError, http.client.HTTPException) as error:
        raise GatewayError(f"gateway: {type(error).__name__}") from None
    if status not in TAKEN:
        raise GatewayError(f"gateway: {status}", permanent=400 <= status < 500 and status not in LATER)


def _request(to: str, text: str, key: str) -> Request:
    """The one place that knows the form of the gateway's requests."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    if settings.SMS_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
    body = {"to": to, "from": settings.SMS_SENDER, "text": text, "id": key}
    return Request(settings.SMS_URL, data=json.dumps(body).encode(), headers=headers, method="POST")  # noqa: S310 - http(s) only, checked at start
