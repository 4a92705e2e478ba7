"""What may be drawn over a photograph: arrows, circles and words, in thousandths of its width and height.

An arrow goes from its first point to its second, where its head is. A circle fills the box between its two points.
A text begins at its point, on its base line. The same drawing is made in the browser by `annotate-shapes.js`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

MOST_SHAPES = 60
MOST_LETTERS = 120
POINTS = {"arrow": 2, "circle": 2, "text": 1}
COLOURS = ("red", "yellow", "blue", "white", "black")
KEYS = {"kind", "points", "text", "colour"}


def check(shapes: Any) -> tuple[str, ...]:
    """Codes of what is wrong with a drawing sent by a page; nothing when it may be kept."""
    if not isinstance(shapes, list):
        return ("not_a_list",)
    if len(shapes) > MOST_SHAPES:
        return ("too_many",)
    return tuple(problem for shape in shapes if (problem := _problem(shape)))


def _problem(shape: Any) -> str:
    if not isinstance(shape, Mapping) or not set(shape) <= KEYS or shape.get("kind") not in tuple(POINTS):
        return "unknown_shape"
    if shape.get("colour", COLOURS[0]) not in COLOURS:
        return "unknown_colour"
    if not _points_hold(shape.get("points"), POINTS[shape["kind"]]):
        return "wrong_points"
    return "" if _text_holds(shape) else "wrong_text"


def _points_hold(points: Any, expected: int) -> bool:
    return isinstance(points, Sequence) and len(points) == expected and all(_inside(point) for point in points)


def _inside(point: Any) -> bool:
    if not isinstance(point, Sequence) or isinstance(point, str) or len(point) != 2:
        return False
    return all(isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= 1000 for one in point)


def _text_holds(shape: Mapping[str, Any]) -> bool:
    text = shape.get("text", "")
    if not isinstance(text, str) or len(text) > MOST_LETTERS or not text.isprintable():
        return False
    return bool(text.strip()) is bool(shape["kind"] == "text")


INKS = {"red": "#d5142f", "yellow": "#ffd400", "blue": "#1266d6", "white": "#ffffff", "black": "#111111"}
HALOS = {"yellow": "#111111", "white": "#111111"}
"""Each line has a rim that is seen on any skin: dark under light colours, white under the others."""
LINE, RIM, LETTER, HEAD = 5, 10, 34, 30
"""Width of a line and of its rim, height of letters, length of an arrow's head: thousandths of the longer side."""
FONT = "Atkinson Hyperlegible, sans-serif"


def svg(shapes: Iterable[Mapping[str, Any]], width: int, height: int) -> str:
    """A transparent picture of that size with the shapes, to be laid over the photograph. Shapes were checked."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"{marks(shapes, width, height)}</svg>"
    )


def marks(shapes: Iterable[Mapping[str, Any]], width: int, height: int) -> str:
    """The same without its frame, to stand in an <svg> that shows the photograph too."""
    return "".join(_mark(shape, width, height) for shape in shapes)


def _mark(shape: Mapping[str, Any], width: int, height: int) -> str:
    unit = max(width, height) / 1000
    colour = shape.get("colour", COLOURS[0])
    ink, halo = INKS[colour], HALOS.get(colour, "#ffffff")
    points = [(x * width / 1000, y * height / 1000) for x, y in shape["points"]]
    if shape["kind"] == "text":
        (x, y) = points[0]
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-weight="700" font-size="{LETTER * unit:.1f}" '
            f'fill="{ink}" stroke="{halo}" stroke-width="{RIM * unit * 0.6:.1f}" stroke-linejoin="round" '
            f'paint-order="stroke">{escape(shape["text"])}</text>'
        )
    path = _arrow(points, HEAD * unit) if shape["kind"] == "arrow" else _ellipse(points)
    line = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<path d="{path}" {line} stroke="{halo}" stroke-width="{RIM * unit:.1f}"/>'
        f'<path d="{path}" {line} stroke="{ink}" stroke-width="{LINE * unit:.1f}"/>'
    )


def _arrow(points: list[tuple[float, float]], head: float) -> str:
    (x0, y0), (x1, y1) = points
    angle = math.atan2(y1 - y0, x1 - x0)
    wings = [
        (x1 - head * math.cos(angle + turn), y1 - head * math.sin(angle + turn))
        for turn in (math.pi / 7, -math.pi / 7)
    ]
    (ax, ay), (bx, by) = wings
    return f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}M{ax:.1f} {ay:.1f}L{x1:.1f} {y1:.1f}L{bx:.1f} {by:.1f}"


def _ellipse(points: list[tuple[float, float]]) -> str:
    (x0, y0), (x1, y1) = points
    rx, ry = abs(x1 - x0) / 2, abs(y1 - y0) / 2
    left, middle = min(x0, x1), (y0 + y1) / 2
    half = f"a{rx:.1f} {ry:.1f} 0 1 0"
    return f"M{left:.1f} {middle:.1f}{half} {2 * rx:.1f} 0{half} {-2 * rx:.1f} 0"
