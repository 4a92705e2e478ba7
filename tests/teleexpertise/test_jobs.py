"""What the clock does: reminders, overtime, hand-backs, experts who left, consents withdrawn. Each once."""

from datetime import date, timedelta

import pytest

from tests.teleexpertise.world import NOW, World, fresh
from virage.accounts.models import Membership
from virage.journal.models import Entry
from virage.notifications.models import Message
from virage.records.models import CareTeamMember, Consent
from virage.teleexpertise import jobs, states
from virage.teleexpertise.access import expertise_for
from virage.teleexpertise.actions import answering, overtime, sending, signing
from virage.teleexpertise.models import Expertise, Returned

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    return World()


def told(template: str) -> list[str]:
    return sorted(Message.objects.filter(template=template).values_list("address", flat=True))


def mail(*members: Membership) -> list[str]:
    return sorted(member.user.email for member in members)


def test_nothing_is_due_before_its_time(world: World) -> None:
    world.sent()
    assert jobs.run(NOW + 47 * HOUR) == 0


def test_the_pool_is_reminded_before_the_delay_and_both_sides_at_its_end(world: World) -> None:
    expertise = world.sent()
    assert expertise.due_at == NOW + 72 * HOUR
    assert jobs.run(NOW + 48 * HOUR) == 1
    assert told("expertise_due_soon") == mail(world.dermatologist, world.second)
    assert jobs.run(NOW + 48 * HOUR) == 0
    assert jobs.run(NOW + 72 * HOUR) == 1
    assert told("expertise_overdue") == mail(world.dermatologist, world.second)
    assert told("answer_late") == mail(world.nurse)
    assert jobs.run(NOW + 73 * HOUR) == 0
    assert fresh(expertise).act.state == states.SENT


def test_a_request_that_nobody_takes_goes_back_to_the_requerant_who_sends_it_elsewhere(world: World) -> None:
    expertise = world.sent()
    jobs.run(NOW + 96 * HOUR)
    row = fresh(expertise)
    assert (row.act.state, row.returned_why, row.remind_at) == (states.DECLINED, Returned.NO_ANSWER, None)
    assert not CareTeamMember.objects.filter(scope=row.act.ref, ends_at__isnull=True).exists()
    assert told("expertise_given_back") == mail(world.nurse)
    sending.resend(by=world.nurse, expertise=row, to_member=world.second, at=NOW + 97 * HOUR)
    assert row.returned_why == ""


def test_an_expert_who_accepted_and_does_not_answer_leaves_it_to_the_pool_then_to_the_requerant(world: World) -> None:
    expertise, _advice = world.advised()
    jobs.run(NOW + 96 * HOUR)
    row = fresh(expertise)
    assert (row.act.state, row.act.performer, row.to_team) == (states.SENT, None, world.pool)
    assert told("expertise_received").count(world.second.user.email) == 2
    assert not row.advices.exists()
    jobs.run(NOW + 121 * HOUR)
    assert fresh(expertise).act.state == states.DECLINED


def test_a_named_expert_who_does_not_answer_sends_it_back_to_the_requerant(world: World) -> None:
    expertise = world.accepted(by=world.second, to=world.second)
    jobs.run(NOW + 96 * HOUR)
    assert fresh(expertise).act.state == states.DECLINED


def test_the_delay_of_an_urgent_request_is_shorter(world: World) -> None:
    expertise = world.ready()
    Expertise.objects.filter(pk=expertise.pk).update(urgency="urgent")
    expertise.refresh_from_db()
    sending.send(by=world.nurse, expertise=expertise, at=NOW)
    assert (expertise.due_at, expertise.remind_at) == (NOW + 24 * HOUR, NOW + 18 * HOUR)
    assert expertise.hand_back_at == NOW + 30 * HOUR


def test_the_delay_stops_while_the_requerant_is_asked(world: World) -> None:
    expertise = world.accepted()
    answering.ask_complements(by=world.dermatologist, expertise=expertise, text="Et les pouls ?", at=NOW + HOUR)
    jobs.run(NOW + 200 * HOUR)
    assert fresh(expertise).act.state == states.WAITING
    assert told("complements_awaited") == mail(world.nurse)
    row = fresh(expertise)
    answering.give_complements(by=world.nurse, expertise=row, text="Présents", at=NOW + 201 * HOUR)
    assert row.due_at == NOW + 273 * HOUR


def test_an_expert_who_has_left_is_replaced_at_once_and_the_requerant_is_told(world: World) -> None:
    expertise = world.accepted()
    world.dermatologist.ends_on = date(2026, 11, 20)
    world.dermatologist.save()
    assert jobs.run(NOW + HOUR) == 1
    row = fresh(expertise)
    assert (row.act.state, row.act.performer, row.returned_why) == (states.SENT, None, Returned.EXPERT_LEFT)
    assert told("expertise_back_in_pool") == mail(world.nurse)
    assert jobs.run(NOW + HOUR) == 0


