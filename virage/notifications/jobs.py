"""Sending, outside of any request."""

from django.db import close_old_connections, connection
from django.utils import timezone
from procrastinate.contrib.django import app

from virage.notifications.actions import sending
from virage.notifications.actions.posting import SEND_JOB


@app.periodic(cron="* * * * *")
@app.task(name=SEND_JOB)
def send_due(timestamp: int = 0) -> None:
    """Send all that is due: when a message was posted, and each minute for what was put off or left by a crash."""
    if not connection.in_atomic_block:
        close_old_connections()
    while sending.send_due(at=timezone.now()) == sending.BATCH:
        pass
