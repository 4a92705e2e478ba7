"""Who was invited to a structure, and what came of it."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from virage.accounts.models.people import Employment, Membership, Organisation, Team
from virage.ui.models import Referenced


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; those that ran out too, which may be sent again."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)


class Invitation(Referenced):
    """A link that lets one person into one structure, once. Its secret stands in the message only, here its SHA-256.

    The name, the profession and the RPPS serve to open an account; one who has an account keeps his or her own.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(_("adresse électronique"))
    title = models.CharField(_("civilité"), max_length=20, blank=True)
    first_name = models.CharField(_("prénom"), max_length=100)
    last_name = models.CharField(_("nom"), max_length=100)
    profession = models.CharField(_("profession"), max_length=40, blank=True)
    specialty = models.CharField(_("spécialité"), max_length=60, blank=True)
    rpps = models.CharField("RPPS", max_length=11, blank=True)
    agreement_sector = models.CharField(_("secteur conventionnel"), max_length=1, blank=True)
    roles = ArrayField(models.CharField(max_length=30))
    teams = models.ManyToManyField(Team, related_name="+", blank=True)
    employment = models.CharField(_("exercice"), max_length=10, choices=Employment, default=Employment.SALARIED)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    sendings = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True), name="invitation_one_end"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_full_name(self) -> str:
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)

    def holds(self, at: datetime) -> bool:
        """Whether its link still opens."""
        return self.accepted_at is None and self.revoked_at is None and at < self.expires_at
