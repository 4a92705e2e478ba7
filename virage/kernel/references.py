"""References shown in addresses: random, so that none can be guessed from another."""

from __future__ import annotations

import re
import secrets

REFERENCE_BYTES = 16
REFERENCE_LENGTH = 22
REFERENCE_PATTERN = r"[A-Za-z0-9_-]{22}"
_REFERENCE = re.compile(REFERENCE_PATTERN)


def new_reference() -> str:
    """128 random bits from the operating system, as 22 characters that need no escaping in a URL."""
    return secrets.token_urlsafe(REFERENCE_BYTES)


def is_reference(text: str) -> bool:
    return _REFERENCE.fullmatch(text) is not None
