"""Append-only entries, chained by hash: audit trail, history page and seam between care and programme."""

from django.db import models


class Chain(models.Model):
    """The last link of one chain (a patient, an act, a file…). Locked while a link is added: writers of other
    chains do not wait."""

    key = models.CharField(max_length=80, primary_key=True)
    length = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="", blank=True)


class Entry(models.Model):
    """Who did what, on what, when. References and codes only, never health data; never changed once written
    (the database refuses UPDATE, DELETE and TRUNCATE)."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="entries")
    position = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="empty: the platform itself")
    actor_label = models.CharField(max_length=200)
    organisation_label = models.CharField(max_length=200, blank=True)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_ref = models.CharField(max_length=40)
    patient_ref = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="entry_position_once")]
        indexes = [
            models.Index(fields=["subject_kind", "subject_ref", "at"]),
            models.Index(fields=["patient_ref", "at"], condition=~models.Q(patient_ref=""), name="entry_patient"),
            models.Index(fields=["verb", "at"]),
        ]
        ordering = ["at", "id"]
