"""From the draft to its addressee, and what the requérant does while there is no answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from virage.accounts.access import Refused
from virage.accounts.models import Membership, Team
from virage.acts.actions import add_participant
from virage.acts.models import Part
from virage.acts.record import time_zone
from virage.law.record import required_items
from virage.law.requester import may_request
from virage.law.safety import SafetySign
from virage.questionnaires.actions import complete
from virage.questionnaires.models import Response
from virage.questionnaires.rules.validation import validate
from virage.records.actions.documents import seal
from virage.records.models.documents import Document, DocumentState
from virage.teleexpertise.access import rights
from virage.teleexpertise.actions import completing
from virage.teleexpertise.actions.common import (
    OPPOSED,
    asking_side,
    begin,
    close_scopes,
    experts,
    keep,
    legal_day,
    open_to_addressee,
    opposed,
    step,
    tell,
    text_of,
    trace,
)
from virage.teleexpertise.actions.drafts import addressee_data, check_addressee, set_specialty
from virage.teleexpertise.models import Advice, Expertise, Form, Remark, Returned
from virage.teleexpertise.rules import deadlines, flags
from virage.teleexpertise.states import OPEN

RELEVANCE = "relevance"


@dataclass(frozen=True)
class Problem:
    """Something that a draft lacks, as a code; `params` are the figures of the sentence (no health data)."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


class NotReady(Exception):  # noqa: N818 (a refusal, said to the user)
    """The verb can't be done yet: what is missing."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def problems(by: Membership, expertise: Expertise, at: datetime) -> list[Problem]:
    """Everything that stops this membership from sending now, in the order of the page."""
    found = [
        *_assessment_problems(expertise, at),
        *_picture_problems(expertise),
        *_addressee_problems(by, expertise, at),
        *_law_problems(by, expertise, at),
    ]
    if not rights.has_consent(expertise):
        found.append(Problem("no_consent"))
    if raised_flags(expertise) and expertise.red_flags_seen_at is None:
        found.append(Problem("red_flags_unseen"))
    if completing.faults(expertise.push, expertise, at):
        found.append(Problem("push"))
    return found


def raised_flags(expertise: Expertise) -> tuple[SafetySign, ...]:
    """The red flags that the answers raise now."""
    return flags.raised(expertise.assessment.codes(flags.SIGNS)) if expertise.form != Form.SHORT else ()


def needs_relevance(expertise: Expertise, at: datetime) -> bool:
    """Since 2021-06-05 the professional says that telemedicine suits (R. 6316-2)."""
    return any(item.code == RELEVANCE for item in required_items(legal_day(expertise.act, at)))


def _assessment_problems(expertise: Expertise, at: datetime) -> list[Problem]:
    response = expertise.assessment
    if response.completed_at:
        return []
    on = legal_day(expertise.act, at)
    found = [one for one in validate(response.form, response.values(), final=True, on=on) if not one.warning]
    return [Problem("assessment", {"problems": tuple(found)})] if found else []


def _picture_problems(expertise: Expertise) -> list[Problem]:
    waiting = Document.objects.in_folder(expertise.act.ref).filter(state=DocumentState.RECEIVED).count()
    return [Problem("pictures_not_ready", {"count": waiting})] if waiting else []


def _addressee_problems(by: Membership, expertise: Expertise, at: datetime) -> list[Problem]:
    if not expertise.to_team_id and not expertise.to_member_id:
        return [Problem("no_addressee")]
    if opposed(expertise):
        return [Problem(OPPOSED)]
    others = [who for who in experts(expertise, at) if who.user_id != by.user_id]  # whoever sends is the requérant
    return [] if others else [Problem("addressee_cannot_answer")]


def _law_problems(by: Membership, expertise: Expertise, at: datetime) -> list[Problem]:
    found = []
    if not may_request(by.user.profession, legal_day(expertise.act, at)):
        found.append(Problem("requester_not_allowed"))
    if needs_relevance(expertise, at) and expertise.relevance_confirmed_at is None:
        found.append(Problem("relevance_unconfirmed"))
    return found


@transaction.atomic
def confirm_red_flags(*, by: Membership, expertise: Expertise, at: datetime) -> None:
    """Say that « appelez le 15 / le médecin » was read; kept with the act."""
    begin("confirm_red_flags", by=by, expertise=expertise, at=at)
    if expertise.red_flags_seen_at is None:
        keep(expertise, red_flags_seen_at=at)
        trace("confirm_red_flags", by=by.actor, expertise=expertise, at=at)


@transaction.atomic
def confirm_relevance(*, by: Membership, expertise: Expertise, at: datetime) -> None:
    """Say that a remote opinion suits this situation (*pertinence*)."""
    begin("confirm_relevance", by=by, expertise=expertise, at=at)
    if expertise.relevance_confirmed_at is None:
        keep(expertise, relevance_confirmed_at=at)
        trace("confirm_relevance", by=by.actor, expertise=expertise, at=at)


@transaction.atomic
def send(*, by: Membership, expertise: Expertise, at: datetime) -> Expertise:
    """Send to the addressee: answers and photographs are final, the record is opened to him. Raises `NotReady`.

    Whoever sends is the requérant; the one who wrote the draft took part as preparer.
    """
    begin("send", by=by, expertise=expertise, at=at)
    answers = Response.objects.select_for_update(of=("self",)).select_related("version")
    expertise.assessment = answers.get(pk=expertise.assessment_id)  # judged as they are now, not as they were read
    missing = problems(by, expertise, at)
    if missing:
        raise NotReady(missing)
    act, author = expertise.act, expertise.preparer or expertise.act.requester
    step(
        "send",
        by=by.actor,
        expertise=expertise,
        at=at,
        data=addressee_data(expertise),
        requester=by,
        requester_organisation=by.organisation,
        requested_at=at,
    )
    if expertise.assessment.completed_at is None:
        complete(response=expertise.assessment, at=at)
    completing.finish(expertise, at=at)
    seal(patient=act.patient, folder=act.ref, at=at)
    keep(expertise, preparer=author if author.pk != by.pk else None, **schedule(expertise, at))
    add_participant(act=act, membership=by, part=Part.REQUESTER, at=at)
    if expertise.preparer:
        add_participant(act=act, membership=expertise.preparer, part=Part.PREPARED, at=at)
    _address(expertise, by=by, at=at)
    return expertise


def schedule(expertise: Expertise, at: datetime) -> dict[str, datetime]:
    """The due times of a request addressed now."""
    times = deadlines.schedule(
        sent_at=at,
        urgency=expertise.urgency,
        wished_by=expertise.wished_by,
        zone=time_zone(expertise.act),
    )
    return {"due_at": times.due_at, "remind_at": times.remind_at, "hand_back_at": times.hand_back_at}


def _address(expertise: Expertise, *, by: Membership, at: datetime) -> None:
    """Set the specialty, open the record, and say that a request waits."""
    set_specialty(expertise)
    open_to_addressee(expertise, by=by, at=at)
    tell("expertise_received", experts(expertise, at), expertise=expertise, at=at, but=by)


@transaction.atomic
def resend(
    *,
    by: Membership,
    expertise: Expertise,
    to_team: Team | None = None,
    to_member: Membership | None = None,
    at: datetime,
) -> Expertise:
    """Address to somebody else a request that came back."""
    begin("resend", by=by, expertise=expertise, at=at)
    if not rights.has_consent(expertise):
        raise Refused(rights.CONSENT_WITHDRAWN)
    readdress(expertise, by=by, to_team=to_team, to_member=to_member, at=at)
    step("resend", by=by.actor, expertise=expertise, at=at, data=addressee_data(expertise), performer=None)
    _address(expertise, by=by, at=at)
    return expertise


@transaction.atomic
def pass_on(
    *,
    by: Membership,
    expertise: Expertise,
    to_team: Team | None = None,
    to_member: Membership | None = None,
    note: str = "",
    at: datetime,
) -> Expertise:
    """An expert passes the request to a better placed one: the former addressee's access ends, the delay starts
    again, the requérant is told."""
    begin("pass_on", by=by, expertise=expertise, at=at)
    readdress(expertise, by=by, to_team=to_team, to_member=to_member, at=at)
    if note.strip():
        remark(expertise, by=by, kind=Remark.Kind.PASS, text=note, at=at)
    step("pass_on", by=by.actor, expertise=expertise, at=at, data=addressee_data(expertise), performer=None)
    _address(expertise, by=by, at=at)
    tell("expertise_passed_on", asking_side(expertise), expertise=expertise, at=at, but=by)
    return expertise


def readdress(
    expertise: Expertise, *, by: Membership, to_team: Team | None, to_member: Membership | None, at: datetime
) -> None:
    """End the former addressee's access and start again with another one, who can answer."""
    if (to_team is None) == (to_member is None):
        raise Refused("one_addressee")
    check_addressee(by, to_team, to_member, at)
    if to_member and to_member.user_id == expertise.act.requester.user_id:
        raise Refused("addressee_is_requester")
    clear_answer(expertise, at=at)
    keep(
        expertise, to_team=to_team, to_member=to_member, returned_why="", declined_reason="", **schedule(expertise, at)
    )
    if opposed(expertise):
        raise Refused(OPPOSED)
    if not experts(expertise, at):
        raise Refused("addressee_cannot_answer")


