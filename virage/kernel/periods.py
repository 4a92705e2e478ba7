"""Half-open periods of dates: the first day is inside, the end is the first day outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """From `start` (included) to `end` (excluded). None is no bound on that side."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError(f"a period ends after it starts: {self.start} to {self.end}")

    @classmethod
    def of_month(cls, year: int, month: int) -> Period:
        """The whole of one month."""
        end = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
        return cls(date(year, month, 1), end)

    @property
    def last_day(self) -> date | None:
        """The last day inside, for pages: people read inclusive dates."""
        return None if self.end is None else self.end - timedelta(days=1)

    def contains(self, on: date) -> bool:
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)

    __contains__ = contains

    def before(self, on: date) -> bool:
        """True when the whole period lies before the day."""
        return self.end is not None and self.end <= on

    def after(self, on: date) -> bool:
        """True when the whole period lies after the day."""
        return self.start is not None and on < self.start

    def overlaps(self, other: Period) -> bool:
        starts_early = self.start is None or other.end is None or self.start < other.end
        ends_late = self.end is None or other.start is None or other.start < self.end
        return starts_early and ends_late


def whole_years(since: date, on: date) -> int:
    """An age."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))
