"""Published forms and the answers given to them. Both are frozen by the database (migration 0002)."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q

from virage.questionnaires.rules.definition import Form
from virage.questionnaires.rules.parsing import parse
from virage.questionnaires.rules.responses import from_response
from virage.questionnaires.rules.scoring import numbers
from virage.questionnaires.rules.values import Coding, Value
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

    def __str__(self) -> str:
        return f"{self.url}|{self.version}"

    @cached_property
    def form(self) -> Form:
        return parse(self.definition)

    @property
    def name(self) -> str:
        """The short name: `plaie-evaluation`."""
        return self.url.rsplit("/", 1)[-1]


class Response(Referenced):
    """A FHIR QuestionnaireResponse (`answers`) with its calculated values (`scores`, by link id)."""

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

    def __str__(self) -> str:
        return self.ref

    @property
    def form(self) -> Form:
        return self.version.form

    def values(self) -> dict[str, tuple[Value, ...]]:
        """The answers by key, as the rules see them."""
        return from_response(self.form, self.answers)

    def numbers(self) -> Mapping[str, Decimal]:
        """Every number typed or calculated, by key: what a healing curve reads."""
        return numbers(self.form, self.values())

    def codes(self, key: str) -> tuple[str, ...]:
        """The codes chosen in a choice, in the order they were kept."""
        return tuple(value.code for value in self.values().get(key, ()) if isinstance(value, Coding))

    def text(self, key: str) -> str:
        """The words typed in a text field."""
        found: Any = self.values().get(key, ("",))[0]
        return found if isinstance(found, str) else ""
