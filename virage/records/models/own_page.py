"""The patient's own page: who was given a way in, and the visits made by it. Nobody has an account here."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership
from virage.journal.entries import Actor
from virage.records.models.contacts import Contact
from virage.records.models.patients import Patient
from virage.records.rules import contacts
from virage.ui.models import Referenced

IDLE = timedelta(minutes=15)
"""A visit ends after that long without a page (project default)."""

LONGEST = timedelta(hours=2)
"""A visit ends after that long in any case (project default)."""


class Way(models.TextChoices):
    """How the way in reaches its holder."""

    EMAIL = "email", _("Par courriel")
    SMS = "sms", _("Par SMS")
    PAPER = "paper", _("Sur une feuille imprimée")
    VOICE = "voice", _("Dit de vive voix")


class PatientAccess(Referenced):
    """A way into the own page of one patient, for one person by one channel, until `expires_at`: the patient, or a
    `representative` for as long as he or she is one.

    Only the SHA-256 of the link's secret is kept. A visit also asks for a code that is sent to `phone` or `email`, or,
    where neither is known, for the birth date and the code that was printed or told (`pin`, hashed). `failures` counts
    the wrong answers since the last visit.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="accesses")
    representative = models.ForeignKey(
        Contact, verbose_name=_("représentant"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    way = models.CharField(_("comment"), max_length=10, choices=Way)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = models.CharField(_("téléphone mobile"), max_length=16, blank=True, help_text="E.164")
    language = models.CharField(_("langue"), max_length=5, default="fr")
    token_hash = models.CharField(max_length=64, unique=True)
    pin = models.CharField(max_length=200, blank=True)
    given_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    code_ref = models.CharField(max_length=22, blank=True, help_text="the message whose code is awaited")
    code_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    closed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "representative", "way"],
                condition=Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="patient_access_one_per_way",
            ),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone="") | ~Q(pin=""), name="patient_access_second_proof"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def actor(self) -> Actor:
        """As the journal keeps it: no user, a person all the same."""
        who = f"Représentant : {self.representative}" if self.representative else "Patient"
        return Actor(id=None, label=f"{who[:170]} (page personnelle)")

    @property
    def by_birth_date(self) -> bool:
        """No contact to send a code to: the birth date and the printed code stand for it."""
        return not (self.email or self.phone)

    @property
    def ending(self) -> str:
        """The end of where codes go, for its holder to recognise: "…12", "…@exemple.fr"."""
        return f"… {self.phone[-2:]}" if self.phone else f"…@{self.email.rpartition('@')[2]}"

    def is_open(self, at: datetime) -> bool:
        """Not ended, its record not merged into another, its representative, if any, still one."""
        if self.revoked_at is not None or self.expires_at <= at or self.patient.merged_into_id:
            return False
        who = self.representative
        if who is None:
            return True
        age = self.patient.age(at.date())
        return who.ended_at is None and contacts.may_represent(who.kind, who.quality, age=age)


class PatientVisit(models.Model):
    """One visit, from the right code to the way out. The browser's cookie holds its key, this its SHA-256."""

    access = models.ForeignKey(PatientAccess, on_delete=models.CASCADE, related_name="visits")
    key_hash = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.access.ref

    def is_open(self, at: datetime) -> bool:
        """Not left, not idle, not too long, and its way in still open."""
        fresh = self.seen_at > at - IDLE and self.started_at > at - LONGEST
        return self.ended_at is None and fresh and self.access.is_open(at)


class PatientWish(Referenced):
    """What a patient asks the care team to correct, from the own page; someone answers for it."""

    access = models.ForeignKey(PatientAccess, on_delete=models.CASCADE, related_name="wishes")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="wishes")
    text = models.TextField(_("ce qu’il faut corriger"))
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="patient_wish_done_by_someone",
            )
        ]

    def __str__(self) -> str:
        return self.ref
