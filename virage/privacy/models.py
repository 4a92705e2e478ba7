"""What the rules of retention did, each time that they were applied."""

from django.db import models

from virage.ui.models import Referenced


class Run(Referenced):
    """One application of one rule: what was older than `before` was let go, `count` things in all."""

    rule = models.CharField(max_length=60, help_text="name of a parameter of `law`")
    before = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    failed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["rule", "-created_at"])]

    def __str__(self) -> str:
        return self.ref
