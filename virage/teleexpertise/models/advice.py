"""The answer: structured advice, signed in versions, and the items that someone must prescribe or do."""

import hashlib
import json

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, User
from virage.acts.models import Report
from virage.questionnaires.models import Response
from virage.teleexpertise.models.expertise import Expertise
from virage.ui.models import Referenced


class Advice(Referenced):
    """One version of the opinion. A draft until `signed_at`; then never edited: a correction is the next version."""

    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="advices")
    version = models.PositiveSmallIntegerField(default=1)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    diagnosis = models.TextField(_("diagnostic"), blank=True)
    free_text = models.TextField(_("avis"), blank=True)
    follow_up = models.TextField(_("suivi proposé"), blank=True)
    teleconsultation = models.BooleanField(_("proposer une téléconsultation"), default=False)
    correction_reason = models.CharField(_("motif de la correction"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, blank=True, help_text="article 51: awaits a doctor's validation")
    validated_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    validation_note = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    report = models.OneToOneField(Report, null=True, blank=True, on_delete=models.PROTECT, related_name="advice")

    class Meta:
        ordering = ["expertise", "version"]
        constraints = [
            models.UniqueConstraint(fields=["expertise", "version"], name="advice_version_once"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, report__isnull=True)
                | Q(signed_at__isnull=False, report__isnull=False),
                name="advice_signed_has_report",
            ),
        ]

    @property
    def says_nothing(self) -> bool:
        """Nothing was written and nothing proposed: there is nothing to sign."""
        return not (self.diagnosis.strip() or self.free_text.strip() or self.items.exists())

    @property
    def stamp(self) -> str:
        """Of what a page shows before it is signed: the same as long as text, proposals, drawings and the forms beside
        the assessment are the same."""
        drawings = self.expertise.drawings.filter(author_id=self.author_id).order_by("document_id")
        beside = Response.objects.filter(pk__in=[self.expertise.completion_id, self.expertise.push_id])
        shown = [
            self.pk,
            self.revision,
            self.proposed_at,
            list(self.items.order_by("pk").values_list("pk", "kind", "text", "prescriber_id")),
            list(drawings.values_list("document_id", "shapes")),
            list(beside.order_by("pk").values_list("pk", "revision")),
        ]
        return hashlib.sha256(json.dumps(shown, default=str, sort_keys=True).encode()).hexdigest()[:32]


class Item(Referenced):
    """Something the advice proposes. It is not a prescription: a named prescriber decides, then it is a task."""

    class Kind(models.TextChoices):
        DRESSING = "dressing", _("Pansement")
        TREATMENT = "treatment", _("Traitement")
        EXAMINATION = "examination", _("Examen")
        OTHER = "other", _("Autre")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("À décider")
        PRESCRIBED = "prescribed", _("Prescrit, à faire")
        REFUSED = "refused", _("Non retenu")
        DONE = "done", _("Fait")
        SUPERSEDED = "superseded", _("Remplacé par une correction")

    advice = models.ForeignKey(Advice, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=12, choices=Kind)
    text = models.CharField(max_length=500)
    prescriber = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="items_to_decide"
    )
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    decided_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=300, blank=True)
    done_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["prescribed", "refused"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="item_decision_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_by__isnull=False, done_at__isnull=False), name="item_done_signed"
            ),
        ]


class Phrase(Referenced):
    """A template of advice that an expert keeps for herself."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="phrases")
    title = models.CharField(_("titre"), max_length=100)
    diagnosis = models.TextField(_("diagnostic"), blank=True)
    free_text = models.TextField(_("avis"), blank=True)
    follow_up = models.TextField(_("suivi proposé"), blank=True)

    class Meta:
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["owner", "title"], name="phrase_title_once")]
