"""The care team: who may let someone in or out, and what that opens."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.factories import NOW
from virage.accounts.access import Refused
from virage.journal.models import Entry
from virage.journal.moves import Overtaken
from virage.records.access import open_record, patients_of
from virage.records.actions.care import Party, add_to_care_team, remove_from_care_team
from virage.records.models import CareReason, CareTeamMember

WHY = CareReason.FOLLOW_UP


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(cared_by=nurse.organisation)


def sees(by, patient, at=NOW):
    return patients_of(by, at).filter(pk=patient.pk).exists()


def test_a_person_a_team_and_a_structure_may_be_let_in(nurse, patient):
    person, colleague, other = factories.doctor(), factories.nurse(), factories.nurse()
    team = factories.team(colleague.organisation, members=(colleague,))
    for party in (Party(person=person), Party(team=team), Party(organisation=other.organisation)):
        add_to_care_team(by=nurse, patient=patient, party=party, reason=WHY, at=NOW)
    assert all(sees(by, patient) for by in (person, colleague, other))
    assert not sees(factories.nurse(), patient)


def test_letting_in_twice_makes_one_row_and_one_entry(nurse, patient):
    party = Party(person=factories.doctor())
    first = add_to_care_team(by=nurse, patient=patient, party=party, reason=WHY, at=NOW)
    assert add_to_care_team(by=nurse, patient=patient, party=party, reason=WHY, at=NOW) == first
    assert Entry.objects.filter(verb="join_care_team", patient_ref=patient.ref).count() == 1


def test_the_record_closes_on_the_day_that_was_said(nurse, patient):
    person = factories.doctor()
    until = NOW + timedelta(days=7)
    add_to_care_team(by=nurse, patient=patient, party=Party(person=person), reason=WHY, ends_at=until, at=NOW)
    assert sees(person, patient, NOW + timedelta(days=6))
    assert not sees(person, patient, until)


def test_the_attending_doctor_is_named_so(nurse, patient):
    doctor = factories.doctor()
    add_to_care_team(by=nurse, patient=patient, party=Party(person=doctor), reason=CareReason.ATTENDING, at=NOW)
    patient.refresh_from_db()
    assert patient.attending_doctor == doctor


def test_a_stranger_or_an_expert_may_let_nobody_in(patient):
    for by in (factories.nurse(), factories.dermatologist()):
        with pytest.raises(Refused):
            add_to_care_team(by=by, patient=patient, party=Party(person=by), reason=WHY, at=NOW)


def test_an_act_reason_is_not_given_by_hand(nurse, patient):
    with pytest.raises(ValueError, match="expertise"):
        add_to_care_team(by=nurse, patient=patient, party=Party(person=nurse), reason=CareReason.EXPERTISE, at=NOW)


def test_one_who_is_let_out_sees_nothing_more(nurse, patient):
    doctor = factories.doctor()
    row = add_to_care_team(by=nurse, patient=patient, party=Party(person=doctor), reason=WHY, at=NOW)
    later = NOW + timedelta(hours=1)
    remove_from_care_team(by=nurse, row=row, at=later)
    assert not sees(doctor, patient, later)
    with pytest.raises(Overtaken):
        remove_from_care_team(by=nurse, row=row, at=later + timedelta(hours=1))


def test_the_last_party_stays(nurse, patient):
    with pytest.raises(Refused, match="last_in_care_team"):
        remove_from_care_team(by=nurse, row=patient.care_team.get(), at=NOW)


def test_what_an_act_opened_is_not_closed_by_hand(nurse, patient):
    row = open_record(
        patient, reason=CareReason.EXPERTISE, at=NOW, by="essai", user_id=factories.user().pk, scope="A" * 22
    )
    with pytest.raises(Refused, match="opened_by_an_act"):
        remove_from_care_team(by=nurse, row=row, at=NOW)


def test_two_people_letting_the_same_one_in_at_once_make_one_row(own_database):
    nurse = factories.nurse()
    patient, doctor = factories.patient(cared_by=nurse.organisation), factories.doctor()
    gate, faults = threading.Barrier(3), []

    def work():
        try:
            gate.wait()
            add_to_care_team(by=nurse, patient=patient, party=Party(person=doctor), reason=WHY, at=NOW)
        except Exception as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert CareTeamMember.objects.filter(patient=patient, user=doctor.user).count() == 1


def test_the_page_finds_someone_and_lets_him_in(client, nurse, patient):
    doctor = factories.doctor(user__last_name="Zzyzyx")
    client.force_login(nurse.user)
    url = reverse("records:team_add", args=[patient.ref])
    found = client.post(
        url, {"who": "zzyz", "search": "1", "once": "a"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert f"person:{doctor.ref}" in found
    response = client.post(url, {"party": f"person:{doctor.ref}", "reason": "follow_up", "once": "b"})
    assert response.url == reverse("records:team", args=[patient.ref])
    assert sees(doctor, patient, timezone.now())


@pytest.mark.parametrize("party", ["person:xxx", "team:", "organisation:1", "thing:a"])
def test_a_party_that_does_not_exist_is_not_found(client, nurse, patient, party):
    client.force_login(nurse.user)
    fields = {"party": party, "reason": "follow_up", "once": "b"}
    assert client.post(reverse("records:team_add", args=[patient.ref]), fields).status_code == 404


def test_the_page_lets_someone_out(client, nurse, patient):
    doctor = factories.doctor()
    row = add_to_care_team(
        by=nurse, patient=patient, party=Party(person=doctor), reason=WHY, at=NOW - timedelta(days=900)
    )
    client.force_login(nurse.user)
    url = reverse("records:team_remove", args=[patient.ref])
    assert client.post(url, {"row": str(row.pk), "once": "c"}).status_code == 302
    assert not sees(doctor, patient, timezone.now())
    assert client.post(url, {"row": "99999999", "once": "d"}).status_code == 404
    assert client.post(url, {"row": "x", "once": "e"}).status_code == 404


def test_the_team_page_says_who_and_why(client, nurse, patient):
    client.force_login(nurse.user)
    text = client.get(reverse("records:team", args=[patient.ref])).content.decode()
    assert nurse.organisation.name in text
    assert "Structure où vit le patient" in text
