"""Heads carried elsewhere: a file of JSON lines, and its comparison with the journal that is here.

Lines: `{"format": …}`, one `{"key": …}` for each public key, then for each head `{"head": …}` with its signature,
followed by one `{"link": [chain, length, hash]}` for each chain that grew before it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from virage.journal.canonical import canonical, fingerprint
from virage.journal.heads import NAME, Tally, changed_lines, rows, statement
from virage.journal.keys import SigningKeys, verified, vouched
from virage.journal.models import Head
from virage.journal.verify import Fault

FORMAT = "virage-heads-1"
LOADED = 5000  # links held at once


class UnreadableError(Exception):
    """The file is not one of heads: says at which line."""


def export(*, keys: SigningKeys, at: datetime, site: str, since: int = 1) -> Iterator[str]:
    """The lines of the file, from head number `since` on."""
    yield _line({"format": FORMAT, "site": site, "exported_at": at.isoformat(timespec="seconds")})
    for key_id in keys.ids():
        yield _line({"key": keys.public(key_id)})
    for head in Head.objects.filter(number__gte=since).order_by("number").iterator():
        yield _line({"head": statement(head) | {"key": head.key_id}, "signature": head.signature})
        for link in changed_lines(head.number):
            yield _line({"link": list(link)})


def _line(value: dict[str, Any]) -> str:
    return canonical(value).decode() + "\n"


@dataclass
class Comparison:
    """What was read of a file, and what does not hold."""

    heads: int = 0
    links: int = 0
    pruned: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    last_day: str = ""
    faults: list[Fault] = field(default_factory=list)


def compare(lines: Iterable[str], *, trusted: set[str] | None = None) -> Comparison:
    """Check the file itself, then every chain that it names against the entries that are here.

    `trusted`: public keys (base64) known from elsewhere; without them those of the file are taken as they are.
    """
    found = Comparison()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE carried (number bigint, name text, length bigint, hash text)")
        _Reader(found, trusted).take(lines)
        found.faults += _rewritten(found)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE carried")
    return found


class _Reader:
    """Takes a file line by line; links go to a temporary table, a few at a time."""

    def __init__(self, found: Comparison, trusted: set[str] | None) -> None:
        self.found = found
        self.trusted = trusted
        self.cards: dict[str, dict[str, str]] = {}
        self.head: dict[str, Any] | None = None
        self.tally = Tally()
        self.held: list[tuple[int, str, int, str]] = []

    def take(self, lines: Iterable[str]) -> None:
        for number, text in enumerate(lines, 1):
            try:
                self._take(json.loads(text), first=number == 1)
            except (ValueError, KeyError, TypeError):
                raise UnreadableError(f"line {number} is not one of a file of heads") from None
        if not self.found.heads:
            raise UnreadableError("the file holds no head")
        self._end_head()
        self._load()

    def _take(self, value: dict[str, Any], *, first: bool) -> None:
        if first:
            if value["format"] != FORMAT:
                raise ValueError
        elif "key" in value:
            self._take_key(value["key"])
        elif "head" in value:
            self._take_head(value["head"], value["signature"])
        else:
            self._take_link(*value["link"])

    def _take_key(self, card: dict[str, str]) -> None:
        older = self.cards.get(card["by"])
        sound = older is None or vouched(card, older)
        known = self.trusted is None or card["public"] in self.trusted
        if sound and (known or (older is not None and older["id"] in self.found.keys)):
            self.found.keys[card["id"]] = card["public"]
        else:
            self.found.faults.append(Fault("keys", int(card["id"][1:]), "is not a key that can be trusted"))
        self.cards[card["id"]] = card

    def _take_head(self, head: dict[str, Any], signature: str) -> None:
        self._end_head()
        if self.head and head["previous"] != fingerprint(self.head):
            self.found.faults.append(Fault("heads", head["number"], "does not follow the head before it in the file"))
        public = self.found.keys.get(head["key"])
        if public is None or not verified(public, head, signature):
            self.found.faults.append(Fault("heads", head["number"], "its signature in the file does not hold"))
        self.head, self.tally = head, Tally()
        self.found.heads += 1
        self.found.last_day = head["day"]

    def _take_link(self, name: str, length: int, link: str) -> None:
        if self.head is None:
            raise ValueError
        self.tally.add([(name, length, link)])
        self.found.links += 1
        self.held.append((self.head["number"], name, length, link))
        if len(self.held) >= LOADED:
            self._load()

    def _end_head(self) -> None:
        if self.head and self.tally.digest() != self.head["changes"]:
            self.found.faults.append(Fault("heads", self.head["number"], "its list of chains in the file was changed"))

    def _load(self) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO carried VALUES (%s, %s, %s, %s)", self.held)
        self.held = []


COMPARE = f"""
SELECT f.number, f.name, f.length, c.key, c.length, e.hash, p.length, p.hash
FROM carried f
LEFT JOIN journal_chain c ON {NAME.format("c.key")} = f.name
LEFT JOIN journal_entry e ON e.chain_id = c.key AND e.position = f.length
LEFT JOIN LATERAL (
    SELECT length, hash FROM journal_checkpoint k WHERE k.chain_id = c.key AND k.length >= f.length
    ORDER BY k.length LIMIT 1
) p ON true
WHERE e.hash IS DISTINCT FROM f.hash AND (p.hash IS NULL OR p.length > f.length OR p.hash <> f.hash)
ORDER BY c.key, f.length
"""  # noqa: S608 - a constant


def _rewritten(found: Comparison) -> Iterator[Fault]:
    for number, name, length, key, now, entry, pruned, _hash in rows(COMPARE, []):
        if key is None:
            yield Fault(f"chain {name}", length, f"is gone since head {number}")
        elif entry is None and pruned is not None and pruned > length:
            found.pruned += 1
        elif entry is None:
            yield Fault(key, length, f"was there at head {number}; the chain now ends at {now}")
        else:
            yield Fault(key, length, f"was rewritten after head {number}")
