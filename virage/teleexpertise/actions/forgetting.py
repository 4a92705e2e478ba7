"""Drafts that nobody sent and nobody touches any more: what was typed in them goes, the shell of the act stays."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from virage.journal.entries import PLATFORM
from virage.questionnaires.models import Response
from virage.records.actions.documents import seal
from virage.records.models.documents import Document
from virage.teleexpertise.actions.common import refresh, step, trace
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.states import BEFORE, WITHDRAWN


def left_drafts(before: datetime) -> QuerySet[Expertise]:
    """Never sent, and last written to before that: given up or simply left."""
    photographs = Document.objects.kept().filter(folder=OuterRef("act__ref"))
    never_sent = Q(act__state__in=BEFORE) | Q(act__state=WITHDRAWN)
    something = Q(act__state__in=BEFORE) | ~Q(assessment__answers={}) | Exists(photographs)
    old = Q(act__created_at__lt=before, assessment__updated_at__lt=before)
    late = photographs.filter(created_at__gte=before)
    return Expertise.objects.filter(never_sent, something, old, ~Exists(late), act__requested_at=None)


@transaction.atomic
def forget(*, expertise: Expertise, before: datetime, at: datetime) -> bool:
    """Let a left draft go; False when somebody has touched it since. What it was made of goes with the next sweep."""
    refresh("discard", expertise)
    if not left_drafts(before).filter(pk=expertise.pk).exists():
        return False
    if expertise.act.state in BEFORE:
        step("discard", by=PLATFORM, expertise=expertise, at=at, closed_at=at)
        seal(patient=expertise.act.patient, folder=expertise.act.ref, at=at)
    typed = [one for one in (expertise.assessment_id, expertise.completion_id, expertise.push_id) if one]
    Response.objects.filter(pk__in=typed).update(answers={}, scores={}, updated_at=at)
    gone = Document.objects.kept().filter(folder=expertise.act.ref).update(removed_at=at)
    trace("forget_draft", by=PLATFORM, expertise=expertise, at=at, data={"documents": gone})
    return True
