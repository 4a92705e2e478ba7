"""The head of each day, made by itself."""

from django.db import close_old_connections, connection
from django.utils import timezone
from procrastinate.contrib.django import app

from virage.journal import heads
from virage.journal.keys import signing_keys


@app.periodic(cron="7 * * * *")
@app.task(name="journal.make_head", queueing_lock="journal.make_head")
def make_head(timestamp: int) -> None:
    """Each hour, so that a worker that slept at midnight makes it when it wakes; one head a day comes of it."""
    if not connection.in_atomic_block:
        close_old_connections()
    heads.make_due(at=timezone.now(), keys=signing_keys())