def test_a_closed_account_is_an_expert_who_has_left(world: World) -> None:
    expertise = world.sent(to=world.second)
    world.second.user.is_active = False
    world.second.user.save()
    jobs.run(NOW + HOUR)
    assert fresh(expertise).act.state == states.DECLINED


def test_an_unvalidated_advice_is_reminded_again_and_again_and_never_signed_by_itself(world: World) -> None:
    nurse = world.article51()
    expertise, _advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=expertise, at=NOW)
    assert told("validation_wanted") == mail(world.dermatologist, world.second)
    for hours in (24, 48, 72):
        assert jobs.run(NOW + hours * HOUR) == 1
    assert told("validation_overdue").count(world.second.user.email) == 3
    assert fresh(expertise).act.state == states.TO_VALIDATE
    assert not expertise.act.reports.exists()


def test_a_report_that_nobody_reads_is_reminded_once(world: World) -> None:
    expertise = world.answered()
    jobs.run(NOW + 80 * HOUR)
    jobs.run(NOW + 800 * HOUR)
    assert told("report_unread") == mail(world.nurse)
    assert fresh(expertise).act.state == states.ANSWERED


def test_both_sides_learn_that_consent_was_withdrawn_and_that_it_was_given_again(world: World) -> None:
    expertise = world.accepted()
    Consent.objects.filter(patient=world.patient).update(withdrawn_at=NOW, withdrawn_by=world.nurse)
    assert jobs.run(NOW + HOUR) == 1
    assert told("consent_withdrawn") == mail(world.nurse, world.dermatologist)
    assert jobs.run(NOW + 200 * HOUR) == 0
    world.consent(expertise, at=NOW + 201 * HOUR)
    assert jobs.run(NOW + 202 * HOUR) == 1
    assert told("consent_again") == mail(world.dermatologist)
    assert fresh(expertise).due_at == NOW + 274 * HOUR


def test_consent_given_again_while_the_requester_is_waited_for_starts_no_delay_of_the_expert(world: World) -> None:
    expertise = world.accepted()
    answering.ask_complements(by=world.dermatologist, expertise=expertise, text="Une photo ?", at=NOW)
    due_at = expertise.due_at
    Consent.objects.filter(patient=world.patient).update(withdrawn_at=NOW, withdrawn_by=world.nurse)
    jobs.run(NOW + HOUR)
    world.consent(expertise, at=NOW + 2 * HOUR)
    assert jobs.run(NOW + 3 * HOUR) == 1
    now = fresh(expertise)
    assert (now.due_at, now.hand_back_at) == (due_at, None)
    assert now.remind_at > NOW + 3 * HOUR
    jobs.run(NOW + 1000 * HOUR)
    assert fresh(expertise).act.state == states.WAITING


def test_a_draft_whose_consent_was_withdrawn_concerns_nobody_yet(world: World) -> None:
    world.ready()
    Consent.objects.filter(patient=world.patient).update(withdrawn_at=NOW, withdrawn_by=world.nurse)
    assert jobs.run(NOW + HOUR) == 0


def test_a_worker_that_comes_second_does_nothing(world: World) -> None:
    expertise = world.sent()
    late = NOW + 96 * HOUR
    seen_by_both = [fresh(expertise), fresh(expertise)]
    assert [overtime.hand_back(expertise=row, at=late) for row in seen_by_both] == [True, False]
    reminded = world.sent()
    rows = [fresh(reminded), fresh(reminded)]
    assert [overtime.remind(expertise=row, at=NOW + 48 * HOUR) for row in rows] == [True, False]


def test_one_request_that_fails_does_not_hold_back_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = world.sent(), world.sent()
    remind = overtime.remind

    def failing(*, expertise: Expertise, at: object) -> bool:
        if expertise.pk == first.pk:
            raise RuntimeError
        return remind(expertise=expertise, at=at)  # type: ignore[arg-type]

    failing.__name__ = "remind"
    monkeypatch.setattr(overtime, "remind", failing)
    assert jobs.run(NOW + 48 * HOUR) == 1
    assert fresh(second).remind_at == NOW + 72 * HOUR


def test_messages_name_no_patient_and_carry_a_link_to_the_act(world: World) -> None:
    expertise = world.answered()
    rows = Message.objects.filter(subject_ref=expertise.act.ref)
    assert rows
    assert {row.link for row in rows} == {f"/teleexpertise/{expertise.act.ref}/"}
    assert expertise_for(world.nurse, expertise.act.ref, at=NOW).pk == expertise.pk


def test_the_platform_signs_what_it_does(world: World) -> None:
    world.sent()
    jobs.run(NOW + 96 * HOUR)
    entry = Entry.objects.get(verb="give_back", patient_ref=world.patient.ref)
    assert (entry.actor_id, entry.actor_label, entry.data["why"]) == (None, "Virage", "no_answer")
