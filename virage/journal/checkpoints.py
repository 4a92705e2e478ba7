"""Pruning: the old entries of a chain go, behind a signed checkpoint from which verification goes on.

The database lets an entry go on one condition: a checkpoint of its chain covers it. It takes a checkpoint on three:
the entry has that hash, a head covers it, and it is more than a year old (`migrations/0004`).
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min, OuterRef, Subquery

from virage.journal.keys import SigningKeys
from virage.journal.models import Chain, Checkpoint, Entry, HeadLink

FORMAT = "virage-checkpoint-1"


def statement(checkpoint: Checkpoint) -> dict[str, Any]:
    """What is signed; the chain by the hash of its key, as in the heads."""
    return {
        "format": FORMAT,
        "chain": sha256(checkpoint.chain_id.encode()).hexdigest(),
        "length": checkpoint.length,
        "hash": checkpoint.hash,
        "made_at": checkpoint.made_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "rule": checkpoint.rule,
    }


def holds(checkpoint: Checkpoint, keys: SigningKeys) -> bool:
    """Whether this installation signed it."""
    return keys.holds(statement(checkpoint), checkpoint.key_id, checkpoint.signature)


def prunable(before: datetime) -> dict[str, int]:
    """How far each chain may be pruned: up to the last entry before the first one of `before` or later, and not
    beyond what a head covers. Only chains that have something to lose."""
    young = Entry.objects.filter(chain=OuterRef("chain"), at__gte=before).order_by("position").values("position")[:1]
    covered = HeadLink.objects.filter(chain=OuterRef("chain")).order_by("-length").values("length")[:1]
    old = (
        Entry.objects.filter(at__lt=before)
        .values("chain")
        .annotate(first=Min("position"), last=Max("position"), young=Subquery(young), covered=Subquery(covered))
    )
    found = {}
    for row in old.iterator():
        last = min(row["last"], (row["young"] or row["last"] + 1) - 1, row["covered"] or 0)
        if last >= row["first"]:
            found[row["chain"]] = last
    return found


@transaction.atomic
def prune(key: str, *, length: int, rule: str, at: datetime, keys: SigningKeys) -> int:
    """Let the entries of a chain go up to `length`, behind a checkpoint; how many went. Safe to run twice."""
    Chain.objects.select_for_update().get(pk=key)
    last = Entry.objects.filter(chain=key, position=length).first()
    if last is None:
        return 0
    checkpoint = Checkpoint(chain_id=key, length=length, hash=last.hash, made_at=at, rule=rule)
    checkpoint.key_id, checkpoint.signature = keys.sign(statement(checkpoint))
    checkpoint.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal_prune(%s)", [key])
        return cursor.fetchone()[0]
