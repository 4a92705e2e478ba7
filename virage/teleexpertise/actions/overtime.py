"""What the clock does: remind, hand back a request that nobody answers, say that a consent was withdrawn.

Called by jobs, row by row, each in its own transaction. Each takes the patient's lock and looks again, so that two
workers, or a worker and a person, do it once.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from virage.accounts.models import Membership
from virage.journal.entries import PLATFORM
from virage.journal.moves import Overtaken
from virage.records.models import Consent
from virage.teleexpertise.access import rights
from virage.teleexpertise.actions.common import (
    asking_side,
    doctors_of_pools,
    experts,
    keep,
    legal_day,
    open_to_addressee,
    refresh,
    step,
    tell,
    trace,
)
from virage.teleexpertise.actions.sending import clear_answer, give_back, schedule
from virage.teleexpertise.models import Expertise, Returned
from virage.teleexpertise.rules import deadlines
from virage.teleexpertise.states import ACCEPTED, ANSWERED, OPEN, SENT, TO_VALIDATE, WAITING

LEAVABLE = (SENT, ACCEPTED, WAITING)


def to_remind(at: datetime) -> QuerySet[Expertise]:
    """Those whose reminder is due."""
    return Expertise.objects.filter(remind_at__lte=at).order_by("remind_at")


def to_hand_back(at: datetime) -> QuerySet[Expertise]:
    """Those that have waited too long."""
    return Expertise.objects.filter(hand_back_at__lte=at, act__state__in=LEAVABLE).order_by("hand_back_at")


def left_alone(at: datetime) -> QuerySet[Expertise]:
    """Open requests whose expert's account is closed or whose membership has ended."""
    gone = Q(act__performer__isnull=False) & _gone("act__performer", at) & Q(act__state__in=(ACCEPTED, WAITING))
    named = Q(to_member__isnull=False) & _gone("to_member", at) & Q(act__state=SENT)
    return Expertise.objects.filter(gone | named).order_by("pk")


def _gone(path: str, at: datetime) -> Q:
    return Q(**{f"{path}__user__is_active": False}) | Q(**{f"{path}__ends_on__lte": at.date()})


def without_consent(at: datetime) -> QuerySet[Expertise]:
    """Open requests whose consent was withdrawn, and whose expert was not told yet."""
    consents = Consent.objects.filter(subject=OuterRef("act__ref"))
    open_rows = Expertise.objects.filter(act__state__in=OPEN, consent_alert_at__isnull=True)
    withdrawn = consents.filter(withdrawn_at__lte=at)
    return open_rows.filter(Exists(withdrawn), ~Exists(consents.filter(withdrawn_at__isnull=True))).order_by("pk")


def with_consent_again(at: datetime) -> QuerySet[Expertise]:
    """Open requests that waited for a consent which was given again."""
    given = Consent.objects.filter(subject=OuterRef("act__ref"), withdrawn_at__isnull=True)
    return Expertise.objects.filter(Exists(given), act__state__in=OPEN, consent_alert_at__isnull=False).order_by("pk")


def after_death(at: datetime) -> QuerySet[Expertise]:
    """Open requests about a patient whose death was noted, and of which nobody was told yet."""
    rows = Expertise.objects.filter(act__state__in=OPEN, death_told_at__isnull=True)
    return rows.filter(act__patient__deceased_noted_at__lte=at).order_by("pk")


@transaction.atomic
def tell_of_death(*, expertise: Expertise, at: datetime) -> bool:
    """Tell both sides once: the requérant may withdraw, the expert sees it before working for nothing."""
    if not _still(expertise, "tell_of_death", Q(pk__in=after_death(at))):
        return False
    performer = expertise.act.performer
    answering = [performer] if performer else experts(expertise, at)
    keep(expertise, death_told_at=at)
    trace("tell_of_death", by=PLATFORM, expertise=expertise, at=at)
    tell("request_to_review", [*answering, *asking_side(expertise)], expertise=expertise, at=at)
    return True


@transaction.atomic
def remind(*, expertise: Expertise, at: datetime) -> bool:
    """Remind whoever's turn it is; False when another worker did, or when there is nothing to wait for."""
    if not _still(expertise, "remind", Q(remind_at__lte=at)):
        return False
    state = expertise.act.state
    if state in (SENT, ACCEPTED):
        _remind_expert(expertise, at)
    elif state == WAITING:
        keep(expertise, remind_at=at + deadlines.delay("reminder", legal_day(expertise.act, at)))
        tell("complements_awaited", asking_side(expertise), expertise=expertise, at=at)
    elif state == TO_VALIDATE or expertise.validate_by:
        keep(expertise, remind_at=at + deadlines.delay("reminder", legal_day(expertise.act, at)))
        tell("validation_overdue", doctors_of_pools(expertise, at), expertise=expertise, at=at)
    else:
        keep(expertise, remind_at=None)
        if state == ANSWERED:
            tell("report_unread", asking_side(expertise), expertise=expertise, at=at)
    return True


