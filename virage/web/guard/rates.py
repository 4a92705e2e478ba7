"""How often one may knock: at what searches, and at what opens with a link instead of a password.

Counted in the cache that all processes share, in windows of fixed length. Two requests of the same instant may count
as one: a bound against emptying a directory or guessing links, not a lock. Sign-in has its own bounds (allauth).
"""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache


@dataclass(frozen=True)
class Rate:
    """`most` requests in `seconds`, of one account, or of one network address where nobody is signed in."""

    most: int
    seconds: int
    methods: tuple[str, ...] = ("POST",)


SEARCH = Rate(most=60, seconds=60)
LINK = Rate(most=60, seconds=60, methods=("GET", "POST"))
SENDING = Rate(most=10, seconds=600)  # each may send a message
UPLOAD = Rate(most=600, seconds=60)
RATES: dict[str, Rate] = {
    "search": SEARCH,
    "records:team_add": SEARCH,
    "records:oppose": SEARCH,
    "records:readings": SEARCH,
    "teleexpertise:new": SEARCH,
    "set_language": SEARCH,
    "accounts:invitation": LINK,
    "notifications:stop": LINK,
    "openid_connect_login": LINK,
    "openid_connect_callback": LINK,
    "patient:entry": SENDING,
    "patient:link": LINK,
    "patient:code": LINK,
    "patient:again": SENDING,
    "records:phone": LINK,
    "records:phone_link": LINK,
    "records:phone_sent": LINK,
    "records:phone_thumbnail": UPLOAD,
    "records:phone_upload": UPLOAD,
    "records:phone_upload_begin": UPLOAD,
    "records:phone_piece": UPLOAD,
}


def wait(view: str, who: str, at: float) -> int:
    """Count one request of `who` on this view; the seconds until the next is taken, 0 when this one is."""
    rate = RATES[view]
    window, passed = divmod(int(at), rate.seconds)
    key = f"rate:{view}:{hashlib.sha256(who.encode()).hexdigest()[:32]}:{window}"
    return 0 if _counted(key, rate.seconds * 2) <= rate.most * settings.RATE_FACTOR else rate.seconds - passed


def _counted(key: str, seconds: int) -> int:
    if cache.add(key, 1, timeout=seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it was there a moment ago
        return 1
