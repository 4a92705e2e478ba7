"""The whole path, from the nurse's draft to what the patient was told."""

import json

import pytest

from tests.teleexpertise.world import LATER, NOW, World
from virage.acts import record
from virage.acts.models import Part, RecordEntry
from virage.journal.models import Entry
from virage.journal.verify import faults
from virage.notifications.models import Message
from virage.teleexpertise import states
from virage.teleexpertise.actions import closing

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def test_a_nurse_asks_a_dermatologist_answers_and_the_nurse_closes(world: World) -> None:
    expertise = world.answered()
    act = expertise.act
    assert (act.state, act.requester, act.performer) == (states.ANSWERED, world.nurse, world.dermatologist)
    assert (act.requested_at, act.performed_at, act.closed_at) == (NOW, LATER, None)
    report = act.reports.get()
    assert report.version == 1
    assert report.content["advice"]["diagnosis"] == "Escarre de stade 2"
    assert [item["text"] for item in report.content["items"]] == ["Hydrocolloïde"]
    closing.acknowledge(by=world.colleague, expertise=expertise, told_patient="Nouveau pansement.", at=LATER)
    assert act.state == states.CLOSED
    assert expertise.told_patient == "Nouveau pansement."


def test_a_signed_act_lacks_nothing_of_the_legal_record(world: World) -> None:
    expertise = world.answered()
    assert record.missing(expertise.act) == []
    assert set(RecordEntry.objects.filter(act=expertise.act).values_list("membership_id", flat=True)) == {
        world.nurse.pk,
        world.dermatologist.pk,
    }


def test_who_is_in_copy_and_who_is_told(world: World) -> None:
    expertise = world.answered()
    copies = expertise.act.participants.filter(part=Part.COPY).values_list("membership_id", flat=True)
    assert set(copies) == {world.attending.pk, world.coordinator.pk}
    told = set(Message.objects.filter(subject_ref=expertise.act.ref).values_list("template", "address"))
    assert ("expertise_received", world.second.user.email) in told
    assert ("expertise_answered", world.nurse.user.email) in told
    assert ("report_copy", world.attending.user.email) in told
    assert ("item_to_decide", world.doctor.user.email) in told


def test_the_journal_tells_the_whole_story_and_holds(world: World) -> None:
    expertise = world.answered()
    verbs = list(
        Entry.objects.filter(subject_kind="act", subject_ref=expertise.act.ref).values_list("verb", flat=True)
    )
    for verb in ("open_act", "choose_addressee", "confirm_relevance", "send", "accept", "sign", "write_report"):
        assert verb in verbs
    assert list(faults()) == []


def test_a_first_assessment_begins_with_what_the_wound_says(world: World) -> None:
    world.wound.onset = NOW.date().replace(day=1)
    world.wound.save()
    assert world.wound.onset.isoformat() in json.dumps(world.draft().assessment.answers)
