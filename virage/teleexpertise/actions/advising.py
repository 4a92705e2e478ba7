"""The expert's advice while it is written: text, proposed items, drawings over the photographs."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.journal.moves import Overtaken
from virage.kernel.workflow import NotPossible
from virage.records.models.documents import Document
from virage.teleexpertise.access import prescribers_of, rights
from virage.teleexpertise.actions.common import begin, close_pools, keep, refresh, text_of, trace
from virage.teleexpertise.models import Advice, Drawing, Expertise, Item
from virage.teleexpertise.rules.drawing import check
from virage.teleexpertise.states import ACCEPTED, FINISHED, PROPOSED, WAITING, WORKFLOW

FIELDS = ("diagnosis", "free_text", "follow_up", "teleconsultation")
WRITING = (ACCEPTED, WAITING, *FINISHED)


class Stale(Exception):  # noqa: N818 (a refusal, said to the user)
    """Another page saved this advice since; `revision` is the one to take up."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"the revision is now {revision}")
        self.revision = revision


@transaction.atomic
def draft_advice(*, by: Membership, expertise: Expertise, at: datetime) -> Advice:
    """The advice that this expert is writing: a new one, or the one begun before."""
    begin("draft_advice", by=by, expertise=expertise, at=at)
    return draft_of(expertise) or new_advice(expertise, by=by, at=at)


def draft_of(expertise: Expertise) -> Advice | None:
    """The advice or correction that is not signed yet."""
    return expertise.advices.filter(signed_at__isnull=True).select_related("author__user").first()


def check_seen(verb: str, *, expertise: Expertise, stamp: str) -> None:
    """Take the lock; `Overtaken` when the advice is not the one that was read (`Advice.stamp`). In the transaction of
    the verb that signs: what one has not read is not signed."""
    refresh(verb, expertise)
    advice = draft_of(expertise)
    if advice and advice.stamp != stamp:
        raise Overtaken(verb, expertise.act.state)


def new_advice(expertise: Expertise, *, by: Membership, at: datetime, reason: str = "") -> Advice:
    last = expertise.advices.aggregate(last=Max("version"))["last"] or 0
    return Advice.objects.create(
        expertise=expertise, version=last + 1, author=by, correction_reason=reason, created_at=at, updated_at=at
    )


@transaction.atomic
def save_advice(*, by: Membership, advice: Advice, revision: int, at: datetime, **fields: Any) -> int:
    """Keep the text as it is typed; returns the new revision. `Stale` when another page saved meanwhile.

    Not an entry of the journal: an unsigned text is nobody's word yet."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"save_advice() got unexpected fields: {', '.join(sorted(unknown))}")
    _check_writing("save_advice", by, advice, at)
    current = Advice.objects.select_for_update().get(pk=advice.pk)
    if revision != current.revision:
        raise Stale(current.revision)
    if all(getattr(current, name) == value for name, value in fields.items()):
        return revision
    for row in (current, advice):
        for name, value in {**fields, "revision": revision + 1, "updated_at": at}.items():
            setattr(row, name, value)
    current.save(update_fields=[*fields, "revision", "updated_at"])
    return current.revision


@transaction.atomic
def add_item(
    *, by: Membership, advice: Advice, kind: str, text: str, prescriber: Membership | None, at: datetime
) -> Item:
    """Propose something to a named prescriber. It is an opinion, not a prescription."""
    _check_writing("add_item", by, advice, at)
    if kind not in Item.Kind.values:
        raise Refused("unknown_kind")
    if prescriber and not prescribers_of(advice.expertise, at).filter(pk=prescriber.pk).exists():
        raise Refused("not_a_prescriber")
    return Item.objects.create(
        advice=advice, kind=kind, text=text_of(text)[:500], prescriber=prescriber, created_at=at
    )


@transaction.atomic
def remove_item(*, by: Membership, item: Item, at: datetime) -> None:
    """Take a proposal out of an advice that is not signed; one that was decided stays."""
    _check_writing("remove_item", by, item.advice, at)
    if item.state != PROPOSED:
        raise NotPossible("item", item.state, "remove_item")
    Item.objects.filter(pk=item.pk, state=PROPOSED).delete()


@transaction.atomic
def save_drawing(
    *, by: Membership, expertise: Expertise, document: Document, shapes: list[dict[str, Any]], at: datetime
) -> Drawing:
    """Keep the arrows, circles and words over a photograph of this request; the photograph is not touched.

    `Refused("shapes")` when they are not what `rules.drawing` knows."""
    refresh("save_drawing", expertise)
    reason = _reason_against_writing(by, expertise, at)
    if reason:
        raise Refused(reason)
    if expertise.act.state in FINISHED and not _is_correcting(expertise):
        raise NotPossible(WORKFLOW.name, expertise.act.state, "save_drawing")
    if document.folder != expertise.act.ref or document.removed_at or not document.is_picture:
        raise Refused("not_a_picture_of_this_request")
    if check(shapes):
        raise Refused("shapes")
    drawing, _created = Drawing.objects.update_or_create(
        expertise=expertise,
        document=document,
        author=by,
        defaults={"shapes": shapes, "updated_at": at},
        create_defaults={"shapes": shapes, "updated_at": at, "created_at": at},
    )
    return drawing


def discard_correction(*, by: Membership, expertise: Expertise, at: datetime) -> None:
    """Give up a correction that was not signed: the report stays as it was."""
    with transaction.atomic():
        begin("correct", by=by, expertise=expertise, at=at)
        deleted, _rows = Advice.objects.filter(expertise=expertise, signed_at__isnull=True).delete()
        if deleted:
            close_pools(expertise, at=at)
            if expertise.validate_by:
                keep(expertise, validate_by=None, remind_at=None)
            trace("discard_correction", by=by.actor, expertise=expertise, at=at)


def _check_writing(verb: str, by: Membership, advice: Advice, at: datetime) -> None:
    """Only its author, while it is neither signed nor waiting for a doctor."""
    expertise = advice.expertise
    refresh(verb, expertise)
    fresh = Advice.objects.filter(pk=advice.pk).values_list("signed_at", "proposed_at", "author_id").first()
    if fresh is None or fresh[0] or fresh[1] or expertise.act.state not in WRITING:
        raise NotPossible(WORKFLOW.name, expertise.act.state, verb)
    reason = rights.SIDE if fresh[2] != by.pk else _reason_against_writing(by, expertise, at)
    if reason:
        raise Refused(reason)


def _is_correcting(expertise: Expertise) -> bool:
    """Whether a correction is open and no doctor has it before the eyes."""
    draft = draft_of(expertise)
    return draft is not None and draft.proposed_at is None


def _reason_against_writing(by: Membership, expertise: Expertise, at: datetime) -> str:
    """As for the advice itself, or for its correction once it is signed."""
    verb = "correct" if expertise.act.state in FINISHED else "draft_advice"
    return rights.why_not(by, expertise, verb, at)
