"""Prove the journal whole: every entry, every chain, every checkpoint, every head. A few rows at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, OuterRef

from virage.journal.checkpoints import holds
from virage.journal.entries import digest
from virage.journal.heads import Tally, all_lines, changed_lines, fingerprint_of, rows, statement
from virage.journal.keys import SigningKeyError, SigningKeys
from virage.journal.models import Chain, Checkpoint, Entry, Head


@dataclass(frozen=True)
class Fault:
    """A link that does not hold: where, and what is wrong with it."""

    chain: str
    position: int
    reason: str

    def __str__(self) -> str:
        return f"{self.chain} #{self.position}: {self.reason}"


@dataclass
class Seen:
    """What was looked at, counted on the way."""

    chains: int = 0
    entries: int = 0
    checkpoints: int = 0
    heads: int = 0
    links: int = 0


def faults(keys: SigningKeys | None = None, seen: Seen | None = None) -> Iterator[Fault]:
    """Every place where a chain does not hold; nothing when the journal is whole. Signatures are checked with the
    public `keys` where they are given."""
    seen = seen or Seen()
    entries = Entry.objects.select_related("chain").order_by("chain_id", "position")
    for _key, group in groupby(entries.iterator(chunk_size=2000), key=lambda entry: entry.chain_id):
        yield from _chain_faults(group, seen)
    yield from _empty_faults(seen)
    if keys is not None:
        yield from _checkpoint_faults(keys, seen)
        yield from _head_faults(keys, seen)


def _chain_faults(entries: Iterable[Entry], seen: Seen) -> Iterator[Fault]:
    seen.chains += 1
    count, previous, chain = 0, "", Chain()
    for entry in entries:
        if entry.chain is not chain and not count:
            chain = entry.chain
            if entry.position > 1 and (start := _checkpoint(chain.key)):
                count, previous = start.length, start.hash
        count += 1
        seen.entries += 1
        yield from _entry_faults(entry, expected=count, previous=previous)
        previous = entry.hash
    if (chain.length, chain.head) != (count, previous):
        yield Fault(chain.key, count, "head does not match the last entry")


def _entry_faults(entry: Entry, *, expected: int, previous: str) -> Iterator[Fault]:
    if entry.position != expected:
        yield Fault(entry.chain_id, entry.position, f"position {expected} is missing")
    if entry.previous != previous:
        yield Fault(entry.chain_id, entry.position, "does not follow the entry before it")
    if entry.hash != digest(entry):
        yield Fault(entry.chain_id, entry.position, "was changed after it was written")


def _empty_faults(seen: Seen) -> Iterator[Fault]:
    """Chains without an entry: all of it must be behind a checkpoint."""
    none = ~Exists(Entry.objects.filter(chain=OuterRef("pk")))
    for chain in Chain.objects.filter(none, length__gt=0).order_by("key").iterator():
        seen.chains += 1
        start = _checkpoint(chain.key)
        if start is None or (start.length, start.hash) != (chain.length, chain.head):
            yield Fault(chain.key, 0, "head does not match the last entry")


def _checkpoint(key: str) -> Checkpoint | None:
    return Checkpoint.objects.filter(chain=key).order_by("-length").first()


def _checkpoint_faults(keys: SigningKeys, seen: Seen) -> Iterator[Fault]:
    for checkpoint in Checkpoint.objects.order_by("id").iterator():
        seen.checkpoints += 1
        try:
            good = holds(checkpoint, keys)
        except SigningKeyError as error:
            yield Fault(checkpoint.chain_id, checkpoint.length, f"checkpoint can't be checked: {error}")
            continue
        if not good:
            yield Fault(checkpoint.chain_id, checkpoint.length, "checkpoint was not signed by this installation")
    kept = Entry.objects.filter(chain=OuterRef("chain"), position=OuterRef("length")).exclude(hash=OuterRef("hash"))
    for checkpoint in Checkpoint.objects.filter(Exists(kept)).iterator():
        yield Fault(checkpoint.chain_id, checkpoint.length, "checkpoint says another hash than the entry")


def _head_faults(keys: SigningKeys, seen: Seen) -> Iterator[Fault]:
    previous: Head | None = None
    for head in Head.objects.order_by("number").iterator():
        seen.heads += 1
        number = previous.number + 1 if previous else 1
        if (head.number, head.previous) != (number, fingerprint_of(previous) if previous else ""):
            yield Fault("heads", head.number, "does not follow the head before it")
        try:
            if not keys.holds(statement(head), head.key_id, head.signature):
                yield Fault("heads", head.number, "was not signed by this installation")
        except SigningKeyError as error:
            yield Fault("heads", head.number, f"can't be checked: {error}")
        tally = Tally()
        tally.add(changed_lines(head.number))
        seen.links += tally.chains
        if tally.digest() != head.changes:
            yield Fault("heads", head.number, "its list of chains was changed")
        previous = head
    if previous:
        yield from _root_faults(previous)
    yield from _link_faults()


def _root_faults(head: Head) -> Iterator[Fault]:
    tally = Tally()
    tally.add(all_lines(head.number))
    if (tally.digest(), tally.chains, tally.entries) != (head.root, head.chains, head.entries):
        yield Fault("heads", head.number, "its root does not match the chains")


LINKS = """
SELECT l.chain_id, l.length, l.head_id FROM journal_headlink l
LEFT JOIN journal_entry e ON e.chain_id = l.chain_id AND e.position = l.length
LEFT JOIN (SELECT chain_id, max(length) AS length FROM journal_checkpoint GROUP BY chain_id) c
    ON c.chain_id = l.chain_id
WHERE e.hash IS DISTINCT FROM l.hash AND (e.id IS NOT NULL OR c.length IS NULL OR c.length < l.length)
ORDER BY l.chain_id, l.length
"""


def _link_faults() -> Iterator[Fault]:
    """What a head says of a chain, against the entry that is there; what was pruned is behind its checkpoint."""
    for key, length, number in rows(LINKS, []):
        yield Fault(key, length, f"is not what head {number} says")
