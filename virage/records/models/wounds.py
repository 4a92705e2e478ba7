"""A wound: named, and placed on the body."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.records.models.patients import Patient
from virage.records.rules import body
from virage.ui.models import Referenced


class BodyView(models.TextChoices):
    FRONT = "front", _("Face")
    BACK = "back", _("Dos")


class Wound(Referenced):
    """`x` and `y` are thousandths of the body drawing's width and height, from its top left corner; `site` is a code
    of `rules.body`, or free text."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="wounds")
    name = models.CharField(_("nom de la plaie"), max_length=100)
    site = models.CharField(_("localisation"), max_length=100)
    view = models.CharField(max_length=5, choices=BodyView, default=BodyView.FRONT)
    x = models.PositiveSmallIntegerField()
    y = models.PositiveSmallIntegerField()
    onset = models.DateField(_("apparue le"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, db_default=0, help_text="counts the corrections")
    healed_on = models.DateField(_("cicatrisée le"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(x__lte=1000, y__lte=1000), name="wound_on_the_drawing"),
            models.UniqueConstraint(fields=["patient", "name"], name="wound_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def site_label(self) -> str:
        """Its site in the language of the page."""
        return body.label(self.site, get_language() or "fr")
