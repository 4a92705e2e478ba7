"""When an answer is expected, who is reminded when, and when a request without answer goes back.

The delays are dated parameters of the law; those that no text sets have the status `project`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from virage.law import parameters

UNDO = timedelta(minutes=10)
"""How long a decision or a task can be undone by the one who made it (project default)."""

PREFIX = {"routine": "", "soon": "soon_", "urgent": "urgent_"}


@dataclass(frozen=True)
class Schedule:
    """`remind_at`: the expert is reminded; `hand_back_at`: the request leaves the one who has not answered."""

    due_at: datetime
    remind_at: datetime
    hand_back_at: datetime


def delay(name: str, on: date) -> timedelta:
    """A delay of téléexpertise on a day: `answer`, `urgent_reminder`, `validation`…"""
    found: timedelta = parameters.value(f"deadline.teleexpertise.{name}", on)
    return found


def schedule(*, sent_at: datetime, urgency: str, wished_by: date | None, zone: ZoneInfo) -> Schedule:
    """Due after the delay of the urgency, or at the end of the wished day when that is sooner.

    A wish shortens the delay down to that of an urgent request, not further: an answer within hours is asked by
    the urgency, which is shown. `zone` is that of the patient's place.
    """
    on = sent_at.astimezone(zone).date()
    prefix = PREFIX[urgency]
    due_at = sent_at + delay(f"{prefix}answer", on)
    if wished_by:
        evening = datetime.combine(wished_by, time(23, 59), tzinfo=zone)
        due_at = min(due_at, max(evening, sent_at + delay("urgent_answer", on)))
    due_at = due_at.astimezone(sent_at.tzinfo)
    remind_at = max(sent_at, due_at - delay(f"{prefix}reminder", on))
    return Schedule(due_at, remind_at, due_at + delay(f"{prefix}hand_back", on))


def next_reminder(*, now: datetime, due_at: datetime | None) -> datetime | None:
    """After the reminder before the due time comes one at the due time, then none: the hand-back follows."""
    return due_at if due_at and now < due_at else None


def validate_by(*, proposed_at: datetime, on: date) -> datetime:
    """Until when a doctor validates the advice of a nurse under an article 51 protocol. Past it: overdue, never
    signed by itself."""
    return proposed_at + delay("validation", on)


def may_undo(*, done_at: datetime | None, at: datetime) -> bool:
    return done_at is not None and done_at <= at <= done_at + UNDO
