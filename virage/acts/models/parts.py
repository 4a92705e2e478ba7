"""What an act gathers: people, incidents, report, entries in each file, and the acts that follow from it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership
from virage.acts.models.acts import Act, Kind
from virage.records.models.documents import Document
from virage.ui.models import Referenced


class Part(models.TextChoices):
    PREPARED = "prepared", _("A préparé la demande")
    REQUESTER = "requester", _("Requérant")
    PERFORMER = "performer", _("Requis")
    VALIDATOR = "validator", _("A validé l’avis")
    PRESENT = "present", _("Auprès du patient")
    COPY = "copy", _("En copie")


class Participant(models.Model):
    """A professional who took part (R.6316-4 3°), or was informed in copy."""

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="participants")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="participations")
    part = models.CharField(max_length=12, choices=Part)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "membership", "part"], name="participant_once")]


class Incident(Referenced):
    """A technical incident during the act (R.6316-4 5°), if any."""

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="incidents")
    occurred_at = models.DateTimeField()
    description = models.TextField(_("ce qui s’est passé"))
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")


class Report(Referenced):
    """A signed compte rendu (R.6316-4 1°): never edited; a correction is a new version that supersedes it."""

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="reports")
    version = models.PositiveSmallIntegerField()
    content = models.JSONField(help_text="what was signed, as it was shown")
    content_hash = models.CharField(max_length=64)
    document = models.OneToOneField(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    correction_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["act", "version"]
        constraints = [
            models.UniqueConstraint(fields=["act", "version"], name="report_version_once"),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(correction_reason=""), name="report_correction_explained"
            ),
        ]


class RecordEntry(models.Model):
    """The act's entry in the file kept by one of the professionals involved (R.6316-4): one for each."""

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="record_entries")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="record_entries")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="record_entries")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "report"], name="record_entry_once")]


class FollowUp(Referenced):
    """One act leads to another: proposed here, taken up by the app of that kind."""

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="follow_ups")
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.TextField(blank=True)
    taken_by = models.OneToOneField(Act, null=True, blank=True, on_delete=models.PROTECT, related_name="follows")
