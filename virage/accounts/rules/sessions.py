"""Whether a session goes on, is locked, or is over."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OPEN = "open"
    LOCKED = "locked"
    OVER = "over"


@dataclass(frozen=True)
class Lived:
    """What a session knows of itself, in seconds since the epoch. `seen`: the last sign of life of the person."""

    began: float
    seen: float
    shared: bool
    locked: bool


def judge(lived: Lived, *, now: float, idle: float, longest: float, lock: float) -> Verdict:
    """Over after `longest` whatever one does, or `idle` without a sign of life; locked by the person, or after `lock`
    without a sign of life on a shared computer. A locked session is over at the same times as an open one."""
    if now - lived.began >= longest or now - lived.seen >= idle:
        return Verdict.OVER
    if lived.locked or (lived.shared and now - lived.seen >= lock):
        return Verdict.LOCKED
    return Verdict.OPEN
