"""Who stands near a patient: trusted person, representatives, whom to call."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.records.models.patients import Patient
from virage.records.rules import contacts
from virage.ui.models import Referenced


class ContactKind(models.TextChoices):
    TRUSTED = contacts.TRUSTED, _("Personne de confiance")
    REPRESENTATIVE = contacts.REPRESENTATIVE, _("Représentant")
    EMERGENCY = contacts.EMERGENCY, _("Personne à prévenir")


class Quality(models.TextChoices):
    """What the person is to the patient; the first four may represent."""

    PARENT = contacts.PARENT, _("Père ou mère")
    GUARDIAN = contacts.GUARDIAN, _("Tuteur ou tutrice")
    EMPOWERED = contacts.EMPOWERED, _("Personne habilitée par le juge")
    AGENT = contacts.AGENT, _("Mandataire de protection future")
    SPOUSE = "spouse", _("Conjoint")
    CHILD = "child", _("Enfant")
    SIBLING = "sibling", _("Frère ou sœur")
    RELATIVE = "relative", _("Autre parent")
    FRIEND = "friend", _("Ami ou voisin")
    OTHER = "other", _("Autre")


class ContactQuerySet(models.QuerySet["Contact"]):
    def current(self) -> "ContactQuerySet":
        return self.filter(ended_at__isnull=True)

    def representing(self, patient: Patient, on: date) -> list["Contact"]:
        """Those who may consent in this patient's place on that day."""
        age = patient.age(on)
        rows = self.current().filter(patient=patient, kind=ContactKind.REPRESENTATIVE)
        return [row for row in rows if contacts.may_represent(row.kind, row.quality, age=age)]


class Contact(Referenced):
    """One person near a patient, in one role. A row is never changed: a correction ends it and writes another, so that
    a consent keeps who gave it as they were."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(_("rôle"), max_length=20, choices=ContactKind)
    quality = models.CharField(_("lien avec le patient"), max_length=20, choices=Quality)
    name = models.CharField(_("nom et prénom"), max_length=200)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    recorded_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["patient"], condition=Q(ended_at__isnull=True), name="contact_current")]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_quality_display()}"
