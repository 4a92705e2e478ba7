"""After the answer: the requérant has read it, prescribers decide what it proposes, nurses do it."""

from datetime import datetime

from django.db import transaction

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.entries import lock_patient
from virage.journal.moves import Overtaken, move
from virage.kernel.workflow import NotPossible
from virage.records.access import care_rows
from virage.teleexpertise.access import rights
from virage.teleexpertise.actions.common import begin, keep, step, tell, text_of
from virage.teleexpertise.models import Expertise, Item
from virage.teleexpertise.rules import deadlines
from virage.teleexpertise.states import ITEM

NOT_THE_PRESCRIBER = "not_the_prescriber"
OUTSIDE_CARE_TEAM = "outside_care_team"
TOO_LATE = "too_late_to_undo"
NOT_YOURS = "done_by_someone_else"


@transaction.atomic
def acknowledge(*, by: Membership, expertise: Expertise, told_patient: str, at: datetime) -> Expertise:
    """The requérant's side has read the report, and says what the patient was told: both stay with the act."""
    begin("acknowledge", by=by, expertise=expertise, at=at)
    words = text_of(told_patient)
    step("acknowledge", by=by.actor, expertise=expertise, at=at, closed_at=at)
    keep(expertise, acknowledged_at=at, told_patient=words, remind_at=None)
    return expertise


@transaction.atomic
def decide_item(*, by: Membership, item: Item, prescribe: bool, note: str = "", at: datetime) -> Item:
    """The named prescriber prescribes what was proposed, or says why not. Then it is a task for the nurses."""
    _begin(item, by=by, permission=Permission.DECIDE_ITEM, at=at, verb="prescribe" if prescribe else "refuse")
    if item.prescriber_id != by.pk:
        raise Refused(NOT_THE_PRESCRIBER)
    words = note.strip() if prescribe else text_of(note)
    _move(
        item,
        "prescribe" if prescribe else "refuse",
        by=by,
        at=at,
        decided_by=by,
        decided_at=at,
        decision_note=words[:300],
    )
    asked = item.advice.expertise
    tell("item_prescribed" if prescribe else "item_refused", [asked.act.requester], expertise=asked, at=at, but=by)
    return item


@transaction.atomic
def undecide_item(*, by: Membership, item: Item, at: datetime) -> Item:
    """Take a decision back, within the delay, while nobody has acted on it."""
    _begin(item, by=by, permission=Permission.DECIDE_ITEM, at=at, verb="undecide")
    _check_undo(by, item.decided_by_id, item.decided_at, at)
    _move(item, "undecide", by=by, at=at, decided_by=None, decided_at=None, decision_note="")
    return item


@transaction.atomic
def do_item(*, by: Membership, item: Item, at: datetime) -> Item:
    """A nurse of the care team did what was prescribed."""
    _begin(item, by=by, permission=Permission.DO_TASK, at=at, verb="do")
    _move(item, "do", by=by, at=at, done_by=by, done_at=at)
    return item


@transaction.atomic
def undo_item(*, by: Membership, item: Item, at: datetime) -> Item:
    """It was not done after all: the one who ticked it says so, within the delay."""
    _begin(item, by=by, permission=Permission.DO_TASK, at=at, verb="undo")
    _check_undo(by, item.done_by_id, item.done_at, at)
    _move(item, "undo", by=by, at=at, done_by=None, done_at=None)
    return item


def _begin(item: Item, *, by: Membership, permission: Permission, at: datetime, verb: str) -> None:
    """Lock, look again, check role and care team (a prescriber may know the act alone)."""
    act = item.advice.expertise.act
    lock_patient(act.patient.ref)
    seen = item.state
    item.refresh_from_db(fields=["state", "prescriber", "decided_by", "decided_at", "done_by", "done_at"])
    if item.state != seen:
        raise Overtaken(verb, item.state)
    require(by, permission)
    if not rights.in_force(by, at):
        raise Refused(rights.MEMBERSHIP_ENDED)
    scopes = [""] if permission == Permission.DO_TASK else ["", act.ref]
    if not care_rows(by, at).filter(patient=act.patient_id, scope__in=scopes).exists():
        raise Refused(OUTSIDE_CARE_TEAM)
    if item.advice.signed_at is None:
        raise NotPossible(ITEM.name, item.state, verb)
    ITEM.next(item.state, verb)


def _check_undo(by: Membership, who: int | None, when: datetime | None, at: datetime) -> None:
    if who != by.pk:
        raise Refused(NOT_YOURS)
    if not deadlines.may_undo(done_at=when, at=at):
        raise Refused(TOO_LATE)


def _move(item: Item, verb: str, *, by: Membership, at: datetime, **changes: object) -> None:
    act = item.advice.expertise.act
    move(
        item,
        verb,
        workflow=ITEM,
        by=by.actor,
        at=at,
        patient_ref=act.patient.ref,
        data={"act": act.ref},
        **changes,
    )
