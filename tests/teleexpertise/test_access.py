"""Who sees which téléexpertise; a stranger sees none, not even that it exists."""

from datetime import timedelta

import pytest
from django.http import Http404
from pytest_django import DjangoAssertNumQueries

from tests import factories
from tests.teleexpertise.world import LATER, NOW, World
from virage.journal.models import Entry
from virage.records.access import documents_of
from virage.teleexpertise.access import (
    decisions_of,
    expertise_for,
    history_of,
    inbox_of,
    may,
    prescribers_of,
    requests_of,
    tasks_of,
    to_validate,
)
from virage.teleexpertise.actions import answering, closing, drafts, sending, signing
from virage.teleexpertise.models import Form

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def sees(who, expertise, at=NOW) -> bool:  # type: ignore[no-untyped-def]
    try:
        return expertise_for(who, expertise.act.ref, at=at).pk == expertise.pk
    except Http404:
        return False


def test_a_draft_is_seen_by_its_structure_alone(world: World) -> None:
    expertise = world.ready()
    assert sees(world.nurse, expertise)
    assert sees(world.colleague, expertise)
    for who in (world.dermatologist, world.attending, world.stranger):
        assert not sees(who, expertise)


def test_a_sent_request_is_seen_by_its_addressees_and_the_care_team(world: World) -> None:
    expertise = world.sent()
    for who in (world.nurse, world.doctor, world.dermatologist, world.second):
        assert sees(who, expertise)
    for who in (world.stranger, factories.dermatologist(), world.attending):
        assert not sees(who, expertise)


def test_the_expert_sees_the_act_and_not_the_whole_record(world: World) -> None:
    from virage.records.access import patients_of  # noqa: PLC0415

    world.sent()
    assert not patients_of(world.dermatologist, NOW).exists()
    assert documents_of(world.dermatologist, NOW).count() == 0


def test_roles_that_see_no_patient_see_no_act_even_in_the_structure(world: World) -> None:
    expertise = world.sent()
    for role in ("administrator", "privacy", "ars", "payer", "national", "evaluator"):
        assert not sees(factories.member(role, organisation_=world.ehpad), expertise)


def test_the_copies_see_the_act_after_the_signature_and_not_before(world: World) -> None:
    expertise, _advice = world.advised()
    assert not sees(world.attending, expertise)
    signing.sign(by=world.dermatologist, expertise=expertise, at=LATER)
    assert sees(world.attending, expertise, at=LATER)


def test_the_performer_keeps_his_own_act_for_years_and_his_pool_does_not(world: World) -> None:
    expertise = world.answered()
    closing.acknowledge(by=world.nurse, expertise=expertise, told_patient="Tout.", at=LATER)
    later = LATER + timedelta(days=1000)
    assert sees(world.dermatologist, expertise, at=later)
    assert not sees(world.second, expertise, at=later)


def test_an_expert_who_declined_or_was_withdrawn_from_sees_it_no_more(world: World) -> None:
    declined = world.sent(to=world.second)
    answering.decline(by=world.second, expertise=declined, reason="Absente", at=NOW)
    assert not sees(world.second, declined, at=LATER)
    withdrawn = world.accepted()
    sending.withdraw(by=world.nurse, expertise=withdrawn, reason="Hospitalisée", at=NOW)
    assert not sees(world.dermatologist, withdrawn, at=LATER)
    assert sees(world.nurse, withdrawn, at=LATER)


def test_reading_is_traced_with_reader_and_act(world: World) -> None:
    expertise = world.sent()
    expertise_for(world.dermatologist, expertise.act.ref, at=NOW)
    entry = Entry.objects.get(verb="read", subject_ref=expertise.act.ref)
    assert (entry.actor_id, entry.patient_ref) == (world.dermatologist.user_id, world.patient.ref)


def test_the_inbox_is_ordered_by_what_is_due_and_holds_only_ones_own(world: World) -> None:
    first, second = world.sent(), world.sent()
    second.urgency, second.due_at = "urgent", NOW + timedelta(hours=24)
    second.save()
    assert [row.pk for row in inbox_of(world.dermatologist, NOW)] == [second.pk, first.pk]
    answering.accept(by=world.second, expertise=second, at=NOW)
    assert [row.pk for row in inbox_of(world.dermatologist, NOW)] == [first.pk]
    assert [row.pk for row in inbox_of(world.second, NOW)] == [second.pk, first.pk]
    for who in (world.nurse, factories.dermatologist()):
        assert not inbox_of(who, NOW).exists()


