"""The number of the request under way: in its answer, in every line that it logs, on the page of an error."""

import re
import secrets
from contextvars import ContextVar

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_number: ContextVar[str] = ContextVar("incident", default="")


def begin(given: str = "") -> str:
    """Take the number that a proxy of ours has given, or make one."""
    number = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
    _number.set(number)
    return number


def end() -> None:
    _number.set("")


def number() -> str:
    """'' outside of a request."""
    return _number.get()
