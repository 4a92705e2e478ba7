"""What is kept, and until when: each rule lets go what is older than the law, or the project, says on that day.

A rule is a dated parameter of `law`, and two functions of the app that owns the data: what is past its time, and how
it goes. Each can be run twice, by two at once, and after a crash: what is gone is not found again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Invitation
from virage.acts.models import Act
from virage.billing import actions as billing
from virage.billing.record import no_more_needed, with_old_number
from virage.journal import checkpoints
from virage.journal.keys import signing_keys
from virage.journal.models import Entry
from virage.law import parameters
from virage.notifications.models import Message, MessageState
from virage.records.models import Patient, PatientVisit
from virage.records.models.documents import PhoneLink
from virage.teleexpertise.actions import forgetting

BATCH = 500
JOURNAL = "retention.journal"


@dataclass(frozen=True)
class Rule:
    """`waiting` counts what is past its time, `apply` lets some of it go and says how many; without `apply` a person
    decides."""

    name: str
    label: Promise
    waiting: Callable[[datetime], int]
    apply: Callable[[datetime, datetime], int] | None = None


def _rows(name: str, label: Promise, found: Callable[[datetime], models.QuerySet]) -> Rule:
    """Rows that simply go."""

    def delete(before: datetime, at: datetime) -> int:
        some = list(found(before).order_by("pk").values_list("pk", flat=True)[:BATCH])
        found(before).filter(pk__in=some).delete()
        return len(some)

    return Rule(name, label, lambda before: found(before).count(), delete)


def _messages(before: datetime) -> models.QuerySet:
    return Message.objects.filter(state__in=[MessageState.SENT, MessageState.FAILED], due_at__lt=before)


def _old_records(before: datetime) -> models.QuerySet:
    """Patients for whom nothing was done and whose record nobody opened since."""
    acts = Act.objects.filter(patient=OuterRef("pk"), created_at__gte=before)
    entries = Entry.objects.filter(patient_ref=OuterRef("ref"), at__gte=before)
    return Patient.objects.filter(~Exists(acts), ~Exists(entries), created_at__lt=before)


def _forget_drafts(before: datetime, at: datetime) -> int:
    drafts = forgetting.left_drafts(before).select_related("act__patient").order_by("pk")[:BATCH]
    return sum(forgetting.forget(expertise=one, before=before, at=at) for one in drafts)


def _prune_journal(before: datetime, at: datetime) -> int:
    keys, gone = signing_keys(), 0
    for chain, length in checkpoints.prunable(before).items():
        gone += checkpoints.prune(chain, length=length, rule=JOURNAL, at=at, keys=keys)
    return gone


RULES = (
    Rule(
        "retention.nir.requester",
        _("Numéro de sécurité sociale au dossier, après la dernière transmission pour paiement"),
        lambda before: no_more_needed(before).count(),
        lambda before, at: billing.forget_requesters_numbers(before=before, at=at),
    ),
    Rule(
        "retention.nir.performer",
        _("Numéro et naissance de l’assuré dans les lignes transmises au payeur"),
        lambda before: with_old_number(before).count(),
        lambda before, at: billing.forget_numbers(before=before, at=at),
    ),
    Rule(
        "retention.drafts",
        _("Réponses et photographies des brouillons jamais envoyés"),
        lambda before: forgetting.left_drafts(before).count(),
        _forget_drafts,
    ),
    _rows("retention.messages", _("Messages envoyés ou abandonnés"), _messages),
    _rows(
        "retention.phone_links",
        _("Liens de téléphone terminés"),
        lambda before: PhoneLink.objects.filter(expires_at__lt=before),
    ),
    _rows(
        "retention.visits",
        _("Visites des pages personnelles des patients"),
        lambda before: PatientVisit.objects.filter(seen_at__lt=before),
    ),
    _rows(
        "retention.invitations",
        _("Invitations acceptées, retirées ou périmées"),
        lambda before: Invitation.objects.filter(expires_at__lt=before),
    ),
    _rows(
        "retention.sessions", _("Sessions terminées"), lambda before: Session.objects.filter(expire_date__lt=before)
    ),
    _rows(
        "retention.sign_ins",
        _("Traces de connexion : adresse et navigateur d’une session"),
        lambda before: UserSession.objects.filter(last_seen_at__lt=before),
    ),
    Rule(
        "retention.medical_record",
        _("Dossiers sans aucune activité : à examiner, rien n’est effacé sans une décision"),
        lambda before: _old_records(before).count(),
    ),
    Rule(
        JOURNAL,
        _("Écritures du journal, derrière un point de contrôle signé"),
        lambda before: sum(_prunable_counts(before)),
        _prune_journal,
    ),
)


def _prunable_counts(before: datetime) -> list[int]:
    found = checkpoints.prunable(before)
    return [Entry.objects.filter(chain=chain, position__lte=length).count() for chain, length in found.items()]


def limit(rule: Rule, at: datetime) -> datetime:
    """What is older than that has had its time."""
    return at - parameters.value(rule.name, at.astimezone(UTC).date())
