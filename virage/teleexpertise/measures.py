"""What is measured of téléexpertises, each measure defined once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F

from virage.teleexpertise.models import Expertise

WINDOW = timedelta(days=90)
FEWEST = 5
"""Fewer answers say nothing of what is usual (project default)."""


class Median(Aggregate):
    """The middle value, in PostgreSQL."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class UsualDelay:
    """From sending to signature, over the last `WINDOW`: half of the answers came sooner."""

    median: timedelta
    answers: int


def usual_delays_of_teams(teams: list[int], at: datetime) -> dict[int, UsualDelay]:
    """By pool; a pool with too few answers is not in it."""
    return _usual_delays("to_team", teams, at)


def usual_delays_of_experts(memberships: list[int], at: datetime) -> dict[int, UsualDelay]:
    """By the one who answered, whoever was addressed."""
    return _usual_delays("act__performer", memberships, at)


def _usual_delays(field: str, keys: list[int], at: datetime) -> dict[int, UsualDelay]:
    if not keys:
        return {}
    took = ExpressionWrapper(F("act__performed_at") - F("act__requested_at"), output_field=DurationField())
    rows = (
        Expertise.objects.filter(act__performed_at__gt=at - WINDOW, act__performed_at__lte=at)
        .filter(**{f"{field}__in": keys})
        .values(field)
        .annotate(answers=Count("pk"), median=Median(took))
        .filter(answers__gte=FEWEST)
    )
    return {row[field]: UsualDelay(row["median"], row["answers"]) for row in rows}
