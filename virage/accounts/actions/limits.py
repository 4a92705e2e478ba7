"""How often one may be wrong: allauth counts, in the cache that all processes share; here is said until when."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from virage.accounts.actions.security import locked_out
from virage.accounts.models import User

TOO_MANY = "too_many_login_attempts"
logger = logging.getLogger(__name__)


@contextmanager
def said_until(request: HttpRequest, key: str, user: User | None, at: datetime) -> Iterator[None]:
    """Put the hour in allauth's refusal, and note that the account is locked out, if it is the account."""
    try:
        yield
    except ValidationError as error:
        if getattr(error, "code", "") != TOO_MANY:
            raise
        by_account, until = _full(request, key, at)
        if user is not None and by_account:
            locked_out(user=user, at=at)
        logger.warning(
            "too many attempts: account=%s address=%s", user.ref if user else "-", ratelimit.get_ip(request)
        )
        hour = formats.time_format(timezone.localtime(until), "H:i:s")  # noqa: TID251 (turned to the reader's zone)
        words = _("Trop d’essais : par sécurité, ce compte attend. Réessayez après %(hour)s.") % {"hour": hour}
        raise ValidationError(words, code=TOO_MANY) from error


def _full(request: HttpRequest, key: str, at: datetime) -> tuple[bool, datetime]:
    """Whether the account's own limit is reached, and when the last of the limits that are reached lets one in."""
    now, ends, by_account = at.timestamp(), [at.timestamp()], False
    app, action = "allauth.account", "login_failed"
    for rate in ratelimit.get_rates(app=app, action=action):
        place = ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key)
        recent = [moment for moment in cache.get(place, []) if moment > now - rate.duration]  # latest first
        if len(recent) >= rate.amount:
            ends.append(recent[-1] + rate.duration)
            by_account = by_account or rate.per == "key"
    return by_account, datetime.fromtimestamp(max(ends), UTC)
