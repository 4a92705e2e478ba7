"""Who may be one person: the rule, case by case and by its properties."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virage.records.rules.duplicates import likeness, near_dates
from virage.records.rules.identity import Traits


def one(name="DUPONT", first="Jeanne", born=date(1940, 3, 4), ins="", sex="F"):
    return Traits(name, first, sex, born, ins)


@pytest.mark.parametrize(
    "other, why",
    [
        (one(), "same_traits"),
        (one("Dûpont", "Jeanne Marie"), "same_traits"),
        (one("DUPOND"), "near_name"),
        (one("D’UPONT"), "near_name"),
        (one(sex="M"), "near_name"),
        (one("Jeanne", "Dupont"), "swapped_names"),
        (one("Jeannne", "Dupond"), "swapped_names"),
        (one(born=date(1940, 4, 3)), "other_date"),  # day and month exchanged
        (one(born=date(1940, 3, 5)), "other_date"),  # one digit off
        (one(born=date(1949, 3, 4)), "other_date"),
        (one("DUPOND", born=date(1940, 3, 14)), "other_date"),
        (one(born=date(1951, 3, 5)), None),
        (one(born=date(1941, 3, 5)), None),  # two digits off
        (one("MARTIN"), None),
        (one(first="Paul"), None),
        (one("Jeanne", "Dupont", born=date(1940, 4, 3)), None),  # two slips at once
    ],
)
def test_who_may_be_the_same_person(other, why):
    assert likeness(one(), other) == likeness(other, one()) == why


def test_the_same_matricule_is_the_same_person_whatever_the_name():
    assert likeness(one(ins="240036799912345"), one("MARTIN", ins="2 40 03 67 999 123 45")) == "same_ins"
    assert likeness(one(ins="240036799912345"), one(ins="")) == "same_traits"


def test_dates_that_are_none_are_not_near():
    near = near_dates(date(1940, 2, 29))
    assert date(1940, 2, 28) in near
    assert date(1944, 2, 29) in near
    assert not any((found.year, found.month, found.day) == (1941, 2, 29) for found in near)
    assert date(1940, 2, 29) not in near


days = st.dates(date(1890, 1, 1), date(2030, 12, 31))
names = st.text("ABCDEéï -'", min_size=1, max_size=12)
people = st.builds(Traits, names, names, st.sampled_from("FMI"), days, st.just(""))


@given(days, days)
def test_nearness_of_dates_goes_both_ways(one_day, other_day):
    assert (other_day in near_dates(one_day)) == (one_day in near_dates(other_day))


@given(days)
def test_few_dates_are_near(day):
    assert len(near_dates(day)) < 60


@given(people, people)
def test_likeness_goes_both_ways(first, second):
    assert likeness(first, second) == likeness(second, first)


@given(people)
def test_one_is_like_oneself_however_it_is_written(person):
    again = Traits(person.birth_name.lower(), f" {person.first_names} ", person.sex, person.birth_date)
    assert likeness(person, again) == "same_traits"


@given(people, people)
def test_people_of_far_dates_are_two_whatever_their_names(first, second):
    if first.birth_date != second.birth_date and second.birth_date not in near_dates(first.birth_date):
        assert likeness(first, second) is None
