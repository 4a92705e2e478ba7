"""Work on documents outside a request: cleaning what came in, and sweeping what nobody knows."""

import threading
from datetime import timedelta

from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from virage.records import storage
from virage.records.actions import documents, uploads
from virage.records.models.documents import Document, DocumentState
from virage.ui.holds import deleting

STUCK_AFTER = timedelta(minutes=5)
ORPHAN_AFTER = timedelta(hours=1)

# A photograph takes up to 400 MB while it is decoded: one at a time in each process. Not a lock of the queue, which a
# killed worker would hold for ever.
_one_picture = threading.Lock()


def _fresh_connection() -> None:
    """A worker lives long: drop a connection that the server has closed meanwhile."""
    if not connection.in_atomic_block:
        close_old_connections()


@app.task(
    name=documents.PROCESS_JOB,
    queue="documents",
    retry=RetryStrategy(max_attempts=6, exponential_wait=3),
)
def process_document(document_id: int) -> None:
    """Clean one document. Safe to run twice."""
    _fresh_connection()
    document = Document.objects.select_related("patient").filter(pk=document_id).first()
    if document is None:
        return
    with _one_picture:
        documents.process(document=document, at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="records.sweep", queue="documents", queueing_lock="records.sweep")
def sweep(timestamp: int) -> None:
    """Start again what was left waiting, and delete the files that no row keeps."""
    _fresh_connection()
    now = timezone.now()
    waiting = Document.objects.filter(state=DocumentState.RECEIVED, created_at__lt=now - STUCK_AFTER)
    for document in waiting.order_by("id")[:100]:
        with transaction.atomic():
            documents.defer_processing(document)
    uploads.expire(at=now)
    with deleting() as free:
        if free:
            storage.vault().sweep_orphans(
                lambda names: documents.known_files(names, at=now) | uploads.known_pieces(names), now - ORPHAN_AFTER
            )
