"""What every table shares: an integer key inside, a random 128-bit reference in addresses."""

from django.db import models

from virage.kernel.references import new_reference


class Referenced(models.Model):
    """A row that may be named in an address. `ref` is random, so that it says nothing and can't be guessed."""

    ref = models.CharField(max_length=22, unique=True, default=new_reference, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        abstract = True


class Submission(models.Model):
    """One press on a button that writes: the form's idempotency key, and where the first press led."""

    key = models.CharField(max_length=64)
    user_id = models.BigIntegerField()
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="submission_once")]
        indexes = [models.Index(fields=["created_at"])]
