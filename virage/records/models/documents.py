"""Documents and photographs of a record, and the phone that is paired with a draft to take them.

The files lie in `records.storage` under the row's reference; the row says what they are. What was received (it may
bear the place where it was taken) is kept apart until the job has cleaned it, is never served, and is then deleted.
"""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership
from virage.records.models.patients import Patient
from virage.records.models.wounds import Wound
from virage.records.rules import content
from virage.records.rules.content import JPEG, PDF, WEBP
from virage.ui.models import Referenced

KEPT_AFTER_REMOVAL = timedelta(days=1)
"""How long a removal can be undone (project default); then the sweep deletes the files."""


class DocumentKind(models.TextChoices):
    OVERVIEW = "photo_overview", _("Vue d’ensemble")
    CLOSE_UP = "photo_closeup", _("Vue rapprochée")
    RULER = "photo_ruler", _("Avec une règle")
    PHOTO = "photo", _("Photographie")
    REPORT = "report", _("Compte rendu")
    OTHER = "other", _("Autre document")


class DocumentState(models.TextChoices):
    RECEIVED = "received", _("En préparation")
    READY = "ready", _("Prêt")
    REFUSED = "refused", _("Refusé")


class Refusal(models.TextChoices):
    """Why a file is not taken, and what to do about it."""

    EMPTY = content.EMPTY, _("Ce fichier est vide.")
    TOO_LARGE = content.TOO_LARGE, _("Ce fichier dépasse 25 Mo : choisissez une taille plus petite.")
    TYPE_REFUSED = (
        content.TYPE_REFUSED,
        _("Ce format n’est pas accepté : envoyez une photographie JPEG, HEIC, PNG ou WebP, ou un PDF."),
    )
    UNREADABLE = content.UNREADABLE, _("Ce fichier est abîmé ou incomplet : envoyez-le de nouveau.")
    TOO_MANY_PIXELS = content.TOO_MANY_PIXELS, _("Cette image est trop grande : 65 millions de points au plus.")
    ALREADY_USED = content.ALREADY_USED, _("Un autre fichier a déjà été envoyé à cette place : rechargez la page.")
    ALTERED = content.ALTERED, _("Ce fichier n’est pas arrivé tel qu’il est parti : envoyez-le de nouveau.")
    TOO_MANY_UNFINISHED = (
        content.TOO_MANY_UNFINISHED,
        _("Trop d’envois sont restés inachevés : terminez-les, ou attendez demain."),
    )
    INFECTED = content.INFECTED, _("L’antivirus a reconnu un danger dans ce fichier : prévenez votre informaticien.")
    LOST = content.LOST, _("Ce fichier s’est perdu avant d’être préparé : envoyez-le de nouveau.")


class Rendition(models.TextChoices):
    """`full` is the clean original: upright, without metadata. `raw` is what came in: the job's alone."""

    FULL = "full"
    VIEW = "view"
    THUMB = "thumb"
    RAW = "raw"


class DocumentQuerySet(models.QuerySet["Document"]):
    def kept(self) -> "DocumentQuerySet":
        """Those that were not removed."""
        return self.filter(removed_at__isnull=True)

    def in_folder(self, folder: str) -> "DocumentQuerySet":
        """What was put in one act or draft and not removed, in the order in which it came."""
        return self.kept().filter(folder=folder).order_by("id")


class Document(Referenced):
    """One file of a patient's record. `size` and `sha256` are those of what was received.

    `folder` is the reference of the act or draft it was added for. `client_id` is made by the browser, so that an
    upload sent again makes one document.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="documents")
    wound = models.ForeignKey(Wound, null=True, blank=True, on_delete=models.PROTECT, related_name="documents")
    folder = models.CharField(max_length=22, db_index=True)
    client_id = models.UUIDField()
    kind = models.CharField(_("nature"), max_length=20, choices=DocumentKind, default=DocumentKind.PHOTO)
    title = models.CharField(_("titre"), max_length=120, blank=True)
    content_type = models.CharField(max_length=30)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    key_id = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.RECEIVED)
    refusal = models.CharField(max_length=20, blank=True)
    taken_at = models.DateTimeField(_("prise le"), null=True, blank=True)
    uploaded_by_id = models.BigIntegerField(null=True, blank=True)
    uploaded_by_label = models.CharField(max_length=200)
    phone = models.CharField(max_length=22, blank=True, help_text="which paired phone sent it")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["patient", "created_at"]),
            models.Index(fields=["created_at"], condition=Q(state="received"), name="document_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["folder", "client_id"], name="document_once"),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(refusal="") | ~Q(state="refused") & Q(refusal=""),
                name="document_refusal_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.get_kind_display())

    @property
    def refusal_text(self) -> str:
        """Why it was refused, in one sentence."""
        return str(Refusal(self.refusal).label) if self.refusal else ""

    def sealed_by(self, sent_at: datetime | None) -> bool:
        """Whether it stays: a signed report always, anything else that was there when the act was sent."""
        return self.kind == DocumentKind.REPORT or (sent_at is not None and self.created_at <= sent_at)

    @property
    def is_picture(self) -> bool:
        return self.content_type != PDF

    @property
    def shown_at(self) -> datetime:
        """When it was taken, or received where the camera did not say."""
        return self.taken_at or self.created_at

    def file(self, rendition: str) -> str:
        """The name in the store. A PDF has its full form only."""
        return self.ref if rendition == Rendition.FULL else f"{self.ref}.{rendition}"

    def media_type(self, rendition: str) -> str:
        """The type of a rendition that may be served: pictures are JPEG whatever came in, thumbnails WebP."""
        if not self.is_picture:
            return PDF
        return WEBP if rendition == Rendition.THUMB else JPEG

    def files(self, at: datetime) -> set[str]:
        """The names that the store should hold for this row."""
        if self.removed_at and self.removed_at <= at - KEPT_AFTER_REMOVAL:
            return set()
        if self.state == DocumentState.RECEIVED:
            return {self.file(Rendition.RAW)}
        if self.state == DocumentState.REFUSED:
            return set()
        shown = [Rendition.FULL, Rendition.VIEW, Rendition.THUMB] if self.is_picture else [Rendition.FULL]
        return {self.file(rendition) for rendition in shown}


class FolderSeal(models.Model):
    """An act that was sent: what came before `sealed_at` stays, and pages opened before it add nothing more."""

    folder = models.CharField(max_length=22, unique=True)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.folder


class PhoneLink(Referenced):
    """A link that lets a phone add photographs to one folder, and nothing else, until `expires_at`.

    Only the SHA-256 of the link's secret is kept. `phones` counts those that were started with it.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    wound = models.ForeignKey(Wound, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    folder = models.CharField(max_length=22, db_index=True)
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    phones = models.PositiveSmallIntegerField(default=0)
    uploads = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=False, phones__gt=0) | Q(opened_at__isnull=True, phones=0),
                name="phone_link_opened_by_a_phone",
            )
        ]

    def __str__(self) -> str:
        return self.ref

    def is_open(self, at: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > at