def test_what_is_answered_or_withdrawn_leaves_the_inbox(world: World) -> None:
    world.answered()
    gone = world.sent()
    sending.withdraw(by=world.nurse, expertise=gone, reason="Hospitalisée", at=NOW)
    assert not inbox_of(world.dermatologist, LATER).exists()


def test_requests_are_those_of_ones_structure_without_the_discarded(world: World) -> None:
    kept, thrown = world.draft(), world.draft()
    drafts.discard(by=world.nurse, expertise=thrown, at=NOW)
    assert [row.pk for row in requests_of(world.colleague, NOW)] == [kept.pk]
    assert not requests_of(world.stranger, NOW).exists()


def test_a_nurse_who_prepared_for_a_doctor_of_another_structure_still_follows_it(world: World) -> None:
    from virage.records.models import CareReason, CareTeamMember  # noqa: PLC0415

    CareTeamMember.objects.create(
        patient=world.patient,
        user=world.attending.user,
        reason=CareReason.ATTENDING,
        starts_at=NOW,
        granted_by="essai",
    )
    expertise = world.ready()
    drafts.prepare(by=world.nurse, expertise=expertise, requester=world.attending, at=NOW)
    sending.send(by=world.attending, expertise=expertise, at=NOW)
    for who in (world.nurse, world.attending):
        assert expertise.pk in [row.pk for row in requests_of(who, NOW)]
        assert "withdraw" in may(who, expertise, NOW)


def test_doctors_of_the_pool_find_what_to_validate(world: World) -> None:
    nurse = world.article51()
    expertise, _advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=expertise, at=NOW)
    assert [row.pk for row in to_validate(world.second, NOW)] == [expertise.pk]
    for who in (nurse, world.doctor, world.nurse, factories.dermatologist()):
        assert not to_validate(who, NOW).exists()
    signing.validate(by=world.second, expertise=expertise, at=NOW)
    assert not to_validate(world.dermatologist, NOW).exists()


def test_decisions_go_to_the_named_prescriber_and_tasks_to_the_nurses(world: World) -> None:
    expertise = world.answered()
    item = expertise.advices.get().items.get()
    assert list(decisions_of(world.doctor, LATER)) == [item]
    for who in (world.coordinator, world.attending, world.nurse):
        assert not decisions_of(who, LATER).exists()
    assert not tasks_of(world.nurse, LATER).exists()
    closing.decide_item(by=world.doctor, item=item, prescribe=True, at=LATER)
    assert not decisions_of(world.doctor, LATER).exists()
    assert list(tasks_of(world.colleague, LATER)) == [item]
    assert not tasks_of(world.stranger, LATER).exists()


def test_nothing_is_to_decide_before_the_signature(world: World) -> None:
    world.advised()
    assert not decisions_of(world.doctor, NOW).exists()


def test_the_history_of_a_wound_is_what_was_sent_before(world: World) -> None:
    first = world.answered()
    draft = drafts.start(by=world.nurse, patient=world.patient, form=Form.FOLLOW_UP, wound=world.wound, at=LATER)
    assert [row.pk for row in history_of(draft)] == [first.pk]
    assert not history_of(first).exists()


def test_prescribers_are_near_the_patient(world: World) -> None:
    factories.doctor()
    found = set(prescribers_of(world.sent(), NOW))
    assert found == {world.doctor, world.coordinator, world.attending}


def test_lists_take_no_statement_per_row(world: World, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(6):
        world.sent()
    with django_assert_max_num_queries(2):  # one's teams first
        for row in inbox_of(world.dermatologist, NOW)[:20]:
            assert row.act.patient.display_name
            assert row.act.requester.user.get_full_name()
            assert row.act.requester_organisation.name
            assert row.wound
            assert row.wound.name
    with django_assert_max_num_queries(1):
        for row in requests_of(world.nurse, NOW)[:20]:
            assert row.act.patient.display_name
            assert row.to_team
            assert row.to_team.organisation.name


def test_the_buttons_take_few_statements(world: World, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    expertise = expertise_for(world.dermatologist, world.sent().act.ref, at=NOW)
    with django_assert_max_num_queries(5):
        assert {"accept", "decline", "pass_on"} <= may(world.dermatologist, expertise, NOW)
