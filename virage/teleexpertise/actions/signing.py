"""Sign: the act is performed, its report written, and everyone who needs it told. Corrections are new versions."""

from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from virage.accounts.models import Membership
from virage.accounts.roles import Role
from virage.acts.actions import add_participant, follow_up, write_report
from virage.acts.models import Kind, Part, Report
from virage.journal.entries import Actor
from virage.journal.moves import move
from virage.kernel.workflow import NotPossible
from virage.records.models import CareReason
from virage.teleexpertise.access import rights
from virage.teleexpertise.actions import completing
from virage.teleexpertise.actions.advising import draft_of, new_advice
from virage.teleexpertise.actions.common import (
    asking_side,
    begin,
    close_pools,
    close_scopes,
    doctors_of_pools,
    keep,
    legal_day,
    open_scope,
    step,
    tell,
    text_of,
    trace,
)
from virage.teleexpertise.actions.content import content
from virage.teleexpertise.actions.sending import NotReady, Problem, remark
from virage.teleexpertise.models import Advice, Expertise, Item, Remark
from virage.teleexpertise.rules import deadlines
from virage.teleexpertise.states import ITEM, PROPOSED, WORKFLOW

BILL_JOB = "billing.bill_performed"
REPORT_JOB = "teleexpertise.make_report"


@transaction.atomic
def sign(*, by: Membership, expertise: Expertise, at: datetime) -> Report:
    """A doctor signs the opinion: the téléexpertise is performed."""
    begin("sign", by=by, expertise=expertise, at=at)
    advice = _ready(expertise, at)
    step("sign", by=by.actor, expertise=expertise, at=at, data={"advice": advice.ref}, performed_at=at)
    return _finish(advice, by=by, at=at)


@transaction.atomic
def propose(*, by: Membership, expertise: Expertise, at: datetime) -> Advice:
    """A nurse under an article 51 protocol proposes: a doctor of the pool validates within the delay."""
    begin("propose", by=by, expertise=expertise, at=at)
    advice = _ready(expertise, at)
    step("propose", by=by.actor, expertise=expertise, at=at, data={"advice": advice.ref})
    _wait_for_doctor(advice, at=at)
    return advice


@transaction.atomic
def validate(*, by: Membership, expertise: Expertise, note: str = "", at: datetime) -> Report:
    """A doctor of the pool makes the nurse's proposal final."""
    begin("validate", by=by, expertise=expertise, at=at)
    advice = _proposed(expertise, "validate")
    advice.validated_by, advice.validation_note = by, note.strip()
    advice.save(update_fields=["validated_by", "validation_note"])
    step("validate", by=by.actor, expertise=expertise, at=at, data={"advice": advice.ref}, performed_at=at)
    add_participant(act=expertise.act, membership=by, part=Part.VALIDATOR, at=at)
    return _finish(advice, by=expertise.act.performer, at=at)


@transaction.atomic
def refuse_validation(*, by: Membership, expertise: Expertise, note: str, at: datetime) -> Advice:
    """Send the proposal back to the nurse, with the reason: it can be changed and proposed again."""
    begin("refuse_validation", by=by, expertise=expertise, at=at)
    advice = _proposed(expertise, "refuse_validation")
    remark(expertise, by=by, kind=Remark.Kind.VALIDATION, text=note, at=at)
    step("refuse_validation", by=by.actor, expertise=expertise, at=at, data={"advice": advice.ref})
    _reopen(advice, by=by, at=at)
    return advice


@transaction.atomic
def correct(*, by: Membership, expertise: Expertise, reason: str, at: datetime) -> Advice:
    """Begin a new version of a signed opinion, with its text and what is not decided yet. The signed one stays."""
    begin("correct", by=by, expertise=expertise, at=at)
    if draft_of(expertise):
        raise NotPossible(WORKFLOW.name, expertise.act.state, "correct")
    former = expertise.advices.order_by("-version")[0]
    advice = new_advice(expertise, by=by, at=at, reason=text_of(reason)[:300])
    for name in ("diagnosis", "free_text", "follow_up", "teleconsultation"):
        setattr(advice, name, getattr(former, name))
    advice.save(update_fields=["diagnosis", "free_text", "follow_up", "teleconsultation"])
    Item.objects.bulk_create(
        Item(advice=advice, kind=item.kind, text=item.text, prescriber_id=item.prescriber_id, created_at=at)
        for item in former.items.filter(state=PROPOSED)
    )
    trace("begin_correction", by=by.actor, expertise=expertise, at=at, data={"advice": advice.ref})
    return advice


