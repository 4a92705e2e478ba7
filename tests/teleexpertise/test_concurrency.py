"""Two people, or one person twice, at the same moment: real commits, real threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from tests.ground import Database
from tests.teleexpertise.world import LATER, NOW, World
from virage.journal.moves import Overtaken
from virage.journal.verify import faults
from virage.kernel.workflow import NotPossible
from virage.notifications.models import Message
from virage.teleexpertise import states
from virage.teleexpertise.access import detailed
from virage.teleexpertise.actions import advising, answering, closing, drafts, overtime, sending, signing
from virage.teleexpertise.models import Advice, Expertise


@pytest.fixture
def world(own_database: Database) -> World:
    return World()


def load(row: Expertise) -> Expertise:
    return detailed(Expertise.objects).get(pk=row.pk)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls together; each gives its result, or the refusal that it met."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=20)
            return call()
        except (Overtaken, NotPossible, advising.Stale) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def refusals(results: list[Any]) -> int:
    return sum(isinstance(result, Exception) for result in results)


def test_two_experts_accept_and_one_is_overtaken(world: World) -> None:
    row = world.sent()
    seen = [load(row), load(row)]
    results = at_once(
        lambda: answering.accept(by=world.dermatologist, expertise=seen[0], at=NOW),
        lambda: answering.accept(by=world.second, expertise=seen[1], at=NOW),
    )
    assert refusals(results) == 1
    winner = load(row).act.performer
    assert winner in (world.dermatologist, world.second)
    assert Message.objects.filter(template="expertise_accepted").count() == 1
    assert list(faults()) == []


def test_a_double_click_on_send_sends_once(world: World) -> None:
    row = world.ready()
    seen = [load(row), load(row)]
    results = at_once(*(lambda one=one: sending.send(by=world.nurse, expertise=one, at=NOW) for one in seen))
    assert refusals(results) == 1
    assert load(row).act.state == states.SENT
    assert Message.objects.filter(template="expertise_received").count() == 2


def test_a_double_click_on_sign_writes_one_report(world: World) -> None:
    row, _advice = world.advised()
    seen = [load(row), load(row)]
    results = at_once(*(lambda one=one: signing.sign(by=world.dermatologist, expertise=one, at=LATER) for one in seen))
    assert refusals(results) == 1
    assert load(row).act.reports.count() == 1


def test_sign_against_withdraw_ends_in_one_of_the_two(world: World) -> None:
    row, _advice = world.advised()
    seen = [load(row), load(row)]
    results = at_once(
        lambda: signing.sign(by=world.dermatologist, expertise=seen[0], at=LATER),
        lambda: sending.withdraw(by=world.nurse, expertise=seen[1], reason="Hospitalisée", at=LATER),
    )
    assert refusals(results) == 1
    act = load(row).act
    assert (act.state == states.ANSWERED) == act.reports.exists()
    assert act.state in (states.ANSWERED, states.WITHDRAWN)


def test_the_clock_against_a_signature_loses_or_wins_whole(world: World) -> None:
    row, _advice = world.advised()
    late = NOW + timedelta(hours=96)
    seen = [load(row), load(row)]
    results = at_once(
        lambda: signing.sign(by=world.dermatologist, expertise=seen[0], at=late),
        lambda: overtime.hand_back(expertise=seen[1], at=late),
    )
    act = load(row).act
    assert (act.state, act.reports.count()) in ((states.ANSWERED, 1), (states.SENT, 0))
    assert results[1] is (act.state == states.SENT)


def test_two_workers_remind_once(world: World) -> None:
    row = world.sent()
    when = NOW + timedelta(hours=48)
    seen = [load(row), load(row)]
    results = at_once(*(lambda one=one: overtime.remind(expertise=one, at=when) for one in seen))
    assert sorted(results) == [False, True]
    assert Message.objects.filter(template="expertise_due_soon").count() == 2


def test_two_pages_open_one_draft_of_advice(world: World) -> None:
    row = world.accepted()
    seen = [load(row), load(row)]
    at_once(*(lambda one=one: advising.draft_advice(by=world.dermatologist, expertise=one, at=NOW) for one in seen))
    assert Advice.objects.filter(expertise=row).count() == 1


def test_two_pages_save_the_advice_and_one_is_told_that_it_is_stale(world: World) -> None:
    _row, advice = world.advised()
    seen = [Advice.objects.select_related("expertise__act__patient").get(pk=advice.pk) for _ in range(2)]
    results = at_once(
        *(
            lambda one=one, word=word: advising.save_advice(
                by=world.dermatologist, advice=one, revision=1, at=NOW, diagnosis=word
            )
            for one, word in zip(seen, ("Un", "Deux"), strict=True)
        )
    )
    assert refusals(results) == 1
    assert Advice.objects.get(pk=advice.pk).revision == 2


def test_two_doctors_validate_one_advice_once(world: World) -> None:
    nurse = world.article51()
    row, _advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=row, at=NOW)
    seen = [load(row), load(row)]
    results = at_once(
        lambda: signing.validate(by=world.dermatologist, expertise=seen[0], at=LATER),
        lambda: signing.validate(by=world.second, expertise=seen[1], at=LATER),
    )
    assert refusals(results) == 1
    assert load(row).act.reports.count() == 1


def test_a_task_is_done_once(world: World) -> None:
    row = world.answered()
    item = row.advices.get().items.get()
    closing.decide_item(by=world.doctor, item=item, prescribe=True, at=LATER)
    items = [type(item).objects.get(pk=item.pk) for _ in range(2)]
    results = at_once(
        lambda: closing.do_item(by=world.nurse, item=items[0], at=LATER),
        lambda: closing.do_item(by=world.colleague, item=items[1], at=LATER),
    )
    assert refusals(results) == 1


def test_verbs_on_several_requests_of_one_patient_do_not_block_one_another(world: World) -> None:
    rows = [load(world.sent()) for _ in range(4)]
    results = at_once(
        *(lambda one=row: answering.accept(by=world.dermatologist, expertise=one, at=NOW) for row in rows),
        lambda: drafts.start(by=world.nurse, patient=world.patient, form="plaie-suivi", wound=world.wound, at=NOW),
    )
    assert refusals(results) == 0
    assert list(faults()) == []
