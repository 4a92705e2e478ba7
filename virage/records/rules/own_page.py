"""The codes of the patient's own page: how they are written, how long they last, what wrong ones do (all of it
project defaults)."""

from __future__ import annotations

from datetime import timedelta

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which are mistaken for one another when read or heard."""

SHORT_LENGTH = 12
"""Signs of a secret that is typed: 60 bits."""

CODE_LASTS = timedelta(minutes=10)
CODES_AN_HOUR = 5
PAUSES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
TRIES = 5


def typed(text: str) -> str:
    """A secret as one types it, in the form it was made: capitals, nothing between them."""
    return "".join(sign for sign in text.upper() if sign in LETTERS)


def grouped(secret: str) -> str:
    """A short secret as it is read: groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def closed_for(failures: int) -> timedelta | None:
    """How long the way in stays closed after that many wrong answers in a row; None: for good."""
    rounds, rest = divmod(failures, TRIES)
    if rest or not rounds:
        return timedelta(0)
    return PAUSES[rounds - 1] if rounds <= len(PAUSES) else None
