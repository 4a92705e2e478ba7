"""Two records that may be about one person: found, proposed for a merge, merged by another person, undone."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership
from virage.records.models.patients import Patient
from virage.records.rules import duplicates
from virage.ui.models import Referenced


class Likeness(models.TextChoices):
    SAME_INS = duplicates.SAME_INS, _("Même matricule INS")
    SAME_TRAITS = duplicates.SAME_TRAITS, _("Mêmes nom, prénom, sexe et date de naissance")
    SWAPPED_NAMES = duplicates.SWAPPED_NAMES, _("Même date de naissance, nom et prénom inversés")
    NEAR_NAME = duplicates.NEAR_NAME, _("Même date de naissance, nom très proche")
    OTHER_DATE = duplicates.OTHER_DATE, _("Même nom, date de naissance proche")
    BY_HAND = "by_hand", _("Signalé par une personne")


class DuplicateState(models.TextChoices):
    SUSPECTED = "suspected", _("À examiner")
    PROPOSED = "proposed", _("Fusion proposée")
    MERGED = "merged", _("Fusionnés")
    SET_ASIDE = "set_aside", _("Deux personnes")
    UNDONE = "undone", _("Fusion annulée")


class Duplicate(Referenced):
    """One pair of records, the older first. `kept` is the one that stays when they are merged.

    `manifest` lists what the merge moved and changed, so that it can be undone to the row.
    """

    one = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=20, choices=Likeness)
    state = models.CharField(max_length=10, choices=DuplicateState, default=DuplicateState.SUSPECTED)
    kept = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("pourquoi c’est la même personne"), max_length=300, blank=True)
    proposed_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    manifest = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="duplicate_older_first"),
            models.CheckConstraint(
                condition=Q(kept__isnull=True) | Q(kept=F("one")) | Q(kept=F("other")), name="duplicate_keeps_one"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "merged"])
                | Q(kept__isnull=False, proposed_by__isnull=False, proposed_at__isnull=False) & ~Q(reason=""),
                name="duplicate_proposal_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state="merged")
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="duplicate_merged_by_another",
            ),
        ]

    @property
    def gone(self) -> Patient | None:
        """The record that does not stay."""
        if self.kept_id is None:
            return None
        return self.other if self.kept_id == self.one_id else self.one

    @property
    def patients(self) -> tuple[Any, Any]:
        return self.one, self.other
