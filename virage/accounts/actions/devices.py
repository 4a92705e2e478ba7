"""Which accounts a browser has opened before: a signed cookie with a digest for each, and no name."""

from datetime import timedelta

from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from virage.accounts.models import User

COOKIE, SHARED = "device", "shared_computer"
LASTS = timedelta(days=365)
MOST = 20  # accounts that one browser remembers


def known(request: HttpRequest, user: User) -> bool:
    mine = _digest(user)
    return any(constant_time_compare(mine, one) for one in _digests(request))


def with_this(request: HttpRequest, user: User) -> str:
    """The cookie's value once this account was opened here too."""
    others = [one for one in _digests(request) if one != _digest(user)]
    return signing.dumps([_digest(user), *others][:MOST], salt=COOKIE)


def _digests(request: HttpRequest) -> list[str]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=LASTS)
    except signing.BadSignature:
        return []
    return [one for one in found if isinstance(one, str)]


def _digest(user: User) -> str:
    return salted_hmac("virage.device", user.ref, algorithm="sha256").hexdigest()[:32]
