from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virage.kernel.money import Money

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


def test_rounds_a_half_away_from_zero():
    assert Money("0.005").amount == Decimal("0.01")
    assert Money("-0.005").amount == Decimal("-0.01")
    assert Money("0.0049").amount == Decimal("0.00")


def test_a_rate_is_rounded_once():
    assert Money("14.05") * Decimal("0.70") == Money("9.84")
    assert 3 * Money("14.00") == Money("42.00")


def test_floats_are_refused():
    with pytest.raises(TypeError):
        Money(14.0)
    with pytest.raises(TypeError):
        Money("14") * 0.7


def test_two_currencies_are_not_added():
    with pytest.raises(ValueError, match="not added"):
        Money("1") + Money("1", "CHF")


@pytest.mark.parametrize("wrong", ["NaN", "Infinity"])
def test_only_finite_amounts(wrong):
    with pytest.raises(ValueError, match="finite"):
        Money(wrong)


def test_total_of_nothing_is_zero():
    assert Money.total([]) == Money.zero()
    assert not Money.total([])


@given(st.lists(amounts, max_size=20))
def test_total_does_not_depend_on_the_order(values):
    money = [Money(value) for value in values]
    assert Money.total(money) == Money.total(reversed(money)) == Money(sum(values, Decimal(0)))


@given(amounts, amounts)
def test_subtraction_undoes_addition(a, b):
    assert Money(a) + Money(b) - Money(b) == Money(a)
