"""A death is noted, told to those who have a request open, and can be corrected; nothing new begins after it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.teleexpertise.world import NOW, World, fresh
from virage.accounts.access import Refused
from virage.journal.models import Entry
from virage.journal.moves import Overtaken
from virage.notifications.models import Message
from virage.records.actions.death import note_death, undo_death
from virage.records.models import Patient
from virage.teleexpertise import jobs
from virage.teleexpertise.access import rights
from virage.teleexpertise.actions import sending
from virage.web.refusals import WORDS

ON = date(2026, 11, 19)


@pytest.fixture
def world(db) -> World:
    return World()


def died(world: World) -> Patient:
    return note_death(by=world.nurse, patient=Patient.objects.get(pk=world.patient.pk), on=ON, at=NOW)


def test_nothing_new_begins_after_a_death(world):
    ready = world.ready()
    died(world)
    with pytest.raises(Refused) as begun:
        world.draft()
    with pytest.raises(Refused) as sent:
        sending.send(by=world.nurse, expertise=ready, at=NOW)
    assert begun.value.reason == sent.value.reason == "patient_deceased"
    assert "patient_deceased" in WORDS
    assert "send" not in rights.may(world.nurse, fresh(ready), NOW)


def test_those_who_have_a_request_open_are_told_once(world):
    expertise = world.accepted()
    died(world)
    assert jobs.run(NOW) == 1
    assert jobs.run(NOW + timedelta(minutes=1)) == 0
    told = Message.objects.filter(template="request_to_review", subject_ref=expertise.act.ref)
    assert {row.address for row in told} == {world.nurse.user.email, world.dermatologist.user.email}


def test_a_mistake_is_corrected_and_both_are_in_the_journal(world):
    patient = died(world)
    undo_death(by=world.nurse, patient=patient, at=NOW)
    assert world.draft().act.patient == patient
    verbs = set(Entry.objects.filter(patient_ref=patient.ref).values_list("verb", flat=True))
    assert {"note_death", "undo_death"} <= verbs


def test_who_may_not_twice_and_what_is_out_of_a_life(world):
    with pytest.raises(Refused):
        note_death(by=world.stranger, patient=world.patient, on=ON, at=NOW)
    for wrong in (date(2026, 11, 21), date(1900, 1, 1)):
        with pytest.raises(Refused, match="death_out_of_life"):
            note_death(by=world.nurse, patient=world.patient, on=wrong, at=NOW)
    died(world)
    with pytest.raises(Overtaken):
        died(world)
    undo_death(by=world.nurse, patient=world.patient, at=NOW)
    with pytest.raises(Overtaken):
        undo_death(by=world.nurse, patient=world.patient, at=NOW)


def test_the_page_notes_and_corrects(client, world):
    client.force_login(world.nurse.user)
    url = reverse("records:death", args=[world.patient.ref])
    assert client.post(url, {"on": "01/01/2100", "once": "a"}).context["form"].errors["on"]
    client.post(url, {"on": "19/11/2026", "once": "b"})
    assert "Décédé" in client.get(reverse("patients")).content.decode()
    page = client.get(reverse("records:patient", args=[world.patient.ref])).content.decode()
    assert "décès noté" in page
    assert "Demander un avis" not in page
    client.post(url, {"do": "undo_death", "once": "c"})
    assert Patient.objects.get(pk=world.patient.pk).deceased_on is None