@transaction.atomic
def sign_correction(*, by: Membership, expertise: Expertise, at: datetime) -> Report | None:
    """A doctor's correction is the next version of the report at once. A nurse's one first waits for a doctor of the
    pool (`validate_correction`): None."""
    begin("correct", by=by, expertise=expertise, at=at)
    advice = _ready(expertise, at)
    if rights.is_medical(by):
        return _finish_correction(advice, by=by.actor, at=at)
    _wait_for_doctor(advice, at=at)
    trace("propose_correction", by=by.actor, expertise=expertise, at=at, data={"advice": advice.ref})
    return None


@transaction.atomic
def validate_correction(*, by: Membership, expertise: Expertise, note: str = "", at: datetime) -> Report:
    """A doctor of the pool makes a nurse's correction final."""
    begin("validate_correction", by=by, expertise=expertise, at=at)
    advice = _proposed(expertise, "validate_correction")
    advice.validated_by, advice.validation_note = by, note.strip()
    advice.save(update_fields=["validated_by", "validation_note"])
    add_participant(act=expertise.act, membership=by, part=Part.VALIDATOR, at=at)
    return _finish_correction(advice, by=by.actor, at=at)


@transaction.atomic
def refuse_correction(*, by: Membership, expertise: Expertise, note: str, at: datetime) -> Advice:
    """Send a nurse's correction back; the signed report stays as it was."""
    begin("validate_correction", by=by, expertise=expertise, at=at)
    advice = _proposed(expertise, "refuse_correction")
    remark(expertise, by=by, kind=Remark.Kind.VALIDATION, text=note, at=at)
    trace("refuse_correction", by=by.actor, expertise=expertise, at=at, data={"advice": advice.ref})
    _reopen(advice, by=by, at=at)
    return advice


def _ready(expertise: Expertise, at: datetime) -> Advice:
    """The draft, when it says something, no doctor has been asked, and the forms beside it can be final."""
    advice = draft_of(expertise)
    if advice is None or advice.proposed_at:
        raise NotReady([Problem("no_advice")])
    if advice.says_nothing:
        raise NotReady([Problem("text_needed")])
    begun = (("completion", expertise.completion), ("push", expertise.push))
    faulty = [Problem(code) for code, response in begun if completing.faults(response, expertise, at)]
    if faulty:
        raise NotReady(faulty)
    return advice


def _proposed(expertise: Expertise, verb: str) -> Advice:
    advice = draft_of(expertise)
    if advice is None or advice.proposed_at is None:
        raise NotPossible(WORKFLOW.name, expertise.act.state, verb)
    return advice


def _wait_for_doctor(advice: Advice, *, at: datetime) -> None:
    expertise = advice.expertise
    advice.proposed_at = at
    advice.save(update_fields=["proposed_at"])
    by_when = deadlines.validate_by(proposed_at=at, on=legal_day(expertise.act, at))
    keep(expertise, validate_by=by_when, remind_at=by_when, hand_back_at=None)
    own = {team.pk for team in rights.pools_of(expertise.act.performer)}
    for pool in (own | {expertise.to_team_id}) - {None}:
        open_scope(expertise, reason=CareReason.EXPERTISE, by=advice.author.actor.label, at=at, team_id=pool)
    tell("validation_wanted", doctors_of_pools(expertise, at), expertise=expertise, at=at)


def _reopen(advice: Advice, *, by: Membership, at: datetime) -> None:
    """Give a proposal back to its author; the doctors who were to validate it see it no more."""
    expertise = advice.expertise
    close_pools(expertise, at=at)
    advice.proposed_at = None
    advice.save(update_fields=["proposed_at"])
    keep(expertise, validate_by=None, **_writing_again(expertise, at))
    tell("validation_refused", [advice.author], expertise=expertise, at=at, but=by)


def _writing_again(expertise: Expertise, at: datetime) -> dict[str, datetime | None]:
    """The clock of an advice that its author has to change: the due time stays what the requérant was told."""
    due_at = expertise.due_at
    if expertise.act.performed_at or due_at is None:
        return {"remind_at": None}
    prefix = deadlines.PREFIX[expertise.urgency]
    on = legal_day(expertise.act, at)
    return {"remind_at": due_at, "hand_back_at": max(due_at, at) + deadlines.delay(f"{prefix}hand_back", on)}


def _finish(advice: Advice, *, by: Membership, at: datetime) -> Report:
    """Write the report, give everyone what they need, and end what nobody needs any more."""
    expertise = advice.expertise
    act = expertise.act
    if completing.finish(expertise, at=at):
        trace("complete_assessment", by=by.actor, expertise=expertise, at=at)
    add_participant(act=act, membership=by, part=Part.PERFORMER, at=at)
    if advice.teleconsultation:
        follow_up(by=by, act=act, kind=Kind.TELECONSULTATION, reason="", at=at)
    _name_prescribers(advice)
    close_scopes(expertise, at=at, but=[by, advice.validated_by])
    _open_own_record(expertise, [by, advice.validated_by], at=at)
    copies = _send_copies(expertise, at=at)
    report = _write(advice, signed_by=by, at=at)
    on = legal_day(act, at)
    keep(expertise, hand_back_at=None, validate_by=None, remind_at=at + deadlines.delay("acknowledge", on))
    tell("expertise_answered", asking_side(expertise), expertise=expertise, at=at, but=by)
    tell("report_copy", copies, expertise=expertise, at=at, but=by)
    _tell_prescribers(advice, at=at)
    app.configure_task(BILL_JOB).defer()
    return report


