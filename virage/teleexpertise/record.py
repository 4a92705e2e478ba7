"""What the law says of a request before it is sent: payable or not, to whom, under which text and why.

Nothing here blocks anyone: care goes on, a payment may not (`law.eligibility`).
"""

from copy import copy
from dataclasses import dataclass
from datetime import date

from virage.accounts.models import Membership
from virage.accounts.roles import Role
from virage.acts import record
from virage.law.facts import FactError
from virage.law.verdicts import Verdict
from virage.teleexpertise.models import Expertise

MOST_EXPERTS = 12
"""Experts of one pool that are judged for the panel: beyond that the page would wait for nothing new."""


@dataclass(frozen=True)
class Prospect:
    """What the law would say if one of these people answered. `lacking`: the fact without which nothing is judged."""

    names: tuple[str, ...]
    verdict: Verdict | None
    lacking: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """Prospects with the same key are said once."""
        if self.verdict is None:
            return (self.lacking,)
        price = self.verdict.price
        return (self.verdict.eligible, price and (price.money, price.payee), self.verdict.decisive)


def regime_of(expertise: Expertise, on: date) -> str | None:
    """Under which regime the act would be judged on that day; None where no text pays it."""
    return record.regime_of(expertise.act, on)


def prospects(expertise: Expertise, on: date) -> tuple[Prospect, ...]:
    """One for each different answer of the law, by who would answer; one without names while nobody is addressed."""
    experts = addressed(expertise, on)
    found: dict[tuple[object, ...], Prospect] = {}
    for expert in experts or (None,):
        one = _prospect(expertise, expert, on)
        former = found.get(one.key)
        found[one.key] = Prospect(former.names + one.names, one.verdict, one.lacking) if former else one
    return tuple(found.values())


def addressed(expertise: Expertise, on: date) -> tuple[Membership, ...]:
    """Who may answer: the expert who accepted, the one named, or those of the pool."""
    if expertise.act.performer:
        return (expertise.act.performer,)
    if expertise.to_member:
        return (expertise.to_member,)
    if expertise.to_team is None:
        return ()
    rows = expertise.to_team.members.in_force(on).filter(roles__contains=[Role.EXPERT.value])
    return tuple(rows.select_related("user", "organisation").order_by("user__sort_name", "pk")[:MOST_EXPERTS])


def _prospect(expertise: Expertise, expert: Membership | None, on: date) -> Prospect:
    act = copy(expertise.act)
    act.performer = expert
    names = (str(expert.user),) if expert else ()
    try:
        return Prospect(names, record.verdict(act, on))
    except FactError as error:
        return Prospect(names, None, error.key)
