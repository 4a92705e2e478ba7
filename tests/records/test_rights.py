"""Information and opposition: noted, shown, journaled; an opposition closes the record at once, and ends."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import NOW
from tests.teleexpertise.world import World
from virage.accounts.access import Refused
from virage.journal.models import Entry
from virage.journal.moves import Overtaken
from virage.notifications.models import Message
from virage.records.access import documents_of, open_record, patients_of
from virage.records.actions import emergency, rights
from virage.records.models import CareReason, Opposition
from virage.records.rules.emergency import Wanted
from virage.teleexpertise.access import visible
from virage.teleexpertise.actions import drafts, sending

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(cared_by=nurse.organisation, birth_name="RETICENTE")


@pytest.fixture
def doctor(patient):
    """Let in as a person, as her team and as her practice."""
    found = factories.doctor()
    team = factories.team(found.organisation, members=(found,))
    for party in ({"user_id": found.user_id}, {"team_id": team.pk}, {"organisation_id": found.organisation_id}):
        open_record(patient, reason=CareReason.FOLLOW_UP, at=NOW, by="essai", **party)
    return found


def sees(member, patient, at=NOW):
    return patients_of(member, at).filter(pk=patient.pk).exists()


def oppose(by, patient, **party):
    return rights.oppose(by=by, patient=patient, use="exchange", at=NOW, **party)


def test_an_opposition_to_a_person_closes_every_way_in_and_spares_the_colleagues(nurse, patient, doctor):
    colleague = factories.doctor(organisation_=doctor.organisation)
    assert sees(doctor, patient)
    oppose(nurse, patient, user=doctor.user)
    assert not sees(doctor, patient)
    assert not documents_of(doctor, NOW).filter(patient=patient).exists()
    assert sees(colleague, patient)
    assert sees(nurse, patient)
    elsewhere = factories.doctor(user_=doctor.user)
    assert not sees(elsewhere, patient)


def test_an_opposition_to_a_structure_closes_it_to_all_who_act_for_it(nurse, patient, doctor):
    colleague = factories.doctor(organisation_=doctor.organisation)
    elsewhere = factories.doctor(user_=doctor.user)
    oppose(nurse, patient, organisation=doctor.organisation)
    assert not sees(doctor, patient)
    assert not sees(colleague, patient)
    assert sees(elsewhere, patient)  # the same person, acting for another structure


def test_it_holds_in_an_emergency_and_is_not_said(nurse, patient, doctor):
    oppose(nurse, patient, user=doctor.user)
    wanted = Wanted(patient.birth_name, "Paule", patient.birth_date)
    why = "Malaise, la personne ne répond pas."
    outcome = emergency.break_glass(by=doctor, wanted=wanted, reason="life", explanation=why, at=NOW)
    assert outcome == emergency.Outcome(emergency.Found.NOBODY)
    assert not sees(doctor, patient)


def test_other_patients_are_not_concerned(nurse, patient, doctor):
    other = factories.patient(cared_by=doctor.organisation)
    oppose(nurse, patient, user=doctor.user)
    assert sees(doctor, other)


def test_its_end_opens_again_and_both_are_in_the_journal(nurse, patient, doctor):
    row = oppose(nurse, patient, user=doctor.user)
    rights.end_opposition(by=nurse, opposition=row, at=LATER)
    assert sees(doctor, patient)
    with pytest.raises(Overtaken):
        rights.end_opposition(by=nurse, opposition=row, at=LATER)
    entries = Entry.objects.filter(patient_ref=patient.ref, verb__in=("oppose", "end_opposition")).order_by("position")
    assert [one.data for one in entries] == [{"use": "exchange", "party": doctor.user.ref}] * 2


def test_twice_is_once(nurse, patient, doctor):
    assert oppose(nurse, patient, user=doctor.user) == oppose(nurse, patient, user=doctor.user)


def test_the_last_who_sees_the_record_stays_until_another_does(nurse, patient):
    with pytest.raises(Refused, match="last_in_care_team"):
        oppose(nurse, patient, organisation=nurse.organisation)
    assert not Opposition.objects.filter(patient=patient).exists()
    gp = factories.doctor()
    open_record(patient, reason=CareReason.ATTENDING, at=NOW, by="essai", user_id=gp.user_id)
    oppose(nurse, patient, organisation=nurse.organisation)
    assert not sees(nurse, patient)
    with pytest.raises(Refused, match="last_in_care_team"):
        oppose(gp, patient, user=gp.user)


def test_a_stranger_a_secretary_and_an_emergency_note_nothing(nurse, patient, doctor):
    urgent = factories.doctor()
    wanted = Wanted(patient.birth_name, "Paule", patient.birth_date)
    emergency.break_glass(by=urgent, wanted=wanted, reason="life", explanation="Malaise dans la rue, seule.", at=NOW)
    for by in (factories.nurse(), factories.member("secretary", organisation_=nurse.organisation), urgent):
        with pytest.raises(Refused):
            oppose(by, patient, user=doctor.user)
        with pytest.raises(Refused):
            rights.note_information(by=by, patient=patient, use="exchange", how="oral", at=NOW)


def test_hosting_asks_a_reason_and_closes_no_record(nurse, patient):
    with pytest.raises(Refused, match="reason_needed"):
        rights.oppose(by=nurse, patient=patient, use="hosting", reason=" ", at=NOW)
    rights.oppose(by=nurse, patient=patient, use="hosting", reason="Travaille chez l’hébergeur.", at=NOW)
    assert sees(nurse, patient)


def test_an_express_consent_is_kept_only_where_the_text_asks_one(nurse, patient):
    today = rights.note_information(by=nurse, patient=patient, use="hosting", how="oral", agreed=True, at=NOW)
    then = rights.note_information(
        by=nurse, patient=patient, use="hosting", how="oral", agreed=True, at=NOW.replace(year=2016, month=5)
    )
    assert (today.agreed, then.agreed) == (False, True)


class TestRequests:
    @pytest.fixture
    def world(self, db):
        return World()

    def test_no_request_goes_to_whom_the_patient_opposes(self, world):
        expertise = world.ready()
        oppose(world.nurse, world.patient, organisation=world.dermatologist.organisation)
        with pytest.raises(sending.NotReady) as refused:
            sending.send(by=world.nurse, expertise=expertise, at=NOW)
        assert "patient_opposes" in {problem.code for problem in refused.value.problems}
        drafts.choose_addressee(
            by=world.nurse, expertise=expertise, to_team=None, to_member=world.dermatologist, at=NOW
        )
        with pytest.raises(sending.NotReady):
            sending.send(by=world.nurse, expertise=expertise, at=NOW)

    def test_of_a_pool_the_one_whom_the_patient_opposes_is_left_out(self, world):
        oppose(world.nurse, world.patient, user=world.dermatologist.user)
        Message.objects.all().delete()
        expertise = world.sent()
        assert expertise not in visible(world.dermatologist, NOW)
        assert expertise in visible(world.second, NOW)
        assert {one.address for one in Message.objects.all()} == {world.second.user.email}

    def test_a_pool_that_has_not_taken_it_sees_it_no_more_and_a_report_stays_with_its_author(self, world):
        waiting, answered = world.sent(), world.answered()
        oppose(world.nurse, world.patient, organisation=world.dermatologist.organisation)
        rows = visible(world.dermatologist, LATER)
        assert waiting not in rows
        assert answered in rows

    def test_nobody_passes_it_on_to_whom_the_patient_opposes(self, world):
        expertise, other = world.sent(), factories.dermatologist()
        oppose(world.nurse, world.patient, user=other.user)
        with pytest.raises(Refused, match="patient_opposes"):
            sending.pass_on(by=world.dermatologist, expertise=expertise, to_member=other, at=NOW)


class TestPages:
    @pytest.fixture
    def client(self, nurse):
        client = Client()
        client.force_login(nurse.user)
        return client

    def post(self, client, name, ref, **fields):
        return client.post(reverse(f"records:{name}", args=[ref]), {"once": str(uuid4()), **fields})

    def test_information_is_noted_and_shown_with_the_texts(self, client, patient, nurse):
        assert self.post(client, "inform", patient.ref, use="exchange", how="paper").status_code == 302
        page = client.get(reverse("records:rights", args=[patient.ref])).content.decode()
        for words in ("Par une feuille remise", nurse.user.get_full_name(), "L. 1110-4", "L. 1111-8", "à vérifier"):
            assert words in page

    def test_an_opposition_is_searched_noted_shown_and_ended(self, client, patient, doctor):
        found = self.post(client, "oppose", patient.ref, search="1", who=doctor.user.last_name, use="exchange")
        key = f"person:{doctor.ref}"
        assert key in found.content.decode()
        self.post(client, "oppose", patient.ref, use="exchange", party=key)
        assert not sees(doctor, patient)
        row = Opposition.objects.get(patient=patient)
        shown = client.get(reverse("records:rights", args=[patient.ref])).content.decode()
        assert reverse("records:opposition_end", args=[row.ref]) in shown
        self.post(client, "opposition_end", row.ref)
        assert sees(doctor, patient)

    def test_what_lacks_is_said(self, client, patient):
        assert "Cherchez et choisissez" in self.post(client, "oppose", patient.ref, use="exchange").content.decode()
        assert "motif légitime" in self.post(client, "oppose", patient.ref, use="hosting").content.decode()

    def test_closing_it_to_oneself_leads_to_ones_list(self, client, patient, nurse):
        gp = factories.doctor()
        open_record(patient, reason=CareReason.ATTENDING, at=NOW, by="essai", user_id=gp.user_id)
        answer = self.post(
            client, "oppose", patient.ref, use="exchange", party=f"organisation:{nurse.organisation.ref}"
        )
        assert answer.headers["Location"] == reverse("patients")
