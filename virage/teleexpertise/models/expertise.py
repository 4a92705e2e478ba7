"""The request for an opinion: what is asked, of whom, by when; and the thread around it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, Team
from virage.acts.models import Act
from virage.questionnaires.models import Response
from virage.records.models import Wound
from virage.records.models.documents import Document
from virage.ui.models import Referenced


class Urgency(models.TextChoices):
    ROUTINE = "routine", _("Sans urgence")
    SOON = "soon", _("Rapide")
    URGENT = "urgent", _("Urgent")


class Form(models.TextChoices):
    WOUND = "plaie-evaluation", _("Plaie : première évaluation")
    FOLLOW_UP = "plaie-suivi", _("Plaie : suivi")
    SHORT = "teleexpertise-simple", _("Autre spécialité")


class Returned(models.TextChoices):
    """Why a request is back with the requérant (or with the pool)."""

    DECLINED = "declined", _("Déclinée")
    NO_ANSWER = "no_answer", _("Sans réponse dans le délai")
    EXPERT_LEFT = "expert_left", _("L’expert n’est plus en poste")


class Expertise(models.Model):
    """Detail of an act of kind téléexpertise. Addressed to one expert or to a pool, never both."""

    act = models.OneToOneField(Act, on_delete=models.CASCADE, related_name="expertise")
    form = models.CharField(max_length=30, choices=Form)
    wound = models.ForeignKey(Wound, null=True, blank=True, on_delete=models.PROTECT, related_name="expertises")
    assessment = models.OneToOneField(Response, on_delete=models.PROTECT, related_name="+")
    completion = models.OneToOneField(
        Response,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the expert's own answers to the form of the assessment",
    )
    push = models.OneToOneField(
        Response, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="PUSH 3.0, if wished"
    )
    urgency = models.CharField(_("urgence"), max_length=10, choices=Urgency, default=Urgency.ROUTINE)
    wished_by = models.DateField(_("réponse souhaitée avant le"), null=True, blank=True)
    to_team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="expertises")
    to_member = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="received_expertises"
    )
    preparer = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="prepared_expertises"
    )
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by")
    red_flags_seen_at = models.DateTimeField(null=True, blank=True)
    relevance_confirmed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="when an answer is expected (dated parameter)")
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_reason = models.CharField(max_length=300, blank=True)
    returned_why = models.CharField(_("pourquoi elle est revenue"), max_length=20, choices=Returned, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    hand_back_at = models.DateTimeField(null=True, blank=True)
    validate_by = models.DateTimeField(null=True, blank=True)
    death_told_at = models.DateTimeField(
        null=True, blank=True, help_text="when both sides were told that the patient has died"
    )
    consent_alert_at = models.DateTimeField(
        null=True, blank=True, help_text="both sides know that consent was withdrawn"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    told_patient = models.TextField(_("ce qui a été dit au patient"), blank=True)
    stopped = False
    """Waits for an answer without a consent in force; written by the door (`access.doors`) on what it lets through."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_team__isnull=True) | Q(to_member__isnull=True), name="expertise_one_addressee"
            ),
        ]
        indexes = [
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="expertise_remind"),
            models.Index(fields=["hand_back_at"], condition=Q(hand_back_at__isnull=False), name="expertise_hand_back"),
            models.Index(fields=["validate_by"], condition=Q(validate_by__isnull=False), name="expertise_validate"),
            models.Index(fields=["to_team", "due_at"]),
            models.Index(fields=["to_member", "due_at"]),
        ]


class Remark(Referenced):
    """One message of the thread between the requérant's side and the requis."""

    class Kind(models.TextChoices):
        ASK = "ask", _("Complément demandé")
        GIVE = "give", _("Complément donné")
        NOTE = "note", _("Message")
        DECLINE = "decline", _("Refus")
        PASS = "pass", _("Transmis")
        WITHDRAW = "withdraw", _("Retrait de la demande")
        VALIDATION = "validation", _("Validation refusée")

    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="remarks")
    kind = models.CharField(max_length=10, choices=Kind)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()

    class Meta:
        ordering = ["created_at", "id"]


class Drawing(Referenced):
    """Arrows, circles and words over a photograph; the photograph itself is never touched.

    `shapes`: list of {kind: arrow|circle|text, points in thousandths of the picture, text?}.
    """

    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="drawings")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="drawings")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    shapes = models.JSONField(default=list)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["expertise", "document", "author"], name="drawing_once")]
