"""What someone with all rights on the database can do to the journal, and what stands against him."""

from datetime import timedelta

from django.db import connection

from tests.factories import NOW
from virage.journal.entries import Actor, digest, record
from virage.journal.models import Chain, Entry

BY = Actor(id=7, label="Camille Fictive", organisation="EHPAD de l’Essai")
TABLES = ("journal_entry", "journal_head", "journal_headlink", "journal_checkpoint")


def write(ref="x", count=3, at=NOW):
    return [
        record("try", by=BY, at=at + timedelta(minutes=n), subject_kind="thing", subject_ref=ref, data={"n": n})
        for n in range(count)
    ]


def as_superuser(*statements):
    """Triggers off, whatever one likes, triggers on again: nothing in the database tells."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement, *params in statements:
            cursor.execute(statement, params)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def rewrite(key, position, **changes):
    """Change an entry of the past and compute every hash after it anew, and the chain's head."""
    previous, statements = "", []
    for entry in Entry.objects.filter(chain=key).order_by("position"):
        if entry.position == position:
            for name, value in changes.items():
                setattr(entry, name, value)
                statements.append((f"UPDATE journal_entry SET {name} = %s WHERE id = %s", value, entry.pk))
        entry.previous = previous
        previous = entry.hash = digest(entry)
        statements.append(
            ("UPDATE journal_entry SET previous = %s, hash = %s WHERE id = %s", entry.previous, entry.hash, entry.pk)
        )
    as_superuser(*statements, ("UPDATE journal_chain SET head = %s WHERE key = %s", previous, key))
    assert Chain.objects.get(pk=key).head == previous
