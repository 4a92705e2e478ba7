"""The healing curve of a wound: its area over time. Needs no score."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

WEEK = timedelta(days=7)
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Measure:
    """One assessment: area in cm² as the form calculated it; `source` is the reference of its act."""

    at: datetime
    area: Decimal
    source: str = ""


@dataclass(frozen=True)
class Point:
    """A measure with its change in percent since the first and since the one before (negative: smaller).

    `weekly` is the change since the first, in percent per week; None for the first point and within a day of it.
    """

    at: datetime
    area: Decimal
    source: str
    since_first: Decimal | None
    since_last: Decimal | None
    weekly: Decimal | None


def series(measures: Iterable[Measure]) -> tuple[Point, ...]:
    """The points of the curve, oldest first. Measures of the same moment: the last one given counts."""
    ordered = sorted({measure.at: measure for measure in measures}.values(), key=lambda measure: measure.at)
    points: list[Point] = []
    for index, measure in enumerate(ordered):
        first, last = ordered[0], ordered[index - 1]
        since_first = change(first.area, measure.area) if index else None
        points.append(
            Point(
                at=measure.at,
                area=measure.area,
                source=measure.source,
                since_first=since_first,
                since_last=change(last.area, measure.area) if index else None,
                weekly=_weekly(since_first, measure.at - first.at),
            )
        )
    return tuple(points)


def change(before: Decimal, after: Decimal) -> Decimal | None:
    """In percent of `before`, to the tenth; None from an area of zero."""
    if before == 0:
        return None
    return ((after - before) * 100 / before).quantize(_TENTH, ROUND_HALF_UP)


def _weekly(since_first: Decimal | None, span: timedelta) -> Decimal | None:
    if since_first is None or span < timedelta(days=1):
        return None
    weeks = Decimal(span.total_seconds()) / Decimal(WEEK.total_seconds())
    return (since_first / weeks).quantize(_TENTH, ROUND_HALF_UP)
