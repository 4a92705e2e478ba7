"""Every verb in every state: what the table allows is done, everything else is refused and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from tests.teleexpertise.world import LATER, World, fresh
from virage.accounts.access import Refused
from virage.kernel.workflow import NotPossible
from virage.teleexpertise import states
from virage.teleexpertise.access import may
from virage.teleexpertise.actions import advising, answering, closing, completing, drafts, sending, signing
from virage.teleexpertise.models import Expertise

pytestmark = pytest.mark.django_db

EXPECTED = {
    states.DRAFT: {
        "revise",
        "choose_addressee",
        "confirm_red_flags",
        "confirm_relevance",
        "prepare",
        "send",
        "discard",
        "score_request",
    },
    states.PREPARED: {
        "revise",
        "choose_addressee",
        "confirm_red_flags",
        "confirm_relevance",
        "return_to_draft",
        "send",
        "discard",
        "score_request",
    },
    states.SENT: {"note", "accept", "decline", "pass_on", "withdraw"},
    states.ACCEPTED: {
        "note",
        "decline",
        "pass_on",
        "ask_complements",
        "draft_advice",
        "complete_assessment",
        "score_answer",
        "sign",
        "withdraw",
    },
    states.WAITING: {
        "note",
        "give_complements",
        "draft_advice",
        "complete_assessment",
        "score_answer",
        "withdraw",
    },
    states.DECLINED: {"resend", "withdraw"},
    states.TO_VALIDATE: {"note", "validate", "refuse_validation", "withdraw"},
    states.ANSWERED: {"acknowledge", "correct"},
    states.CLOSED: {"correct"},
    states.WITHDRAWN: set(),
}
"""Written by hand from the issue; the code has its own table."""


def _proposed(world: World) -> Expertise:
    nurse = world.article51()
    expertise, _advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=expertise, at=world.at)
    return expertise


def _prepared(world: World) -> Expertise:
    return drafts.prepare(by=world.nurse, expertise=world.ready(), requester=world.doctor, at=world.at)


def _waiting(world: World) -> Expertise:
    expertise, _advice = world.advised()
    answering.ask_complements(by=world.dermatologist, expertise=expertise, text="Et la tension ?", at=world.at)
    return expertise


def _closed(world: World) -> Expertise:
    return closing.acknowledge(by=world.nurse, expertise=world.answered(), told_patient="Tout.", at=LATER)


REACH: dict[str, Callable[[World], Expertise]] = {
    states.DRAFT: lambda world: world.ready(),
    states.PREPARED: _prepared,
    states.SENT: lambda world: world.sent(),
    states.ACCEPTED: lambda world: world.advised()[0],
    states.WAITING: _waiting,
    states.DECLINED: lambda world: answering.decline(
        by=world.second, expertise=world.sent(), reason="Absent", at=world.at
    ),
    states.TO_VALIDATE: _proposed,
    states.ANSWERED: lambda world: world.answered(),
    states.CLOSED: _closed,
    states.WITHDRAWN: lambda world: sending.withdraw(
        by=world.nurse, expertise=world.sent(), reason="Hospitalisée", at=world.at
    ),
}


def calls(world: World, state: str) -> dict[str, Callable[[Expertise], Any]]:
    """Each verb done by the right person with the right words."""
    at, nurse, expert = LATER, world.nurse, world.dermatologist
    asks = world.doctor if state == states.PREPARED else nurse
    return {
        "revise": lambda e: drafts.revise(by=nurse, expertise=e, urgency="urgent", at=at),
        "choose_addressee": lambda e: drafts.choose_addressee(by=nurse, expertise=e, to_member=world.second, at=at),
        "prepare": lambda e: drafts.prepare(by=nurse, expertise=e, requester=world.doctor, at=at),
        "return_to_draft": lambda e: drafts.return_to_draft(by=world.doctor, expertise=e, at=at),
        "discard": lambda e: drafts.discard(by=nurse, expertise=e, at=at),
        "confirm_red_flags": lambda e: sending.confirm_red_flags(by=nurse, expertise=e, at=at),
        "confirm_relevance": lambda e: sending.confirm_relevance(by=nurse, expertise=e, at=at),
        "send": lambda e: sending.send(by=asks, expertise=e, at=at),
        "resend": lambda e: sending.resend(by=nurse, expertise=e, to_member=world.second, at=at),
        "withdraw": lambda e: sending.withdraw(by=nurse, expertise=e, reason="Hospitalisée", at=at),
        "pass_on": lambda e: sending.pass_on(by=expert, expertise=e, to_member=world.second, note="Mieux", at=at),
        "accept": lambda e: answering.accept(by=expert, expertise=e, at=at),
        "decline": lambda e: answering.decline(by=expert, expertise=e, reason="Absente", at=at),
        "ask_complements": lambda e: answering.ask_complements(by=expert, expertise=e, text="Et ?", at=at),
        "give_complements": lambda e: answering.give_complements(by=nurse, expertise=e, text="Voici", at=at),
        "note": lambda e: answering.note(by=nurse, expertise=e, text="Merci", at=at),
        "draft_advice": lambda e: advising.draft_advice(by=expert, expertise=e, at=at),
        "complete_assessment": lambda e: completing.start_completion(by=expert, expertise=e, at=at),
        "score_request": lambda e: completing.start_push(by=nurse, expertise=e, at=at),
        "score_answer": lambda e: completing.start_push(by=expert, expertise=e, at=at),
        "sign": lambda e: signing.sign(by=expert, expertise=e, at=at),
        "validate": lambda e: signing.validate(by=expert, expertise=e, at=at),
        "refuse_validation": lambda e: signing.refuse_validation(by=expert, expertise=e, note="Préciser", at=at),
        "correct": lambda e: signing.correct(by=expert, expertise=e, reason="Erreur de côté", at=at),
        "acknowledge": lambda e: closing.acknowledge(by=nurse, expertise=e, told_patient="Tout.", at=at),
    }


@pytest.mark.parametrize("state", states.WORKFLOW.states())
def test_only_the_verbs_of_the_state_are_done(state: str) -> None:
    world = World()
    row = REACH[state](world)
    assert fresh(row).act.state == state
    done = set()
    for verb, call in calls(world, state).items():
        expertise = fresh(row)
        try:
            with transaction.atomic():
                call(expertise)
                done.add(verb)
                raise UndoError
        except UndoError:
            pass
        except (NotPossible, Refused):
            assert fresh(row).act.state == state
    assert done == EXPECTED[state]


class UndoError(Exception):
    """Takes back what the verb did."""


@pytest.mark.parametrize("state", states.WORKFLOW.states())
def test_the_buttons_are_what_may_be_done(state: str) -> None:
    """`may` shows nobody a verb that the state refuses."""
    world = World()
    expertise = fresh(REACH[state](world))
    everyone = [world.nurse, world.doctor, world.dermatologist, world.second]
    shown = set().union(*(may(who, expertise, LATER) for who in everyone))
    assert shown - EXPECTED[state] == set()
    assert EXPECTED[state] - shown == set()


def test_every_verb_of_the_table_is_tried_or_belongs_to_the_clock() -> None:
    verbs = {verb for _state, verb in states.WORKFLOW.table}
    world_verbs = {"give_back", "hand_back", "propose"}
    assert verbs - set().union(*EXPECTED.values()) == world_verbs