def _finish_correction(advice: Advice, *, by: Actor, at: datetime) -> Report:
    expertise = advice.expertise
    _supersede(advice, by=by, at=at)
    _name_prescribers(advice)
    close_pools(expertise, at=at)
    _open_own_record(expertise, [advice.validated_by], at=at)
    copies = _send_copies(expertise, at=at)
    step(
        "correct",
        by=by,
        expertise=expertise,
        at=at,
        data={"advice": advice.ref, "version": advice.version},
        closed_at=None,
    )
    report = _write(advice, signed_by=advice.author, at=at, reason=advice.correction_reason)
    on = legal_day(expertise.act, at)
    keep(expertise, acknowledged_at=None, validate_by=None, remind_at=at + deadlines.delay("acknowledge", on))
    tell("report_corrected", [*asking_side(expertise), *copies], expertise=expertise, at=at, but=advice.author)
    _tell_prescribers(advice, at=at)
    return report


def _write(advice: Advice, *, signed_by: Membership, at: datetime, reason: str = "") -> Report:
    act = advice.expertise.act
    advice.signed_at = at
    report = write_report(act=act, content=content(advice), signed_by=signed_by, at=at, correction_reason=reason)
    advice.report = report
    advice.save(update_fields=["signed_at", "report"])
    app.configure_task(REPORT_JOB).defer(report_id=report.pk)
    return report


def _name_prescribers(advice: Advice) -> None:
    """An item without a named prescriber goes to the médecin traitant, or to the requérant who may decide."""
    act = advice.expertise.act
    for member in (act.patient.attending_doctor, act.requester):
        if member and any(role in member.roles for role in (Role.DOCTOR, Role.COORDINATOR)):
            advice.items.filter(prescriber__isnull=True).update(prescriber=member)
            return


def _supersede(advice: Advice, *, by: Actor, at: datetime) -> None:
    """What an earlier version proposed and nobody decided is replaced by what this version proposes."""
    patient_ref = advice.expertise.act.patient.ref
    earlier = Item.objects.filter(advice__expertise=advice.expertise, state=PROPOSED).exclude(advice=advice)
    for item in earlier.select_for_update():
        move(item, "supersede", workflow=ITEM, by=by, at=at, patient_ref=patient_ref, data=_act_of(advice))


def _act_of(advice: Advice) -> dict[str, Any]:
    return {"act": advice.expertise.act.ref}


def _open_own_record(expertise: Expertise, members: list[Membership | None], *, at: datetime) -> None:
    """Who performed or validated keeps the act as a part of his own file (R. 6316-4)."""
    for one in filter(None, members):
        open_scope(expertise, reason=CareReason.EXPERTISE, by=one.actor.label, at=at, user_id=one.user_id)


def _send_copies(expertise: Expertise, *, at: datetime) -> list[Membership]:
    """The médecin traitant, the médecin coordonnateur and the named prescribers see the act; returns those in copy."""
    act = expertise.act
    copies = [who for who in _copied(expertise, at) if who.pk not in (act.requester_id, act.performer_id)]
    for member in copies:
        add_participant(act=act, membership=member, part=Part.COPY, at=at)
    prescribers = Membership.objects.filter(items_to_decide__advice__expertise=expertise).select_related("user")
    for member in {who.user_id: who for who in [*copies, *prescribers]}.values():
        open_scope(expertise, reason=CareReason.COPY, by="Virage", at=at, user_id=member.user_id)
    return copies


def _copied(expertise: Expertise, at: datetime) -> list[Membership]:
    patient = expertise.act.patient
    found = [patient.attending_doctor] if patient.attending_doctor else []
    if patient.residence:
        rows = patient.residence.memberships.in_force(at.date()).filter(roles__contains=[Role.COORDINATOR.value])
        found += list(rows.select_related("user", "organisation"))
    return [who for who in found if rights.in_force(who, at)]


def _tell_prescribers(advice: Advice, *, at: datetime) -> None:
    items = advice.items.filter(state=PROPOSED, prescriber__isnull=False).select_related("prescriber__user")
    tell("item_to_decide", [item.prescriber for item in items], expertise=advice.expertise, at=at)
