"""The row that every act has, whatever its kind."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, Organisation
from virage.projects.models import Project
from virage.records.models import Patient
from virage.ui.models import Referenced


class Kind(models.TextChoices):
    """The five acts of CSP R.6316-1, in its order."""

    TELECONSULTATION = "teleconsultation", _("Téléconsultation")
    TELEEXPERTISE = "teleexpertise", _("Téléexpertise")
    TELESURVEILLANCE = "telesurveillance", _("Télésurveillance")
    TELEASSISTANCE = "teleassistance", _("Téléassistance")
    REGULATION = "regulation", _("Régulation médicale")


class Act(Referenced):
    """One act. Its state is a word of the workflow of its kind; only `journal.moves.move` writes it.

    `requested_at`: sent by the requérant. `performed_at`: date and time of the act (R.6316-4 4°), when the requis
    signed; an act with it may be billed. `closed_at`: nothing more is expected.
    """

    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=20)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="acts")
    requester = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="requested_acts")
    requester_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="requested_acts")
    performer = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="performed_acts"
    )
    setting = models.CharField(_("cadre"), max_length=30)
    place = models.CharField(_("lieu"), max_length=40)
    specialty = models.CharField(_("spécialité"), max_length=60)
    pathology = models.CharField(_("pathologie"), max_length=60, blank=True)
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.PROTECT, related_name="acts")
    requested_at = models.DateTimeField(null=True, blank=True)
    performed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-created_at"]),
            models.Index(fields=["requester_organisation", "state", "-created_at"]),
            models.Index(fields=["performer", "state"]),
            models.Index(fields=["performed_at"], condition=Q(performed_at__isnull=False), name="act_performed"),
            models.Index(
                fields=["state"],
                condition=Q(requested_at__isnull=False, performed_at__isnull=True, closed_at__isnull=True),
                name="act_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(performed_at__isnull=True) | Q(performer__isnull=False), name="act_performed_by_someone"
            ),
            models.CheckConstraint(
                condition=Q(performed_at__isnull=True) | Q(requested_at__isnull=False),
                name="act_performed_after_request",
            ),
        ]
