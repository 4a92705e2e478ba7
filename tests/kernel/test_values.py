"""Periods, names, references, places."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virage.kernel.names import normalise, slug
from virage.kernel.periods import Period
from virage.kernel.places import legal_date
from virage.kernel.references import is_reference, new_reference

days = st.dates(date(2000, 1, 1), date(2030, 12, 31))
bounds = st.one_of(st.none(), days)


@st.composite
def periods(draw):
    start, end = draw(bounds), draw(bounds)
    if start and end and end <= start:
        start, end = (end, start) if end < start else (start, None)
    return Period(start, end)


def test_the_end_is_outside():
    year = Period(date(2014, 1, 1), date(2015, 1, 1))
    assert date(2014, 1, 1) in year
    assert date(2014, 12, 31) in year
    assert date(2015, 1, 1) not in year
    assert year.last_day == date(2014, 12, 31)


def test_december_is_a_month_like_another():
    assert Period.of_month(2015, 12) == Period(date(2015, 12, 1), date(2016, 1, 1))


def test_a_period_must_have_a_day():
    with pytest.raises(ValueError, match="ends after"):
        Period(date(2014, 1, 1), date(2014, 1, 1))


@given(periods(), days)
def test_a_day_is_before_inside_or_after(period, day):
    assert [period.after(day), period.contains(day), period.before(day)].count(True) == 1


@given(periods(), periods(), days)
def test_two_periods_with_a_common_day_overlap(one, other, day):
    assert one.overlaps(other) == other.overlaps(one)
    if one.contains(day) and other.contains(day):
        assert one.overlaps(other)


def test_neighbours_do_not_overlap():
    assert not Period(None, date(2016, 5, 6)).overlaps(Period(date(2016, 5, 6)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("d'Été-Noël", "D ETE NOEL"), ("Œuvrard", "OEUVRARD"), ("  Le  Goff ", "LE GOFF"), ("L’Hermitte", "L HERMITTE")],
)
def test_names_are_compared_without_accents_or_signs(name, expected):
    assert normalise(name) == expected


@given(st.text(max_size=60))
def test_normalising_twice_is_once(text):
    assert normalise(normalise(text)) == normalise(text)
    assert slug(slug(text)) == slug(text)


def test_references_are_22_characters_that_a_url_takes():
    found = {new_reference() for _ in range(500)}
    assert len(found) == 500
    assert all(is_reference(reference) for reference in found)
    assert not is_reference("../etc/passwd")
    assert not is_reference("a" * 23)


def test_the_legal_date_is_that_of_the_place():
    late = datetime(2015, 6, 30, 21, 30, tzinfo=UTC)
    assert legal_date(late, "67") == date(2015, 6, 30)
    assert legal_date(late, "974") == date(2015, 7, 1)
    assert legal_date(datetime(2015, 7, 1, 3, 0, tzinfo=UTC), "972") == date(2015, 6, 30)


def test_both_clock_changes():
    assert legal_date(datetime(2015, 3, 29, 22, 30, tzinfo=UTC), "67") == date(2015, 3, 30)
    assert legal_date(datetime(2015, 10, 25, 22, 30, tzinfo=UTC), "67") == date(2015, 10, 25)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="zone"):
        legal_date(datetime(2015, 6, 30, 21, 30))  # noqa: DTZ001