def clear_answer(expertise: Expertise, *, at: datetime) -> None:
    """An opinion that was begun and not signed goes with the one who leaves it; so does the access. What was added for
    that expert stays with the request: pages that stand open add and take out nothing more."""
    seal(patient=expertise.act.patient, folder=expertise.act.ref, at=at)
    Advice.objects.filter(expertise=expertise, signed_at__isnull=True).delete()
    completing.drop_unfinished(expertise)
    keep(expertise, accepted_at=None, validate_by=None)
    close_scopes(expertise, at=at)


@transaction.atomic
def withdraw(*, by: Membership, expertise: Expertise, reason: str, at: datetime) -> Expertise:
    """Take the request back before it is answered: all that it opened is closed."""
    begin("withdraw", by=by, expertise=expertise, at=at)
    told = _answering_side(expertise, at)
    remark(expertise, by=by, kind=Remark.Kind.WITHDRAW, text=reason, at=at)
    step("withdraw", by=by.actor, expertise=expertise, at=at, closed_at=at, performer=None)
    clear_answer(expertise, at=at)
    keep(expertise, remind_at=None, hand_back_at=None)
    tell("expertise_withdrawn", told, expertise=expertise, at=at, but=by)
    return expertise


def _answering_side(expertise: Expertise, at: datetime) -> list[Membership]:
    if expertise.act.state not in OPEN:
        return []
    return [expertise.act.performer] if expertise.act.performer else experts(expertise, at)


def give_back(why: Returned) -> dict[str, Any]:
    """What the row says once the request is back with the requérant."""
    return {
        "returned_why": why,
        "accepted_at": None,
        "validate_by": None,
        "due_at": None,
        "remind_at": None,
        "hand_back_at": None,
    }


def remark(expertise: Expertise, *, by: Membership, kind: Remark.Kind, text: str, at: datetime) -> Remark:
    """Add to the thread. `Refused` without words."""
    return Remark.objects.create(expertise=expertise, kind=kind, author=by, text=text_of(text), created_at=at)
