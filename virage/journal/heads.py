"""The daily head: one signed statement over all chains, by which a later change of the past can be shown.

Whoever owns the database can rewrite an entry and every hash after it. What he cannot do is rewrite a head that was
carried elsewhere before (`journal.exports`), or sign another: the key is not in the database.

A chain is named by the SHA-256 of its key, so that a head says nothing of a patient. `changes` covers the lines
`chain length hash` of the chains that grew since the head before, in the order of their names; `root` the lines of
all chains. `previous` is the fingerprint of the statement before.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from virage.journal.canonical import fingerprint
from virage.journal.keys import SigningKeys
from virage.journal.models import Head

FORMAT = "virage-head-1"
LOCK = 0x76697261_6A726E6C  # of the database: one head at a time
NAME = "encode(sha256(convert_to({}, 'UTF8')), 'hex') COLLATE \"C\""  # of a chain, in SQL
FETCHED = 2000  # rows held at once

GROWN = """
INSERT INTO journal_headlink (head_id, chain_id, length, hash)
SELECT %s, c.key, c.length, c.head FROM journal_chain c
WHERE c.length > COALESCE((SELECT max(l.length) FROM journal_headlink l WHERE l.chain_id = c.key), 0)
"""
CHANGES = f"""
SELECT {NAME.format("chain_id")} AS name, length, hash FROM journal_headlink WHERE head_id = %s
ORDER BY name
"""  # noqa: S608 - a constant
ALL = f"""
SELECT {NAME.format("chain_id")} AS name, length, hash FROM (
    SELECT DISTINCT ON (chain_id) chain_id, length, hash FROM journal_headlink WHERE head_id <= %s
    ORDER BY chain_id, length DESC
) latest ORDER BY name
"""  # noqa: S608 - a constant

Line = tuple[str, int, str]


def statement(head: Head) -> dict[str, Any]:
    """What is signed (the id of the key is added by who signs)."""
    return {
        "format": FORMAT,
        "number": head.number,
        "day": head.day.isoformat(),
        "made_at": head.made_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "chains": head.chains,
        "entries": head.entries,
        "root": head.root,
        "changes": head.changes,
        "previous": head.previous,
    }


def last_day_over(at: datetime) -> date:
    """The last day that is over, by the clock of the installation."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date() - timedelta(days=1)


def make_due(*, at: datetime, keys: SigningKeys) -> Head | None:
    """The head of the last day that is over, unless it is there; it covers the days that were missed. Safe to run
    twice and by two at once."""
    with _alone():
        last = Head.objects.last()
        return None if last and last.day >= last_day_over(at) else _make(last, at=at, keys=keys)


def make_now(*, at: datetime, keys: SigningKeys) -> Head:
    """One more head at once: before an upgrade, or to hand over what is there."""
    with _alone():
        return _make(Head.objects.last(), at=at, keys=keys)


@contextmanager
def _alone() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


def _make(last: Head | None, *, at: datetime, keys: SigningKeys) -> Head:
    number = last.number + 1 if last else 1
    with connection.cursor() as cursor:
        cursor.execute(GROWN, [number])
    changes = Tally()
    changes.add(changed_lines(number))
    every = Tally()
    every.add(all_lines(number))
    head = Head(
        number=number,
        day=last_day_over(at),
        made_at=at,
        chains=every.chains,
        entries=every.entries,
        root=every.digest(),
        changes=changes.digest(),
        previous=fingerprint_of(last) if last else "",
    )
    head.key_id, head.signature = keys.sign(statement(head))
    head.save(force_insert=True)
    return head


def fingerprint_of(head: Head) -> str:
    """Of the signed statement: what the next head names."""
    return fingerprint(statement(head) | {"key": head.key_id})


class Tally:
    """A hash over lines, taken one by one, with the number of chains and of entries that they hold."""

    def __init__(self) -> None:
        self.chains = self.entries = 0
        self._hash = hashlib.sha256()

    def add(self, lines: Iterator[Line] | list[Line]) -> None:
        for name, length, link in lines:
            self.chains += 1
            self.entries += length
            self._hash.update(f"{name} {length} {link}\n".encode())

    def digest(self) -> str:
        return self._hash.hexdigest()


def changed_lines(number: int) -> Iterator[Line]:
    """The chains that grew before this head, by name."""
    return rows(CHANGES, [number])


def all_lines(number: int) -> Iterator[Line]:
    """Every chain as it was at this head, by name."""
    return rows(ALL, [number])


def rows(query: str, params: list[Any]) -> Iterator[Any]:
    """A few rows at a time, from a cursor kept by the server."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query, params)
        while found := cursor.fetchmany(FETCHED):
            yield from found
