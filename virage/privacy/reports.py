"""How long things are kept, and the last heads of the journal, as they are shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from virage.journal import heads
from virage.journal.keys import SigningKeys
from virage.journal.models import Head
from virage.law import parameters
from virage.law.parameters import Parameter
from virage.privacy.models import Run
from virage.privacy.record import RULES, limit

LAST = 30
YEAR = timedelta(days=365.25)


@dataclass(frozen=True)
class Shown:
    """One rule as the page shows it."""

    name: str
    label: str
    period: str
    parameter: Parameter
    automatic: bool
    waiting: int
    last: Run | None


def rules(at: datetime) -> list[Shown]:
    """Every rule with what is past its time now, and when it was last applied."""
    last = {run.rule: run for run in Run.objects.order_by("rule", "-created_at", "-id").distinct("rule")}
    shown = []
    for rule in RULES:
        found = parameters.at(rule.name, at.date())
        if found is not None:
            waiting = rule.waiting(limit(rule, at))
            automatic = rule.apply is not None
            words = period(found.value)
            shown.append(Shown(rule.name, str(rule.label), words, found, automatic, waiting, last.get(rule.name)))
    return shown


def period(value: timedelta) -> str:
    """A length in days, or in years where it is a whole number of them."""
    years = value / YEAR
    if years >= 1 and years == int(years):
        return _unbroken(ngettext("%(count)d an", "%(count)d ans", int(years)) % {"count": years})
    if not value:
        return _("aussitôt")
    return _unbroken(ngettext("%(count)d jour", "%(count)d jours", value.days) % {"count": value.days})


def _unbroken(words: str) -> str:
    return words.replace(" ", "\u00a0")


def runs() -> list[tuple[Run, str]]:
    """The last times that something was let go, or could not be, with the words of the rule."""
    labels = {rule.name: str(rule.label) for rule in RULES}
    found = Run.objects.exclude(count=0, failed=False)[:LAST]
    return [(run, labels.get(run.rule, run.rule)) for run in found]


def last_heads(at: datetime) -> dict[str, Any]:
    """The last heads, and how many days wait for theirs."""
    found = [
        {"head": head, "fingerprint": heads.fingerprint_of(head)} for head in Head.objects.order_by("-number")[:LAST]
    ]
    late = (heads.last_day_over(at) - found[0]["head"].day).days if found else 0
    return {"heads": found, "late": late}


def public_keys(keys: SigningKeys) -> list[dict[str, str]]:
    """Id and public key of each, newest first."""
    return [keys.public(key_id) for key_id in reversed(keys.ids())]