def _remind_expert(expertise: Expertise, at: datetime) -> None:
    late = expertise.due_at is not None and expertise.due_at <= at
    keep(expertise, remind_at=deadlines.next_reminder(now=at, due_at=expertise.due_at))
    performer = expertise.act.performer
    waiting = [performer] if performer else experts(expertise, at)
    tell("expertise_overdue" if late else "expertise_due_soon", waiting, expertise=expertise, at=at)
    if late:
        tell("answer_late", asking_side(expertise), expertise=expertise, at=at)


@transaction.atomic
def hand_back(*, expertise: Expertise, at: datetime) -> bool:
    """Take a request from an expert who does not answer: to the pool when a colleague may take it, otherwise back
    to the requérant. False when it was answered meanwhile, or another worker did it."""
    if not _still(expertise, "hand_back", Q(hand_back_at__lte=at, act__state__in=LEAVABLE)):
        return False
    _leave(expertise, why=Returned.NO_ANSWER, at=at)
    return True


@transaction.atomic
def replace_expert(*, expertise: Expertise, at: datetime) -> bool:
    """The same for an expert who has left."""
    if not _still(expertise, "hand_back", Q(pk__in=left_alone(at))):
        return False
    _leave(expertise, why=Returned.EXPERT_LEFT, at=at)
    return True


@transaction.atomic
def alert_consent(*, expertise: Expertise, at: datetime) -> bool:
    """Tell both sides that the patient has withdrawn consent: no answer can be given any more."""
    if not _still(expertise, "alert_consent", Q(pk__in=without_consent(at))):
        return False
    performer = expertise.act.performer
    answering = [performer] if performer else experts(expertise, at)
    keep(expertise, consent_alert_at=at, remind_at=None, hand_back_at=None)
    trace("alert_consent", by=PLATFORM, expertise=expertise, at=at)
    tell("consent_withdrawn", [*answering, *asking_side(expertise)], expertise=expertise, at=at)
    return True


@transaction.atomic
def resume(*, expertise: Expertise, at: datetime) -> bool:
    """Consent was given again: the delays start again, and the expert is told."""
    if not _still(expertise, "resume", Q(pk__in=with_consent_again(at))):
        return False
    keep(expertise, consent_alert_at=None, **_times_again(expertise, at))
    trace("resume", by=PLATFORM, expertise=expertise, at=at)
    performer = expertise.act.performer
    tell("consent_again", [performer] if performer else experts(expertise, at), expertise=expertise, at=at)
    return True


def _times_again(expertise: Expertise, at: datetime) -> dict[str, Any]:
    """An expert's delay starts again; while a doctor or the requérant is waited for, only their reminder does."""
    if expertise.act.state == TO_VALIDATE:
        return {"remind_at": expertise.validate_by}
    if expertise.act.state == WAITING:
        return {"remind_at": at + deadlines.delay("reminder", legal_day(expertise.act, at))}
    return schedule(expertise, at)


def _still(expertise: Expertise, verb: str, condition: Q) -> bool:
    """Under the lock: is it still as the job saw it?"""
    try:
        refresh(verb, expertise)
    except Overtaken:
        return False
    return Expertise.objects.filter(condition, pk=expertise.pk).exists()


def _leave(expertise: Expertise, *, why: Returned, at: datetime) -> None:
    performer = expertise.act.performer
    others = [who for who in experts(expertise, at) if performer is None or who.pk != performer.pk]
    to_pool = bool(performer and expertise.to_team_id and others)
    # A request that came back to the pool once, and that nobody there took, goes to the requérant.
    step(
        "hand_back" if to_pool else "give_back",
        by=PLATFORM,
        expertise=expertise,
        at=at,
        data={"why": why.value},
        performer=None,
    )
    clear_answer(expertise, at=at)
    if to_pool:
        keep(expertise, returned_why=why, **_again(expertise, at))
        open_to_addressee(expertise, by=asking_side(expertise)[0], at=at)
        tell("expertise_received", others, expertise=expertise, at=at)
    else:
        keep(expertise, **give_back(why))
    told: list[Membership] = asking_side(expertise) + ([performer] if performer else [])
    template = "expertise_back_in_pool" if to_pool else "expertise_given_back"
    tell(template, [who for who in told if rights.in_force(who, at)], expertise=expertise, at=at)


def _again(expertise: Expertise, at: datetime) -> dict[str, Any]:
    """The due time stays what the requérant was told; the pool has one more hand-back delay."""
    on = legal_day(expertise.act, at)
    prefix = deadlines.PREFIX[expertise.urgency]
    return {"remind_at": None, "hand_back_at": at + deadlines.delay(f"{prefix}hand_back", on)}
