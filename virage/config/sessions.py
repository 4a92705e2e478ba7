"""How long one stays signed in at this place: read from SESSION_IDLE_MINUTES, SESSION_HOURS and LOCK_MINUTES."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Take = Callable[[str, Any, Callable[[str], Any], str], Any]


@dataclass(frozen=True)
class Lengths:
    """In seconds. `idle`: without a sign of life; `longest`: from signing in, whatever one does; `lock`: without a
    sign of life on a shared computer. Project defaults."""

    idle: int
    longest: int
    lock: int


def read(take: Take, *, demo: bool) -> Lengths:
    """Each fault goes where `take` keeps them. The demo lasts as long as a session may."""
    hours = take("SESSION_HOURS", 12, _whole(1, 24), "Write a number of hours from 1 to 24")
    minutes = take(
        "SESSION_IDLE_MINUTES", hours * 60 if demo else 30, _whole(5, 720), "Write a number of minutes from 5 to 720"
    )
    lock = take("LOCK_MINUTES", 5, _whole(1, 60), "Write a number of minutes from 1 to 60")
    return Lengths(idle=min(minutes, hours * 60) * 60, longest=hours * 3600, lock=lock * 60)


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            raise ValueError(f"{text!r} is not a whole number from {lowest} to {highest}")
        return int(text)

    return parse
