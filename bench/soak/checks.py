"""What must hold when the dust has settled."""

import time
from collections import Counter
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.utils import timezone

from bench.soak.journey import Ledger
from virage.acts.models import Act, Report
from virage.billing import jobs as billing
from virage.billing.models import Line
from virage.journal.models import Entry
from virage.journal.verify import faults as broken_links
from virage.notifications.actions import sending
from virage.notifications.models import Message, MessageState
from virage.records import jobs as records
from virage.records import storage
from virage.records.actions import documents, uploads
from virage.records.models.documents import Document, DocumentState
from virage.records.models.uploads import Upload

SETTLE_SECONDS = 300


def settle() -> None:
    """Do now what the platform does by itself after its delays: five minutes for a document, ten for a message that a
    dead worker held, an hour for an orphan. The jobs that it defers are the worker's to do."""
    records.STUCK_AFTER = records.ORPHAN_AFTER = timedelta(0)
    end = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < end:
        close_old_connections()
        records.sweep(0)
        billing.sweep(0)
        sending.send_due(at=timezone.now() + timedelta(hours=1))
        waiting = Message.objects.filter(state__in=[MessageState.WAITING, MessageState.SENDING], due_at__lte=_soon())
        if not Document.objects.filter(state=DocumentState.RECEIVED).exists() and not waiting.exists():
            break
        time.sleep(2)
    records.sweep(0)


def _soon() -> datetime:
    return timezone.now() + timedelta(hours=1)


def look(ledger: Ledger, since: datetime, taken: Counter[tuple[str, str]]) -> list[str]:
    """Every fault, in one line each; nothing when nothing was lost or doubled."""
    return [
        *ledger.faults,
        *_requests(ledger, since),
        *_files(ledger),
        *(f"journal: {fault}" for fault in broken_links()),
        *_lines(since),
        *_messages(since, taken),
        *_store(),
    ]


def _requests(ledger: Ledger, since: datetime) -> list[str]:
    found = []
    told = Counter(done.ref for done in ledger.requests)
    there = set(Act.objects.filter(created_at__gte=since).values_list("ref", flat=True))
    found += [f"request {ref} was acknowledged {count} times" for ref, count in told.items() if count > 1]
    found += [f"request {ref} is lost" for ref in told.keys() - there]
    found += [f"request {ref} was never acknowledged: doubled" for ref in there - told.keys()]
    for done in ledger.requests:
        written = Counter(Entry.objects.filter(subject_ref=done.ref).values_list("verb", flat=True))
        found += [f"{verb} of {done.ref} stands {written[verb]} times" for verb in done.steps if written[verb] != 1]
        reports = Report.objects.filter(act__ref=done.ref).count()
        if reports != ("sign" in done.steps):
            found.append(f"{done.ref} has {reports} reports")
    return found


def _files(ledger: Ledger) -> list[str]:
    found = []
    for done in ledger.requests:
        there = list(Document.objects.filter(folder=done.ref, kind="photo"))
        if sorted(document.sha256 for document in there) != sorted(done.files):
            found.append(f"{done.ref}: {len(there)} photographs for {len(done.files)} that were acknowledged")
        found += [f"photograph {one.ref} is {one.state} {one.refusal}" for one in there if one.state != "ready"]
    return found


def _lines(since: datetime) -> list[str]:
    """The act's line is unique in the database: what is left to see is whether one lacks."""
    performed = Act.objects.filter(created_at__gte=since, performed_at__isnull=False)
    found = [f"{act.ref} has no line" for act in performed.filter(line=None)]
    lines = Counter(Line.objects.filter(act__in=performed).values_list("act__ref", flat=True))
    return found + [f"{ref} has {count} lines" for ref, count in lines.items() if count != 1]


def _messages(since: datetime, taken: Counter[tuple[str, str]]) -> list[str]:
    """One row per person and reason (unique); what was sent reached the mail server; what came twice is the same
    message with the same identifier."""
    found = []
    arrived = Counter(identifier.strip("<>").partition("@")[0] for identifier, _to in taken.elements())
    for message in Message.objects.filter(created_at__gte=since):
        if message.state == MessageState.SENT and not arrived[message.ref]:
            found.append(f"message {message.ref} is noted as sent and never came")
        elif message.state != MessageState.SENT and message.due_at <= timezone.now():
            found.append(f"message {message.ref} is {message.state}")
        if arrived[message.ref] > message.attempts:
            found.append(f"message {message.ref} came {arrived[message.ref]} times in {message.attempts} attempts")
    known = set(Message.objects.values_list("ref", flat=True))
    return found + [f"a message of no row came: {ref}" for ref in arrived.keys() - known]


def _store() -> list[str]:
    """Each document has its files and they can be read to their end; no file is nobody's."""
    vault, now = storage.vault(), timezone.now()
    needed = {name for document in Document.objects.all() for name in document.files(now)}
    there = set(vault.names())
    kept = needed | uploads.known_pieces(there)
    found = [f"file {name} is missing" for name in needed - there]
    found += [f"file {name} is nobody's" for name in there - kept]
    found += [f"{one} is unfinished" for one in Upload.objects.filter(document=None, received__gt=0)]
    for name in needed & there:
        try:
            vault.read_all(name)
        except storage.StorageError as fault:
            found.append(f"file {name}: {fault}")
    assert documents.known_files(needed, at=now) == needed
    return found
