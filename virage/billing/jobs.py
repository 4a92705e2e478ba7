"""Lines are written within the minute of a signature, and what was unfinished is looked at again."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from virage.billing import actions

RECENT = timedelta(days=3)


@app.task(name="billing.bill_performed")
def bill_performed() -> None:
    """Deferred by name after a signature. No queueing lock: it would refuse a second signature of the same minute."""
    at = timezone.now()
    actions.bill_performed(at=at, since=at - RECENT)


@app.periodic(cron="* * * * *")
@app.task(name="billing.sweep", queueing_lock="billing.sweep")
def sweep(timestamp: int) -> None:
    """What a lost job left, and the lines whose record may have been completed."""
    at = timezone.now()
    actions.bill_performed(at=at, since=at - RECENT)
    actions.recheck(at=at)


@app.periodic(cron="41 2 * * *")
@app.task(name="billing.sweep_all", queueing_lock="billing.sweep_all")
def sweep_all(timestamp: int) -> None:
    """Every night, acts of any age that have no line, batch after batch until nothing more can be written."""
    at = timezone.now()
    while actions.bill_performed(at=at):
        pass
