"""Append-only entries, chained by hash: audit trail, history page and seam between care and programme."""

from django.db import models


class Chain(models.Model):
    """The last link of one chain (a patient, an act, a file…). Locked while a link is added: writers of other
    chains do not wait."""

    key = models.CharField(max_length=80, primary_key=True)
    length = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="", blank=True)
    moved_to = models.CharField(max_length=80, db_default="", default="", blank=True, help_text="key: goes on there")


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
            models.Index(fields=["actor_id", "at"], condition=models.Q(actor_id__isnull=False), name="entry_actor"),
        ]
        ordering = ["at", "id"]


class Head(models.Model):
    """What all chains were at one instant, in one signed statement that names the statement before it.

    `root` is a hash over every chain, `changes` one over those that grew since the head before. `day` is the last day
    that was over when the head was made: days without a head of their own are covered by the next one.
    """

    number = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    made_at = models.DateTimeField()
    chains = models.BigIntegerField()
    entries = models.BigIntegerField()
    root = models.CharField(max_length=64)
    changes = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=40)
    signature = models.CharField(max_length=100)

    class Meta:
        ordering = ["number"]


class HeadLink(models.Model):
    """A chain that grew before a head was made: how long it was then, and its last hash."""

    head = models.ForeignKey(Head, on_delete=models.PROTECT, related_name="links")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+", db_index=False)
    length = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "length"], name="head_link_once")]


class Checkpoint(models.Model):
    """The signed end of what was pruned of a chain: entries up to `length` may be gone, verification goes on from
    `hash`. Only what a signed head covers, and only old entries (the database checks both)."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="checkpoints", db_index=False)
    length = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    rule = models.CharField(max_length=60, help_text="the rule of retention that asked for it")
    key_id = models.CharField(max_length=40)
    signature = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "length"], name="checkpoint_once")]
