"""A file that arrives in pieces over a bad line: what has come is kept, and the rest goes on from there."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from virage.kernel.references import new_reference
from virage.records.models.documents import Document
from virage.records.models.patients import Patient
from virage.ui.models import Referenced

KEPT = timedelta(days=1)
"""How long an upload waits for its next piece, and a finished one is remembered (project default)."""

PIECE = "piece"


class UploadQuerySet(models.QuerySet["Upload"]):
    def unfinished(self, at: datetime) -> "UploadQuerySet":
        """Those that may still be continued."""
        return self.filter(document=None, touched_at__gt=at - KEPT)


class Upload(Referenced):
    """One file under way. `received` bytes of `size` are there; `document` is what it became.

    `sha256` is that of the whole file where the browser could tell it: it finds the upload again after the page was
    closed, whatever the file's name, and the whole is compared with it at the end.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    folder = models.CharField(max_length=22, db_index=True)
    client_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    received = models.PositiveIntegerField(default=0)
    uploaded_by_id = models.BigIntegerField(null=True, blank=True)
    phone = models.CharField(max_length=22, blank=True, help_text="which paired phone sends it")
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    touched_at = models.DateTimeField(db_index=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["folder", "client_id"], name="upload_once"),
            models.CheckConstraint(
                condition=Q(document=None, received__lt=F("size")) | Q(document__isnull=False, received=F("size")),
                name="upload_whole_is_a_document",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def percent(self) -> int:
        """How much has come, of a hundred."""
        return self.received * 100 // self.size


class UploadPiece(models.Model):
    """Bytes from `offset` on, encrypted in the store under the name `file`."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="pieces")
    offset = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    ref = models.CharField(max_length=22, unique=True, default=new_reference, editable=False)

    class Meta:
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="upload_piece_once")]

    def __str__(self) -> str:
        return self.file

    @property
    def file(self) -> str:
        """The name in the store."""
        return f"{self.ref}.{PIECE}"
