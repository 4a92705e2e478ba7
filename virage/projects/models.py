"""Programmes and the telemedicine projects that run under them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Organisation, Team
from virage.ui.models import Referenced


class Programme(Referenced):
    """Legal frame of acts: `regime` is an id of `law/regimes.yaml`, which holds its basis, period and tariffs."""

    slug = models.SlugField(unique=True)
    title = models.CharField(_("titre"), max_length=200)
    regime = models.CharField(max_length=40)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title


class Project(Referenced):
    """One telemedicine project of a region: who takes part, for which patients."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(_("nom"), max_length=200)
    region = models.CharField(_("région de 2014"), max_length=2)
    theme = models.CharField(_("thème"), max_length=60, help_text="annex 6 of the 2015 arrêté: plaies…")
    pathology = models.CharField(max_length=60, blank=True)
    protocol = models.CharField(max_length=60, blank=True, help_text="cooperation protocol (article 51 HPST)")
    organisations = models.ManyToManyField(Organisation, related_name="projects", blank=True)
    pools = models.ManyToManyField(Team, related_name="projects", blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
