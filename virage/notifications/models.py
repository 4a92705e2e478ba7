"""The outbox: a message is a row before anyone sends it. It carries a link, never health data."""

import base64

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.notifications.rules.kinds import OPTIONAL
from virage.notifications.rules.letters import SECRET_PLACE, Letter, compose, compose_sms
from virage.notifications.rules.templates import TEMPLATES
from virage.ui.models import Referenced


class Channel(models.TextChoices):
    EMAIL = "email", _("Courriel")
    SMS = "sms", _("SMS")


class MessageState(models.TextChoices):
    WAITING = "waiting", _("À envoyer")
    SENDING = "sending", _("En cours d’envoi")
    SENT = "sent", _("Envoyé")
    FAILED = "failed", _("Échec")
    UNWANTED = "unwanted", _("Non envoyé")


class Message(Referenced):
    """One message to one person for one reason: `once` is unique, so that no retry sends it twice."""

    once = models.CharField(max_length=150, unique=True)
    template = models.CharField(max_length=60, help_text="key of `notifications.rules.TEMPLATES`")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=5)
    link = models.CharField(max_length=500, help_text="path on this site")
    subject_kind = models.CharField(max_length=40)
    subject_ref = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.WAITING)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(state__in=["waiting", "sending"]), name="message_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent"), name="message_sent_has_date"
            )
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def secret(self) -> str:
        """128 bits that only this message carries, for a link that opens something. They are derived from its random
        reference and the installation's key, so that neither the outbox nor a copy of the database holds them."""
        digest = salted_hmac("virage.notifications.secret", self.ref, algorithm="sha256").digest()
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    @property
    def code(self) -> str:
        """The six figures that only this message carries; kept nowhere either."""
        digest = salted_hmac("virage.notifications.code", self.ref, algorithm="sha256").digest()
        return f"{int.from_bytes(digest, 'big') % 1_000_000:06d}"

    @property
    def target(self) -> str:
        """The path on this site that its recipient is led to."""
        return self.link.replace(SECRET_PLACE, self.secret)

    @property
    def letter(self) -> Letter:
        """As it is read by its recipient; the link as a path."""
        if self.channel == Channel.SMS:
            return Letter("SMS", compose_sms(self.template, self.language, self.target, code=self.code))
        return compose(self.template, self.language, self.target, code=self.code, unsubscribe=self.stop)

    @property
    def title(self) -> str:
        """Its subject in the language of the page."""
        return compose(self.template, get_language() or "fr", "").subject

    @property
    def look(self) -> str:
        """The kind of badge of its state."""
        return {"sent": "ok", "failed": "late", "sending": "info", "unwanted": "off"}.get(self.state, "wait")

    @property
    def kind(self) -> str:
        """What it is for: a kind of `rules.kinds`."""
        return TEMPLATES[self.template].kind

    @property
    def stop(self) -> str:
        """The path by which its recipient gets no more of its kind, "" where one can't do without."""
        if self.channel != Channel.EMAIL or self.template not in TEMPLATES or self.kind not in OPTIONAL:
            return ""
        return reverse("notifications:stop", args=[self.ref, self.stop_key])

    @property
    def stop_key(self) -> str:
        """What shows that the link to `stop` was in this message; another one than `secret`."""
        digest = salted_hmac("virage.notifications.stop", self.ref, algorithm="sha256").digest()
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


class OptOut(models.Model):
    """An address that gets no more messages of a kind."""

    address = models.CharField(max_length=254, help_text="in lower case")
    kind = models.CharField(max_length=20, help_text="one of `rules.kinds.OPTIONAL`")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "kind"], name="opt_out_once")]

    def __str__(self) -> str:
        return self.kind
