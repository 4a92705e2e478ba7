"""Whether this process can serve, and whether the installation's background work goes on."""

import tempfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from virage.journal.models import Head
from virage.notifications.models import Message, MessageState
from virage.records.storage import scanner

SILENCE = timedelta(seconds=60)  # of a worker that is taken for gone; it gives a sign every ten seconds
LATE_JOB = timedelta(minutes=10)
LATE_MESSAGE = timedelta(minutes=15)  # waiting beyond its hour
SIGN = "SELECT max(last_heartbeat) FROM procrastinate_workers"
OLDEST_JOB = """
    SELECT min(coalesce(job.scheduled_at, event.at))
    FROM procrastinate_jobs AS job JOIN procrastinate_events AS event ON event.job_id = job.id
    WHERE job.status = 'todo' AND event.type = 'deferred' AND (job.scheduled_at IS NULL OR job.scheduled_at <= %s)
"""


def can_serve() -> bool:
    """The database answers, its tables are those of this code, documents can be written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return _tables_are_ours() and _can_write(Path(settings.DOCUMENTS_DIR))


def goes_on(at: datetime) -> bool:
    """A worker lives, neither jobs nor messages have been waiting for long, and the virus scanner answers."""
    if not scanner_answers():
        return False
    sign = last_sign()
    if sign is None or at - sign > SILENCE:
        return False
    job, message = oldest_job(at), oldest_message(at)
    return not (job and at - job > LATE_JOB) and not (message and at - message > LATE_MESSAGE)


def scanner_answers() -> bool:
    """True where the installation has no scanner."""
    return not settings.CLAMAV or scanner.answers(at=settings.CLAMAV)


def last_sign() -> datetime | None:
    """The latest sign of life of any worker of the installation."""
    return _one(SIGN)


def oldest_job(at: datetime) -> datetime | None:
    """Since when the job waits that waits longest."""
    return _one(OLDEST_JOB, at)


def oldest_message(at: datetime) -> datetime | None:
    """The hour at which the message was due that is latest."""
    waiting = Message.objects.filter(state=MessageState.WAITING, due_at__lte=at)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()


def last_head() -> datetime | None:
    """When the journal's last signed head was made."""
    return Head.objects.order_by("-number").values_list("made_at", flat=True).first()


def _one(statement: str, *values: datetime) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[datetime | None] = cursor.fetchone()
    return row[0]


def _tables_are_ours() -> bool:
    """Once they are, they stay so as long as this process lives: the answer yes is kept."""
    try:
        return _looked_at()
    except _BehindError:
        return False


class _BehindError(Exception):
    """A migration of this code has not been applied."""


@cache
def _looked_at() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _BehindError  # an exception is not kept
    return True


def _can_write(folder: Path) -> bool:
    """A file without a name, so that nobody meets it; a full disk is found too."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0")
    except OSError:
        return False
    return True
