"""Typed text → values, as people type in France."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virage.questionnaires.rules.values import (
    Day,
    Unread,
    read_day,
    read_decimal,
    read_integer,
    write_day,
    write_decimal,
)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("4,5", "4.5"),
        (" 4.5 ", "4.5"),
        ("1 200", "1200"),
        ("1\u202f200,5", "1200.5"),
        (",5", "0.5"),
        ("-3", "-3"),
        ("5,", "5"),
    ],
)
def test_numbers_as_typed(raw, value):
    assert read_decimal(raw) == Decimal(value)


@pytest.mark.parametrize("raw", ["4,5x", "quatre", "1,2,3", "NaN", "Infinity", "1e5", "--1", ",", "1" * 16])
def test_what_is_not_a_number_keeps_its_text(raw):
    assert read_decimal(raw) == Unread(raw, "not_a_number")


@pytest.mark.parametrize("raw", ["4,5", "4.0", "x", "9" * 16])
def test_what_is_not_a_whole_number_keeps_its_text(raw):
    assert read_integer(raw) == Unread(raw, "not_an_integer")


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        ("02/03/2026", "2026-03-02"),
        ("2.3.2026", "2026-03-02"),
        ("03/2026", "2026-03"),
        ("2026", "2026"),
        ("2026-03-02", "2026-03-02"),
    ],
)
def test_days_as_typed(raw, iso):
    assert read_day(raw) == Day(iso)


@pytest.mark.parametrize("raw", ["31/02/2026", "13/2026", "hier", "02/03/26", "0000", "2026-3-2x"])
def test_what_is_not_a_day_keeps_its_text(raw):
    assert read_day(raw) == Unread(raw, "not_a_date")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4), st.sampled_from(["fr", "en"]))
def test_a_number_written_is_read_back(number, language):
    assert read_decimal(write_decimal(number, language)) == number


@given(st.dates(), st.sampled_from([4, 7, 10]))
def test_a_day_written_is_read_back(day, precision):
    one = Day(day.isoformat()[:precision])
    assert read_day(write_day(one)) == one


@given(st.text(max_size=30))
def test_reading_never_fails(text):
    for read in (read_decimal, read_integer, read_day):
        value = read(text)
        assert not isinstance(value, Unread) or value.raw == text
