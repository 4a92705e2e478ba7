"""Whatever people press, in whatever order: what must always hold, holds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.teleexpertise.world import NOW, World, fresh
from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.journal.moves import Overtaken
from virage.journal.verify import faults
from virage.kernel.workflow import NotPossible
from virage.records.models import CareTeamMember, Consent
from virage.teleexpertise import jobs, states
from virage.teleexpertise.actions import advising, answering, closing, drafts, sending, signing
from virage.teleexpertise.models import Expertise, Item

pytestmark = pytest.mark.django_db
Call = Callable[[World, Membership, Expertise, datetime], Any]


class UndoError(Exception):
    """Takes back one example."""


def _write(world: World, by: Membership, row: Expertise, at: datetime) -> None:
    advice = advising.draft_advice(by=by, expertise=row, at=at)
    advising.save_advice(by=by, advice=advice, revision=advice.revision, at=at, diagnosis=f"Avis {at}")
    advising.add_item(by=by, advice=advice, kind="other", text="Soin", prescriber=world.doctor, at=at)


def _decide(world: World, by: Membership, row: Expertise, at: datetime) -> None:
    for item in Item.objects.filter(advice__expertise=row):
        closing.decide_item(by=by, item=item, prescribe=True, at=at)


def _withdraw_consent(world: World, by: Membership, row: Expertise, at: datetime) -> None:
    Consent.objects.filter(subject=row.act.ref, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=by)


CALLS: dict[str, Call] = {
    "send": lambda w, by, e, at: sending.send(by=by, expertise=e, at=at),
    "prepare": lambda w, by, e, at: drafts.prepare(by=by, expertise=e, requester=w.doctor, at=at),
    "return_to_draft": lambda w, by, e, at: drafts.return_to_draft(by=by, expertise=e, at=at),
    "accept": lambda w, by, e, at: answering.accept(by=by, expertise=e, at=at),
    "decline": lambda w, by, e, at: answering.decline(by=by, expertise=e, reason="Non", at=at),
    "ask": lambda w, by, e, at: answering.ask_complements(by=by, expertise=e, text="Et ?", at=at),
    "give": lambda w, by, e, at: answering.give_complements(by=by, expertise=e, text="Voici", at=at),
    "write": _write,
    "sign": lambda w, by, e, at: signing.sign(by=by, expertise=e, at=at),
    "correct": lambda w, by, e, at: signing.correct(by=by, expertise=e, reason="Erreur", at=at),
    "sign_correction": lambda w, by, e, at: signing.sign_correction(by=by, expertise=e, at=at),
    "acknowledge": lambda w, by, e, at: closing.acknowledge(by=by, expertise=e, told_patient="Tout", at=at),
    "decide": _decide,
    "withdraw": lambda w, by, e, at: sending.withdraw(by=by, expertise=e, reason="Non", at=at),
    "resend": lambda w, by, e, at: sending.resend(by=by, expertise=e, to_member=w.second, at=at),
    "pass_on": lambda w, by, e, at: sending.pass_on(by=by, expertise=e, to_team=w.pool, at=at),
    "withdraw_consent": _withdraw_consent,
    "wait_a_day": lambda w, by, e, at: jobs.run(at),
    "wait_five_days": lambda w, by, e, at: jobs.run(at),
}
SPAN = {"wait_a_day": timedelta(days=1), "wait_five_days": timedelta(days=5)}
PEOPLE = ("nurse", "doctor", "dermatologist", "second", "stranger")
STEPS = st.lists(st.tuples(st.sampled_from(sorted(CALLS)), st.sampled_from(PEOPLE)), max_size=14)
GOOD_START = (("send", "nurse"), ("accept", "dermatologist"), ("write", "dermatologist"))


@pytest.fixture
def world() -> World:
    return World()


@given(begun=st.integers(0, 4), steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_journey(world: World, begun: int, steps: list[tuple[str, str]]) -> None:
    try:
        with transaction.atomic():
            expertise = world.ready()
            at = NOW
            for verb, person in [*(*GOOD_START, ("sign", "dermatologist"))[:begun], *steps]:
                at += SPAN.get(verb, timedelta(minutes=5))
                _press(world, verb, person, expertise, at)
                _check(world, fresh(expertise))
            assert list(faults()) == []
            raise UndoError
    except UndoError:
        pass


def _press(world: World, verb: str, person: str, expertise: Expertise, at: datetime) -> None:
    try:
        with transaction.atomic():
            CALLS[verb](world, getattr(world, person), fresh(expertise), at)
    except (Refused, NotPossible, Overtaken, sending.NotReady):
        return
    if person == "stranger":
        assert verb.startswith("wait") or verb in ("decide", "withdraw_consent")


def _check(world: World, row: Expertise) -> None:
    act, state = row.act, row.act.state
    assert (act.performed_at is not None) == (state in states.FINISHED) == act.reports.exists()
    assert (act.requested_at is not None) or state in states.BEFORE
    assert (act.performer is not None) == (state in (states.ACCEPTED, states.WAITING, *states.FINISHED))
    assert row.advices.filter(signed_at=None).count() <= 1
    assert row.advices.filter(signed_at__isnull=False).count() == act.reports.count()
    assert list(act.reports.values_list("version", flat=True)) == list(range(1, act.reports.count() + 1))
    scopes = CareTeamMember.objects.filter(scope=act.ref, ends_at=None)
    if state in (*states.BEFORE, states.DECLINED, states.WITHDRAWN):
        assert not scopes.exists()
    if state in states.FINISHED:
        assert not scopes.filter(team__isnull=False).exists()
        assert scopes.filter(user=act.performer.user).exists()
