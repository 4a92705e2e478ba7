"""What may be drawn over a photograph: arrows, circles and words, in thousandths of its width and height."""

from collections.abc import Mapping, Sequence
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
    if not isinstance(shape, Mapping) or not set(shape) <= KEYS or shape.get("kind") not in POINTS:
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
    if not isinstance(text, str) or len(text) > MOST_LETTERS:
        return False
    return bool(text.strip()) == (shape["kind"] == "text")
