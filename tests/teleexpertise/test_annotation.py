"""What is drawn over a photograph, and where the healing curve goes: reckoned without a page."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virage.teleexpertise.rules import curve, drawing, healing

ARROW = {"kind": "arrow", "points": [[0, 0], [500, 1000]], "colour": "blue"}
CIRCLE = {"kind": "circle", "points": [[100, 200], [300, 600]]}
TEXT = {"kind": "text", "points": [[10, 990]], "text": 'Berge <décollée> & "rouge"', "colour": "yellow"}
DAY = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_shapes_of_each_kind_are_taken():
    assert drawing.check([ARROW, CIRCLE, TEXT]) == ()
    assert drawing.check([]) == ()


@pytest.mark.parametrize(
    ("shapes", "code"),
    [
        ({}, "not_a_list"),
        ([ARROW] * 61, "too_many"),
        ([{"kind": "script", "points": [[0, 0]]}], "unknown_shape"),
        ([{"kind": ["arrow"], "points": [[0, 0], [0, 0]]}], "unknown_shape"),
        ([ARROW | {"onload": "x"}], "unknown_shape"),
        ([ARROW | {"colour": "#fff"}], "unknown_colour"),
        ([ARROW | {"points": [[0, 0]]}], "wrong_points"),
        ([ARROW | {"points": [[0, 0], [0, 1001]]}], "wrong_points"),
        ([ARROW | {"points": [[0, 0], [0, float("nan")]]}], "wrong_points"),
        ([ARROW | {"points": [[0, 0], [0, True]]}], "wrong_points"),
        ([ARROW | {"points": ["00", "00"]}], "wrong_points"),
        ([ARROW | {"text": "sur une flèche"}], "wrong_text"),
        ([TEXT | {"text": " "}], "wrong_text"),
        ([TEXT | {"text": "a" * 121}], "wrong_text"),
        ([TEXT | {"text": "a\x00b"}], "wrong_text"),
        ([TEXT | {"text": "\ud800"}], "wrong_text"),
    ],
)
def test_anything_else_is_refused_with_its_code(shapes, code):
    assert drawing.check(shapes) == (code,)


def test_svg_is_well_formed_and_words_are_escaped():
    root = ElementTree.fromstring(drawing.svg([ARROW, CIRCLE, TEXT], 1600, 1200))
    assert root.get("viewBox") == "0 0 1600 1200"
    kinds = [child.tag.rpartition("}")[2] for child in root]
    assert kinds == ["path", "path", "path", "path", "text"]
    assert root[-1].text == TEXT["text"]
    assert (root[-1].get("x"), root[-1].get("y")) == ("16.0", "1188.0")


def test_an_arrow_ends_at_its_second_point_and_a_circle_fills_its_box():
    arrow, circle = (drawing.marks([shape], 1000, 500) for shape in (ARROW, CIRCLE))
    assert 'd="M0.0 0.0L500.0 500.0M' in arrow
    assert 'd="M100.0 200.0a100.0 100.0 0 1 0 200.0 0' in circle


@given(
    st.lists(
        st.builds(
            lambda kind, a, b, colour: {"kind": kind, "points": [a, b], "colour": colour},
            st.sampled_from(["arrow", "circle"]),
            st.lists(st.floats(0, 1000), min_size=2, max_size=2),
            st.lists(st.floats(0, 1000), min_size=2, max_size=2),
            st.sampled_from(drawing.COLOURS),
        )
        | st.builds(
            lambda a, text: {"kind": "text", "points": [a], "text": text},
            st.lists(st.integers(0, 1000), min_size=2, max_size=2),
            st.text(min_size=1, max_size=120),
        ),
        max_size=5,
    )
)
def test_whatever_is_taken_can_be_drawn(shapes):
    if not drawing.check(shapes):
        ElementTree.fromstring(drawing.svg(shapes, 800, 600))


def points_of(*areas: str):
    measures = [healing.Measure(DAY + timedelta(weeks=index), Decimal(area)) for index, area in enumerate(areas)]
    return healing.series(measures)


def test_one_measure_is_no_curve():
    assert curve.chart(points_of("4")) is None
    assert curve.chart(()) is None


def test_curve_goes_down_with_the_area_and_time_goes_right():
    chart = curve.chart(points_of("12.5", "8", "3", "0"))
    assert [dot.x for dot in chart.dots] == sorted(dot.x for dot in chart.dots)
    assert [dot.y for dot in chart.dots] == sorted(dot.y for dot in chart.dots)
    assert chart.dots[-1].y == chart.floor
    assert (chart.dots[0].x, chart.dots[-1].x) == (chart.left, chart.right)
    assert chart.levels[0].area == 0
    assert chart.levels[-1].area >= Decimal("12.5")


@given(st.lists(st.decimals(0, 5000, places=2), min_size=2, max_size=40))
def test_every_curve_stays_in_its_frame_and_its_dates_apart(areas):
    chart = curve.chart(points_of(*[str(area) for area in areas]))
    assert all(chart.left <= dot.x <= chart.right and 0 <= dot.y <= chart.floor for dot in chart.dots)
    assert 2 <= len(chart.levels) <= 6
    dated = [dot.x for dot in chart.dots if dot.dated]
    assert all(later - earlier >= curve.LABEL_SPACE for earlier, later in pairwise(dated))
