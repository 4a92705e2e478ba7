"""Access in an emergency by a professional outside the care team, and what the privacy officer made of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership
from virage.records.models.care import CareTeamMember
from virage.records.models.patients import Patient
from virage.ui.models import Referenced


class EmergencyReason(models.TextChoices):
    LIFE = "life", _("Urgence vitale")
    UNPLANNED = "unplanned", _("Soins non programmés : le patient est devant moi")
    REGULATION = "regulation", _("Régulation médicale : appel en cours")
    CONTINUITY = "continuity", _("Garde ou remplacement : continuité des soins")
    OTHER = "other", _("Autre motif")


class Verdict(models.TextChoices):
    JUSTIFIED = "justified", _("Justifié")
    NOT_JUSTIFIED = "not_justified", _("Non justifié")


class EmergencyAccess(Referenced):
    """One opening: by whom, why, until when (`row`), and its review. The explanation may say something of the
    patient's health: it stays here, out of the journal and of messages."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="emergency_accesses")
    row = models.OneToOneField(CareTeamMember, on_delete=models.PROTECT, related_name="emergency")
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("motif"), max_length=20, choices=EmergencyReason)
    explanation = models.TextField(_("explication"), max_length=1000)
    verdict = models.CharField(_("avis"), max_length=20, choices=Verdict, blank=True)
    comment = models.TextField(_("commentaire"), max_length=1000, blank=True)
    reviewed_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", reviewed_by__isnull=True, reviewed_at__isnull=True)
                | (~Q(verdict="") & Q(reviewed_by__isnull=False, reviewed_at__isnull=False)),
                name="emergency_review_signed",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="not_justified") | ~Q(comment=""), name="emergency_refusal_explained"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(verdict=""), name="emergency_to_review")]
