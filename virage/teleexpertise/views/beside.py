"""What pages show beside the requérant's assessment: what the expert answers otherwise, and the PUSH score."""

from typing import Any

from django.utils.translation import get_language

from virage.accounts.models import Membership
from virage.questionnaires.reports.reading import Section, changes
from virage.teleexpertise.actions import completing
from virage.teleexpertise.models import Expertise


def completed(expertise: Expertise) -> tuple[Section, ...]:
    """The expert's answers that differ from those of the request."""
    own, asked = expertise.completion, expertise.assessment
    if own is None:
        return ()
    if own.version_id == asked.version_id:
        own.version = asked.version  # read once
    return changes(own, asked, get_language() or "fr")


def beside(expertise: Expertise, by: Membership, verbs: frozenset[str]) -> dict[str, Any]:
    """Final answers to everyone; begun ones to whoever gives them."""
    own, push = expertise.completion, expertise.push
    answers = by.pk == expertise.act.performer_id
    may_score = completing.may_score(expertise, verbs)
    return {
        "completed": completed(expertise) if own and (own.completed_at or answers) else (),
        "push": push if push and (push.completed_at or answers or may_score) else None,
        "may_complete": completing.COMPLETE in verbs,
        "may_score": may_score,
    }
