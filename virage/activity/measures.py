"""The measures of the monthly state, each defined once: annex 5 of the arrêté of 17 April 2015, in its order.

Acts are those of telemedicine projects, performed in the month at the patient's place, and counted by the region that
their line names (`billing.rules.state_region`, the project's own reading). An act counts when it was done, whether or
not it is due. Nothing is "paid" until payments exist: what is due stands apart and is not a row of the annex.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Aggregate, Count, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from virage.acts.models import Kind
from virage.billing.models import Line, LineState
from virage.kernel.periods import Period

TLC = Q(act__kind=Kind.TELECONSULTATION)
TLE = Q(act__kind=Kind.TELEEXPERTISE)
BOTH = TLC | TLE
TLC_DUE = TLC & Q(state=LineState.DUE)
TLE_DUE = TLE & Q(state=LineState.DUE)
TEXT = "arrete-2015-plaies"
SECTION = "annexe 5"


@dataclass(frozen=True)
class Measure:
    """`query` is what is asked of the month's lines; None: no data yet. `annex`: is it a row of annex 5?"""

    code: str
    label: str | Promise
    query: Aggregate | None
    is_money: bool = False
    annex: bool = True


MEASURES = (
    Measure("tlc_acts", _("Téléconsultations réalisées"), Count("pk", filter=TLC)),
    Measure("tlc_patients", _("Patients vus en téléconsultation"), Count("act__patient", filter=TLC, distinct=True)),
    Measure("tle_acts", _("Téléexpertises réalisées"), Count("pk", filter=TLE)),
    Measure("tle_patients", _("Patients par téléexpertise"), Count("act__patient", filter=TLE, distinct=True)),
    Measure("requesters", _("Professionnels requérants"), Count("act__requester__user", filter=BOTH, distinct=True)),
    Measure("performers", _("Professionnels requis"), Count("performer__user", filter=BOTH, distinct=True)),
    Measure("tlc_paid", _("Sommes versées pour les téléconsultations"), None, is_money=True),
    Measure("tle_paid", _("Sommes versées pour les téléexpertises"), None, is_money=True),
    Measure("evaluation_paid", _("Sommes versées pour les données d’évaluation"), None, is_money=True),
    Measure("tlc_due", _("Dû pour les téléconsultations"), Sum("amount", filter=TLC_DUE), is_money=True, annex=False),
    Measure("tle_due", _("Dû pour les téléexpertises"), Sum("amount", filter=TLE_DUE), is_money=True, annex=False),
)
Value = int | Decimal | None


def lines_of(month: Period) -> QuerySet[Line]:
    """The lines that count in a month, of every region."""
    return Line.objects.filter(act__project__isnull=False, performed_on__gte=month.start, performed_on__lt=month.end)


def _queries() -> dict[str, Aggregate]:
    return {measure.code: measure.query for measure in MEASURES if measure.query is not None}


def _values(found: dict[str, Value]) -> dict[str, Value]:
    """Every measure: nothing done is 0, nothing known is None."""
    return {measure.code: _value(measure, found.get(measure.code)) for measure in MEASURES}


def _value(measure: Measure, found: Value) -> Value:
    if measure.query is None:
        return None
    return found or (Decimal(0) if measure.is_money else 0)


def nothing() -> dict[str, Value]:
    """The measures of a region where nothing was done."""
    return _values({})


def of_region(region: str, month: Period) -> dict[str, Value]:
    """All measures of one region, in one statement."""
    return _values(lines_of(month).filter(region=region).order_by().aggregate(**_queries()))


def of_regions(month: Period) -> dict[str, dict[str, Value]]:
    """All measures of each region that has something to say, in one statement."""
    rows = lines_of(month).order_by().values("region").annotate(**_queries())
    return {row["region"]: _values(row) for row in rows}


def of_country(month: Period) -> dict[str, Value]:
    """All measures of the whole country: a patient or a professional of two regions counts once."""
    return _values(lines_of(month).order_by().aggregate(**_queries()))


def month_of(text: str, on: date) -> Period:
    """A month written AAAA-MM; the current one when it is not readable or is to come."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = on
    if len(text) != 7 or first > on:
        first = on
    return Period.of_month(first.year, first.month)
