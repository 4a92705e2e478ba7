"""The rules of retention, each night."""

from django.db import close_old_connections, connection
from django.utils import timezone
from procrastinate.contrib.django import app

from virage.privacy import actions


@app.periodic(cron=f"{actions.MINUTE} {actions.HOUR} * * *")
@app.task(name="privacy.apply_retention", queueing_lock="privacy.apply_retention")
def apply_retention(timestamp: int) -> None:
    """Safe to run twice and by two workers at once."""
    if not connection.in_atomic_block:
        close_old_connections()
    actions.apply_all(at=timezone.now())
