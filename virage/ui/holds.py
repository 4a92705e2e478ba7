"""While a backup runs, no file is deleted: its database is of one instant, its files are copied after it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOCK = 0x76697261_6261636B  # of the database: held by a backup alone, shared by those who delete


@contextmanager
def holding() -> Iterator[None]:
    """Wait for the deletions under way, then let none begin until the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def deleting() -> Iterator[bool]:
    """Whether files may be deleted now. What is left today, the sweep finds when the backup is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock_shared(%s)", [LOCK])
        free = cursor.fetchone()[0]
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [LOCK])
