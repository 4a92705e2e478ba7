"""A way into the patient's own page: who may give it, what opens it, what closes it."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from hypothesis import given as examples
from hypothesis import strategies as st

from tests import factories
from tests.factories import NOW
from virage.accounts.access import Refused
from virage.journal.models import Entry
from virage.journal.moves import Overtaken
from virage.journal.verify import faults
from virage.notifications.models import Message
from virage.records.actions import own_page
from virage.records.actions.consents import record_consent, withdraw_own_consent
from virage.records.actions.contacts import add_contact, end_contact
from virage.records.actions.own_page import Asked
from virage.records.models import Contact, PatientAccess, PatientVisit
from virage.records.models.own_page import IDLE, LONGEST
from virage.records.reports.trail import trail_of
from virage.records.rules.own_page import LETTERS, PAUSES, TRIES, closed_for, grouped, typed

MOBILE = "+33639980123"
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(cared_by=nurse.organisation)


def give(nurse, patient, way="sms", **asked):
    asked = ({"phone": MOBILE} if way == "sms" else {"email": "p@essai.invalid"} if way == "email" else {}) | asked
    return own_page.give_access(by=nurse, patient=patient, asked=Asked(way=way, **asked), at=NOW)


def code_of(access):
    access.refresh_from_db()
    return Message.objects.get(ref=access.code_ref).code


def visit(access, at=NOW):
    own_page.send_code(access=access, at=at)
    key = own_page.enter(access=access, code=code_of(access), at=at)
    return own_page.visit_of(key, at=at)


def test_a_member_of_the_care_team_gives_access_by_sms(nurse, patient):
    given = give(nurse, patient)
    message = Message.objects.get(subject_ref=given.access.ref)
    assert (message.template, message.channel, message.address) == ("patient_link", "sms", MOBILE)
    assert (given.token, given.pin) == ("", "")
    assert Entry.objects.filter(verb="give_access", patient_ref=patient.ref).count() == 1


def test_the_secret_of_the_link_is_kept_nowhere(nurse, patient):
    access = give(nurse, patient).access
    message = Message.objects.get(subject_ref=access.ref)
    kept = [str(value) for row in (message, access) for name, value in vars(row).items() if name[0] != "_"]
    assert not [value for value in kept if message.secret in value]
    assert message.secret in message.target
    assert own_page.find_access(message.secret, at=NOW) == access


@pytest.mark.parametrize("make", [factories.nurse, factories.dermatologist])
def test_one_outside_the_care_team_gives_no_access(nurse, patient, make):
    with pytest.raises(Refused):
        give(make(), patient)
    assert not PatientAccess.objects.filter(patient=patient).exists()


def test_a_secretary_gives_no_access_to_what_she_may_not_see(nurse, patient):
    secretary = factories.member("secretary", organisation_=nurse.organisation)
    with pytest.raises(Refused):
        give(secretary, patient)


@pytest.mark.parametrize("way", ["sms", "email"])
def test_a_link_needs_somewhere_to_go(nurse, patient, way):
    with pytest.raises(Refused, match="address_needed"):
        own_page.give_access(by=nurse, patient=patient, asked=Asked(way=way), at=NOW)


def test_a_new_access_by_the_same_way_ends_the_former_one_and_its_visits(nurse, patient):
    first = give(nurse, patient).access
    former = visit(first)
    second = give(nurse, patient).access
    other_way = give(nurse, patient, way="paper")
    first.refresh_from_db()
    assert not first.is_open(NOW)
    assert own_page.visit_of("x", at=NOW) is None
    former.access = first
    assert not former.is_open(NOW)
    assert second.is_open(NOW)
    assert other_way.access.is_open(NOW)


def test_a_representative_is_one_of_those_who_may_decide(nurse, patient):
    facts = {"kind": "representative", "quality": "guardian", "name": "Jeanne FICTIVE", "phone": MOBILE, "email": ""}
    guardian = add_contact(by=nurse, patient=patient, facts=facts, at=NOW)
    access = give(nurse, patient, representative=guardian).access
    assert "Jeanne FICTIVE" in access.actor.label
    end_contact(by=nurse, contact=guardian, at=NOW)
    assert own_page.access_of(access.ref, at=SOON) is None  # no longer a representative, no longer a way in


def test_a_trusted_person_gets_no_access(nurse, patient):
    facts = {"kind": "trusted_person", "quality": "child", "name": "Luc FICTIF", "phone": MOBILE, "email": ""}
    daughter = add_contact(by=nurse, patient=patient, facts=facts, at=NOW)
    with pytest.raises(Refused, match="not_a_representative"):
        give(nurse, patient, representative=daughter)
    assert Contact.objects.filter(patient=patient).count() == 1


def test_the_right_code_opens_a_visit_and_is_used_up(nurse, patient):
    access = give(nurse, patient).access
    own_page.send_code(access=access, at=NOW)
    code = code_of(access)
    key = own_page.enter(access=access, code=f"{code[:3]} {code[3:]}", at=NOW)
    assert own_page.visit_of(key, at=NOW).access == access
    assert own_page.enter(access=access, code=code, at=NOW) == ""
    assert not PatientVisit.objects.filter(key_hash=key).exists()
    assert Entry.objects.filter(verb="enter_own_page").count() == 1


def test_a_code_ends_after_ten_minutes_and_with_the_next_one(nurse, patient):
    access = give(nurse, patient).access
    own_page.send_code(access=access, at=NOW)
    first = code_of(access)
    assert own_page.enter(access=access, code=first, at=NOW + timedelta(minutes=10)) == ""
    own_page.send_code(access=access, at=SOON)
    second = code_of(access)
    assert first == second or own_page.enter(access=access, code=first, at=SOON) == ""
    assert own_page.enter(access=access, code=second, at=SOON)


def test_no_code_opens_before_one_was_sent(nurse, patient):
    access = give(nurse, patient).access
    assert own_page.enter(access=access, code="", at=NOW) == ""
    assert own_page.enter(access=access, code="000000", at=NOW) == ""


def test_five_codes_an_hour_are_sent_and_no_more(nurse, patient):
    access = give(nurse, patient).access
    sent = [own_page.send_code(access=access, at=NOW + timedelta(seconds=second)) for second in range(7)]
    assert sent == [True] * 5 + [False] * 2
    assert own_page.send_code(access=access, at=NOW + timedelta(hours=1, seconds=9))


def test_codes_go_by_sms_first_then_by_email(nurse, patient):
    both = give(nurse, patient, way="email", phone=MOBILE).access
    own_page.send_code(access=both, at=NOW)
    code_of(both)
    assert Message.objects.get(ref=both.code_ref).channel == "sms"
    mail = give(nurse, patient, way="email").access
    own_page.send_code(access=mail, at=NOW)
    code_of(mail)
    assert Message.objects.get(ref=mail.code_ref).address == "p@essai.invalid"


def wrong(access, at, times=1):
    for _ in range(times):
        assert own_page.enter(access=access, code="no", at=at) == ""
    access.refresh_from_db()


def test_wrong_codes_close_the_way_in_longer_and_longer_then_for_good(nurse, patient):
    access, at = give(nurse, patient).access, NOW
    for pause in PAUSES:
        wrong(access, at, TRIES)
        assert access.closed_until == at + pause
        own_page.send_code(access=access, at=at)
        assert own_page.enter(access=access, code=code_of(access), at=at) == ""  # the right one, meanwhile
        access.refresh_from_db()
        at = access.closed_until
    wrong(access, at, TRIES)
    assert access.revoked_at == at
    assert Entry.objects.filter(verb="close_own_page").exists()


def test_a_visit_forgets_the_wrong_codes_before_it(nurse, patient):
    access = give(nurse, patient).access
    wrong(access, NOW, TRIES - 1)
    visit(access)
    access.refresh_from_db()
    assert access.failures == 0


@pytest.mark.parametrize("way", ["paper", "voice"])
def test_without_contact_the_birth_date_and_the_printed_code_open(nurse, patient, way):
    given = give(nurse, patient, way=way)
    access = own_page.find_access(grouped(given.token).lower(), at=NOW)
    assert access == given.access
    assert not own_page.send_code(access=access, at=NOW)
    born, other = patient.birth_date, patient.birth_date + timedelta(days=1)
    assert own_page.enter(access=access, code=given.pin, birth_date=other, at=NOW) == ""
    assert own_page.enter(access=access, code=given.pin, at=NOW) == ""
    assert own_page.enter(access=access, code=f"{(int(given.pin) + 1) % 10**6:06d}", birth_date=born, at=NOW) == ""
    assert own_page.enter(access=access, code=given.pin, birth_date=born, at=NOW)
    assert given.pin not in access.pin


def test_a_visit_ends_when_idle_when_long_and_when_left(nurse, patient):
    access = give(nurse, patient).access
    own_page.send_code(access=access, at=NOW)
    key = own_page.enter(access=access, code=code_of(access), at=NOW)
    at = NOW
    while at < NOW + LONGEST - IDLE:
        at += IDLE - timedelta(seconds=1)
        assert own_page.visit_of(key, at=at)
    assert own_page.visit_of(key, at=NOW + LONGEST) is None
    idle = visit(access, SOON)
    assert not idle.is_open(SOON + IDLE)
    own_page.leave(visit=idle, at=SOON)
    idle.refresh_from_db()
    assert not idle.is_open(SOON)


def test_taking_an_access_back_ends_its_visits_at_once(nurse, patient):
    access = give(nurse, patient).access
    own_page.send_code(access=access, at=NOW)
    key = own_page.enter(access=access, code=code_of(access), at=NOW)
    own_page.revoke_access(by=nurse, access=access, at=SOON)
    own_page.revoke_access(by=nurse, access=access, at=SOON)
    assert own_page.visit_of(key, at=SOON) is None
    assert Entry.objects.filter(verb="revoke_access").count() == 1


def test_one_outside_the_care_team_takes_no_access_back(nurse, patient):
    access = give(nurse, patient).access
    with pytest.raises(Refused):
        own_page.revoke_access(by=factories.nurse(), access=access, at=NOW)


def test_an_access_ends_by_itself(nurse, patient):
    access = give(nurse, patient, lasts="week").access
    secret = Message.objects.get(subject_ref=access.ref).secret
    assert own_page.find_access(secret, at=NOW + timedelta(days=7)) is None
    assert own_page.find_access(secret, at=NOW + timedelta(days=6))


def test_the_patient_takes_a_consent_back_once(nurse, patient):
    consent = record_consent(by=nurse, patient=patient, subject="A" * 22, given_by="patient", at=NOW)
    here = visit(give(nurse, patient).access)
    withdraw_own_consent(visit=here, consent=consent, at=SOON)
    consent.refresh_from_db()
    assert (consent.withdrawn_at, consent.withdrawn_by, consent.withdrawn_through) == (SOON, None, here.access)
    with pytest.raises(Overtaken):
        withdraw_own_consent(visit=here, consent=consent, at=SOON)
    assert "Patient" in Entry.objects.get(verb="withdraw_consent").actor_label


def test_a_visitor_withdraws_no_consent_of_another_patient_nor_after_the_visit(nurse, patient):
    other = factories.patient(cared_by=nurse.organisation)
    theirs = record_consent(by=nurse, patient=other, subject="B" * 22, given_by="patient", at=NOW)
    mine = record_consent(by=nurse, patient=patient, subject="A" * 22, given_by="patient", at=NOW)
    here = visit(give(nurse, patient).access)
    with pytest.raises(Refused):
        withdraw_own_consent(visit=here, consent=theirs, at=SOON)
    with pytest.raises(Refused):
        withdraw_own_consent(visit=here, consent=mine, at=NOW + IDLE)


def test_a_correction_is_asked_for_and_answered_once(nurse, patient):
    here = visit(give(nurse, patient).access)
    wish = own_page.ask_correction(visit=here, text=" Mon numéro a changé. ", at=SOON)
    assert (wish.text, wish.patient) == ("Mon numéro a changé.", patient)
    with pytest.raises(Refused, match="text_needed"):
        own_page.ask_correction(visit=here, text="  ", at=SOON)
    with pytest.raises(Refused, match="visit_over"):
        own_page.ask_correction(visit=here, text="Encore", at=NOW + IDLE)
    with pytest.raises(Refused):
        own_page.answer_correction(by=factories.nurse(), wish=wish, at=SOON)
    own_page.answer_correction(by=nurse, wish=wish, at=SOON)
    with pytest.raises(Overtaken):
        own_page.answer_correction(by=nurse, wish=wish, at=SOON)


def test_what_happens_there_is_in_the_trail_in_words_and_the_journal_is_whole(nurse, patient):
    here = visit(give(nurse, patient).access)
    own_page.ask_correction(visit=here, text="Une faute.", at=SOON)
    said = [line.what for line in trail_of(patient).lines]
    assert len(set(said)) == 3
    assert not [words for words in said if "demande d’avis" in words]
    assert list(faults()) == []


def test_of_two_people_with_one_code_one_enters(own_database):
    nurse = factories.nurse()
    access = give(nurse, factories.patient(cared_by=nurse.organisation)).access
    own_page.send_code(access=access, at=NOW)
    code, keys, gate = code_of(access), [], threading.Barrier(3)

    def press():
        try:
            gate.wait()
            keys.append(own_page.enter(access=access, code=code, at=NOW))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, keys)) == [False, False, True]
    assert PatientVisit.objects.filter(access=access).count() == 1


@examples(st.text(LETTERS, min_size=12, max_size=12))
def test_a_secret_is_read_as_it_is_written(secret):
    assert typed(grouped(secret)) == typed(secret.lower()) == secret


@examples(st.integers(1, 100))
def test_the_way_in_never_stays_open_after_many_wrong_codes(failures):
    pause = closed_for(failures)
    assert (pause is None) == (failures >= TRIES * (len(PAUSES) + 1) and failures % TRIES == 0)
