"""Answers beside the requérant's assessment: the expert's own copy of it, and the PUSH score, which nothing needs.

Each is begun with the first answer that is saved, is final with what it goes with (the request or the opinion), and
leaves the requérant's assessment as it was sent.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict

from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.kernel.workflow import NotPossible
from virage.questionnaires.actions import blank, complete, save_posted
from virage.questionnaires.models import Response
from virage.questionnaires.reports.reading import latest
from virage.questionnaires.rules.validation import Problem, validate
from virage.teleexpertise.actions.common import begin, keep, legal_day, trace
from virage.teleexpertise.models import Expertise, Form
from virage.teleexpertise.states import BEFORE, WORKFLOW

PUSH = "push-3"
COMPLETE = "complete_assessment"

Answer = tuple[dict[str, Any], int]
"""Body and status for the page's script: 409 when another page saved since, 423 when all is final."""


def push_verb(expertise: Expertise) -> str:
    """By whom the score may be given: whoever asks until it is sent, then the expert."""
    return "score_request" if expertise.act.state in BEFORE else "score_answer"


def may_score(expertise: Expertise, verbs: frozenset[str]) -> bool:
    """Whether the score is this person's to give; one that went with the request is final."""
    final = expertise.push is not None and expertise.push.completed_at is not None
    return expertise.form != Form.SHORT and not final and push_verb(expertise) in verbs


def completion_of(*, by: Membership, expertise: Expertise, at: datetime) -> Response:
    """The expert's answers; before the first one is saved, those of the request, not kept."""
    asked = expertise.assessment
    return expertise.completion or blank(
        version=asked.version, author_id=by.user_id, author_label=by.actor.label, at=at, based_on=asked
    )


def push_of(*, by: Membership, expertise: Expertise, at: datetime) -> Response:
    """The score; before the first answer is saved, one with the length and width of the assessment, not kept."""
    return expertise.push or blank(
        version=latest(PUSH),
        author_id=by.user_id,
        author_label=by.actor.label,
        at=at,
        based_on=expertise.completion or expertise.assessment,
    )


@transaction.atomic
def start_completion(*, by: Membership, expertise: Expertise, at: datetime) -> Response:
    """The expert's own assessment: a new one with the answers of the request, or the one begun before."""
    begin(COMPLETE, by=by, expertise=expertise, at=at)
    if expertise.completion is None:
        _keep_new(expertise, "completion", completion_of(by=by, expertise=expertise, at=at))
        trace("start_completion", by=by.actor, expertise=expertise, at=at)
    return expertise.completion


@transaction.atomic
def complete_assessment(*, by: Membership, expertise: Expertise, data: QueryDict, at: datetime) -> Answer:
    """Keep the expert's answers as they are typed."""
    return save_posted(start_completion(by=by, expertise=expertise, at=at), data, at)


@transaction.atomic
def start_push(*, by: Membership, expertise: Expertise, at: datetime) -> Response:
    """The PUSH score of this wound: a new one, or the one begun before."""
    if expertise.form == Form.SHORT:
        raise Refused("no_wound_in_this_form")
    begin(push_verb(expertise), by=by, expertise=expertise, at=at)
    if expertise.push is None:
        _keep_new(expertise, "push", push_of(by=by, expertise=expertise, at=at))
        trace("start_push", by=by.actor, expertise=expertise, at=at)
    elif expertise.push.completed_at:
        raise NotPossible(WORKFLOW.name, expertise.act.state, "score")
    return expertise.push


@transaction.atomic
def save_push(*, by: Membership, expertise: Expertise, data: QueryDict, at: datetime) -> Answer:
    """Keep the score as it is typed."""
    return save_posted(start_push(by=by, expertise=expertise, at=at), data, at)


@transaction.atomic
def drop(*, by: Membership, expertise: Expertise, what: str, at: datetime) -> None:
    """Give up what was begun: the expert's `completion`, or the `push` score. What is final stays."""
    begin(COMPLETE if what == "completion" else push_verb(expertise), by=by, expertise=expertise, at=at)
    if _forget(expertise, what):
        trace(f"drop_{what}", by=by.actor, expertise=expertise, at=at)


def faults(response: Response | None, expertise: Expertise, at: datetime) -> tuple[Problem, ...]:
    """What keeps answers that were begun from being final; judged as they are now, not as they were read."""
    if response is None or response.completed_at:
        return ()
    now = Response.objects.select_related("version").get(pk=response.pk)
    found = validate(now.form, now.values(), final=True, on=legal_day(expertise.act, at))
    return tuple(one for one in found if not one.warning)


def finish(expertise: Expertise, *, at: datetime) -> bool:
    """Make final what was begun; whether the expert's assessment is among it. `Invalid` with what `faults` says."""
    if expertise.push and expertise.push.completed_at is None:
        complete(response=expertise.push, at=at)
    if expertise.completion is None or expertise.completion.completed_at:
        return False
    complete(response=expertise.completion, at=at)
    return True


def drop_unfinished(expertise: Expertise) -> None:
    """What an expert began goes with the one who leaves the request."""
    for what in ("completion", "push"):
        _forget(expertise, what)


def _keep_new(expertise: Expertise, name: str, response: Response) -> None:
    response.save()
    keep(expertise, **{name: response})


def _forget(expertise: Expertise, name: str) -> bool:
    response: Response | None = getattr(expertise, name)
    if response is None or response.completed_at:
        return False
    keep(expertise, **{name: None})
    response.delete()
    return True
