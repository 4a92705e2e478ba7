"""Who cares for the patient, and what the patient agreed to."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, Organisation, Team, User
from virage.records.models.contacts import Contact
from virage.records.models.patients import Patient
from virage.records.models.rights import Opposition
from virage.records.models.wounds import Wound
from virage.ui.models import Referenced


class CareReason(models.TextChoices):
    RESIDENCE = "residence", _("Structure où vit le patient")
    ATTENDING = "attending", _("Médecin traitant")
    FOLLOW_UP = "follow_up", _("Suivi")
    EXPERTISE = "expertise", _("Avis demandé")
    COPY = "copy", _("En copie d’un compte rendu")
    EMERGENCY = "emergency", _("Accès en urgence")


class CareTeamQuerySet(models.QuerySet["CareTeamMember"]):
    def at(self, at: datetime) -> "CareTeamQuerySet":
        return self.filter(Q(starts_at__lte=at), Q(ends_at__isnull=True) | Q(ends_at__gt=at))

    def of(self, by: Membership) -> "CareTeamQuerySet":
        """The rows by which this membership belongs to a care team: itself, one of its teams, its structure. Not of
        patients who oppose the exchange with it; but what one was asked for by name stays in one's own file."""
        here = Q(acting_for__isnull=True) | Q(acting_for=by.organisation_id)
        own = Q(user_id=by.user_id) & here
        opposed = Q(patient__in=Opposition.objects.in_force().against(by).values("patient"))
        own_file = Q(user__isnull=False, reason=CareReason.EXPERTISE) & ~Q(scope="")
        party = own | Q(organisation_id=by.organisation_id) | Q(team__members=by.pk)
        return self.filter(party).filter(own_file | ~opposed)


class CareTeamMember(models.Model):
    """A person, a team or a whole structure that may see a patient's record, from when to when, and why.

    `scope` empty: the whole record. Otherwise the reference of one act: what was put in that act, and in the
    wound that it is about, and nothing else (an expert asked for an opinion). `acting_for`: a person's row holds in
    that structure only, so that it ends for who leaves it.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="care_team")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    acting_for = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=CareReason)
    scope = models.CharField(max_length=22, blank=True)
    scope_wound = models.ForeignKey(Wound, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.CharField(max_length=200)

    objects = CareTeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, team__isnull=True, organisation__isnull=True)
                | Q(user__isnull=True, team__isnull=False, organisation__isnull=True)
                | Q(user__isnull=True, team__isnull=True, organisation__isnull=False),
                name="care_team_one_party",
            )
        ]
        indexes = [
            models.Index(fields=["patient", "ends_at"]),
            models.Index(fields=["scope"], condition=~Q(scope=""), name="care_scope"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.team or self.organisation)


class ConsentBy(models.TextChoices):
    PATIENT = "patient", _("Le patient")
    REPRESENTATIVE = "representative", _("Son représentant (parents, tuteur)")
    IMPOSSIBLE = "impossible", _("Impossible à recueillir")


class ConsentHow(models.TextChoices):
    ORAL = "oral", _("De vive voix")
    WRITTEN = "written", _("Par écrit, au dossier")


class Consent(Referenced):
    """Free and informed agreement to one act (CSP L.1111-4; R.6316-2 until 2021-06-04), as someone recorded it."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="consents")
    subject = models.CharField(max_length=22, db_index=True, help_text="reference of the act")
    given_by = models.CharField(_("donné par"), max_length=20, choices=ConsentBy)
    representative = models.CharField(_("représentant : nom et qualité"), max_length=200, blank=True)
    represented_by = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    alone_reason = models.CharField(_("pourquoi le mineur consent seul"), max_length=300, blank=True)
    impossible_reason = models.CharField(_("pourquoi"), max_length=300, blank=True)
    trusted_person_informed = models.BooleanField(_("personne de confiance informée"), default=False)
    trusted_person = models.CharField(_("qui"), max_length=200, blank=True)
    trusted_person_told_on = models.DateField(_("quand"), null=True, blank=True)
    how = models.CharField(_("comment"), max_length=10, choices=ConsentHow, default=ConsentHow.ORAL)
    language = models.CharField(_("langue"), max_length=60, blank=True)
    interpreter = models.CharField(_("interprète"), max_length=200, blank=True)
    informed_on_exchange = models.BooleanField(
        _("informé de l’échange de ses données, sans opposition"), default=False
    )
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_through = models.ForeignKey(
        "records.PatientAccess",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the patient did it, or a representative, on the own page",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(withdrawn_at__isnull=True), name="consent_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_through__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, withdrawn_through__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=True, withdrawn_through__isnull=False),
                name="consent_withdrawal_signed",
            ),
        ]
