"""What a person was told of the exchange and the hosting of data, and what the person opposed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, Organisation, User
from virage.records.models.patients import Patient
from virage.ui.models import Referenced


class DataUse(models.TextChoices):
    """A use of data that one is told of, and may oppose (subjects of `law.consents`)."""

    EXCHANGE = "exchange", _("Échange entre ceux qui soignent")
    HOSTING = "hosting", _("Hébergement des données")


class Notice(Referenced):
    """That the person was told, by whom, how; `agreed` where the text of the day asked for an express consent."""

    class How(models.TextChoices):
        ORAL = "oral", _("De vive voix")
        PAPER = "paper", _("Par une feuille remise")
        POSTER = "poster", _("Par le livret d’accueil")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="notices")
    use = models.CharField(_("de quoi"), max_length=10, choices=DataUse)
    how = models.CharField(_("comment"), max_length=10, choices=How)
    agreed = models.BooleanField(_("consentement exprès donné"), default=False)
    informed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    informed_at = models.DateTimeField()

    class Meta:
        ordering = ["informed_at", "id"]


class OppositionQuerySet(models.QuerySet["Opposition"]):
    def in_force(self) -> "OppositionQuerySet":
        return self.filter(ended_at__isnull=True)

    def against(self, by: Membership) -> "OppositionQuerySet":
        """Those to the exchange with this person, or with the structure that the person acts for."""
        return self.filter(Q(user_id=by.user_id) | Q(organisation_id=by.organisation_id), use=DataUse.EXCHANGE)


class Opposition(Referenced):
    """The person does not want this use: of exchange, with one person or one structure; of hosting, for a reason."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="oppositions")
    use = models.CharField(max_length=10, choices=DataUse)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("motif"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = OppositionQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(use="exchange", user__isnull=False, organisation__isnull=True)
                | Q(use="exchange", user__isnull=True, organisation__isnull=False)
                | (Q(use="hosting", user__isnull=True, organisation__isnull=True) & ~Q(reason="")),
                name="opposition_to_someone",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="opposition_end_signed",
            ),
            models.UniqueConstraint(
                fields=["patient", "use", "user", "organisation"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="opposition_once",
            ),
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(ended_at__isnull=True, user__isnull=False), name="opposed_user"),
            models.Index(
                fields=["organisation"],
                condition=Q(ended_at__isnull=True, organisation__isnull=False),
                name="opposed_organisation",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.organisation or self.get_use_display())
