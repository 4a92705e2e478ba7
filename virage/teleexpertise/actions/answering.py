"""The expert takes the request or not, and the thread between both sides."""

from datetime import datetime

from django.db import transaction

from virage.accounts.models import Membership
from virage.records.actions.documents import seal
from virage.records.models import CareReason
from virage.teleexpertise.access import rights
from virage.teleexpertise.actions.common import (
    asking_side,
    begin,
    close_pools,
    experts,
    keep,
    open_scope,
    step,
    tell,
    trace,
)
from virage.teleexpertise.actions.sending import clear_answer, give_back, remark, schedule
from virage.teleexpertise.models import Expertise, Remark, Returned
from virage.teleexpertise.rules import deadlines


@transaction.atomic
def accept(*, by: Membership, expertise: Expertise, at: datetime) -> Expertise:
    """Take the request: one expert of the pool answers for it, and the record closes to the colleagues until it comes
    back to them. The other one who tries is `Overtaken`."""
    begin("accept", by=by, expertise=expertise, at=at)
    step("accept", by=by.actor, expertise=expertise, at=at, performer=by)
    keep(expertise, accepted_at=at)
    open_scope(expertise, reason=CareReason.EXPERTISE, by=by.actor.label, at=at, user_id=by.user_id)
    close_pools(expertise, at=at)
    tell("expertise_accepted", asking_side(expertise), expertise=expertise, at=at, but=by)
    return expertise


@transaction.atomic
def decline(*, by: Membership, expertise: Expertise, reason: str, at: datetime) -> Expertise:
    """Say no, with the reason: the request goes back to the requérant, who may send it to somebody else."""
    begin("decline", by=by, expertise=expertise, at=at)
    row = remark(expertise, by=by, kind=Remark.Kind.DECLINE, text=reason, at=at)
    step("decline", by=by.actor, expertise=expertise, at=at, performer=None)
    clear_answer(expertise, at=at)
    keep(expertise, declined_reason=row.text[:300], **give_back(Returned.DECLINED))
    tell("expertise_declined", asking_side(expertise), expertise=expertise, at=at, but=by)
    return expertise


@transaction.atomic
def ask_complements(*, by: Membership, expertise: Expertise, text: str, at: datetime) -> Remark:
    """Ask the requérant for something more. The expert's delay stops; the requérant is reminded."""
    begin("ask_complements", by=by, expertise=expertise, at=at)
    row = remark(expertise, by=by, kind=Remark.Kind.ASK, text=text, at=at)
    step("ask_complements", by=by.actor, expertise=expertise, at=at, data={"remark": row.ref})
    on = rights.day(by, at)
    keep(expertise, remind_at=at + deadlines.delay("reminder", on), hand_back_at=None)
    tell("complements_asked", asking_side(expertise), expertise=expertise, at=at, but=by)
    return row


@transaction.atomic
def give_complements(*, by: Membership, expertise: Expertise, text: str, at: datetime) -> Remark:
    """Answer the expert; photographs added meanwhile are final. The delay starts again."""
    begin("give_complements", by=by, expertise=expertise, at=at)
    row = remark(expertise, by=by, kind=Remark.Kind.GIVE, text=text, at=at)
    step("give_complements", by=by.actor, expertise=expertise, at=at, data={"remark": row.ref})
    seal(patient=expertise.act.patient, folder=expertise.act.ref, at=at)
    keep(expertise, **schedule(expertise, at))
    tell("complements_given", [expertise.act.performer], expertise=expertise, at=at, but=by)
    return row


@transaction.atomic
def note(*, by: Membership, expertise: Expertise, text: str, at: datetime) -> Remark:
    """A message in the thread, to the other side."""
    begin("note", by=by, expertise=expertise, at=at)
    row = remark(expertise, by=by, kind=Remark.Kind.NOTE, text=text, at=at)
    trace("note", by=by.actor, expertise=expertise, at=at, data={"remark": row.ref})
    answering = [expertise.act.performer] if expertise.act.performer else experts(expertise, at)
    asks = rights.ASKS in rights.standing(by, expertise, at).sides
    tell("expertise_note", answering if asks else asking_side(expertise), expertise=expertise, at=at, but=by)
    return row
