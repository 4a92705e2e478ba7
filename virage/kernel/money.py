"""Amounts of money: a decimal number of a currency, rounded in one way only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
EUR = "EUR"


def round_half_up(value: Decimal) -> Decimal:
    """Round to the cent, a half away from zero: the only rounding rule of the platform."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, order=True)
class Money:
    """An amount held to the cent. Two currencies are never added: ValueError."""

    amount: Decimal
    currency: str = EUR

    def __post_init__(self) -> None:
        if isinstance(self.amount, float):
            raise TypeError("money takes Decimal, int or str, never float")
        amount = Decimal(self.amount)
        if not amount.is_finite():
            raise ValueError("money is a finite amount")
        object.__setattr__(self, "amount", round_half_up(amount))

    @classmethod
    def zero(cls, currency: str = EUR) -> Money:
        return cls(Decimal(0), currency)

    @classmethod
    def total(cls, items: Iterable[Money], currency: str = EUR) -> Money:
        """Sum of amounts of one currency; an empty sum is zero."""
        result = cls.zero(currency)
        for item in items:
            result = result + item
        return result

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, rate: Decimal | int) -> Money:
        """Multiply by a rate (0.70 for 70 %) or a count; the result is rounded once."""
        if isinstance(rate, float):
            raise TypeError("a rate is Decimal or int, never float")
        return Money(self.amount * Decimal(rate), self.currency)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: Money) -> None:
        if not isinstance(other, Money):
            raise TypeError("money is added to money")
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} are not added")
