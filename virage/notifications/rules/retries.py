"""When a message that did not go is tried again, and when it is given up."""

from datetime import timedelta

CLAIM_LASTS = timedelta(minutes=10)
"""How long a worker has to send what it took; then it is held for dead and another takes the message."""

RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""How long to wait after the first, second… failure (project default)."""

MAX_ATTEMPTS = len(RETRY_AFTER) + 1


def retry_after(attempts: int, *, permanent: bool = False) -> timedelta | None:
    """How long to wait after that many attempts; None to give up. `permanent`: the address does not exist."""
    if permanent or attempts >= MAX_ATTEMPTS:
        return None
    return RETRY_AFTER[max(attempts, 1) - 1]
