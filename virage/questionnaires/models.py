"""Published forms and the answers given to them."""

from django.db import models
from django.db.models import Q

from virage.ui.models import Referenced


class QuestionnaireVersion(models.Model):
    """A FHIR R4 Questionnaire; frozen once published."""

    url = models.CharField(max_length=200)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    definition = models.JSONField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["url", "version"], name="questionnaire_version_once")]


class Response(Referenced):
    """A FHIR QuestionnaireResponse; a completed one is never edited."""

    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="responses")
    answers = models.JSONField(default=dict)
    scores = models.JSONField(default=dict)
    author_id = models.BigIntegerField()
    author_label = models.CharField(max_length=200)
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["completed_at"], condition=Q(completed_at__isnull=False), name="response_completed")
        ]
