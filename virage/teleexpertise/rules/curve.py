"""Where the healing curve is drawn: whole units of a drawing `WIDTH` by `HEIGHT`, written by pages as they are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from virage.teleexpertise.rules.healing import Point

WIDTH, HEIGHT = 480, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 26, 40
LABEL_SPACE = 104
"""Dates nearer than this would be written over each other."""
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Dot:
    """One measure; `dated` when its date has room below the axis."""

    x: int
    y: int
    point: Point
    dated: bool
    anchor: str = "middle"


@dataclass(frozen=True)
class Level:
    """One horizontal line and the area it stands for (cm²)."""

    y: int
    area: Decimal


@dataclass(frozen=True)
class Chart:
    dots: tuple[Dot, ...]
    levels: tuple[Level, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM

    @property
    def line(self) -> str:
        """For <polyline points>."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


def chart(points: Sequence[Point]) -> Chart | None:
    """The curve of at least two measures, oldest first; None otherwise."""
    if len(points) < 2:
        return None
    levels = _levels(max(point.area for point in points))
    top = levels[-1] or Decimal(1)
    places = [(_x(point.at, points[0].at, points[-1].at), _y(point.area, top)) for point in points]
    dated = _with_room([x for x, _y_ in places])
    last = len(points) - 1
    dots = tuple(
        Dot(x, y, point, index in dated, "end" if index == last else "start" if index == 0 else "middle")
        for index, ((x, y), point) in enumerate(zip(places, points, strict=True))
    )
    return Chart(dots, tuple(Level(_y(area, top), area) for area in levels))


def _x(at: datetime, first: datetime, last: datetime) -> int:
    return round(LEFT + (at - first) / (last - first) * (WIDTH - LEFT - RIGHT))


def _y(area: Decimal, top: Decimal) -> int:
    return round(HEIGHT - BOTTOM - float(area / top) * (HEIGHT - TOP - BOTTOM))


def _levels(most: Decimal) -> list[Decimal]:
    """From zero to the first round number that holds every area, in three to five steps."""
    size = Decimal(1).scaleb((most or Decimal(1)).adjusted() - 1)
    steps = [factor * size * scale for scale in (1, 10) for factor in STEPS]
    step = next(step for step in steps if step * 5 >= most)
    count = max(1, math.ceil(most / step))
    return [step * index for index in range(count + 1)]


def _with_room(xs: list[int]) -> set[int]:
    """The first and the last date, and those between that have room."""
    last = len(xs) - 1
    chosen, edge = {0, last}, xs[0]
    for index in range(1, last):
        if xs[index] - edge >= LABEL_SPACE and xs[last] - xs[index] >= LABEL_SPACE:
            chosen.add(index)
            edge = xs[index]
    return chosen
