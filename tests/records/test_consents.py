"""Consent: recorded once for an act, again on a follow-up, withdrawn; who may, who may not, twice, at the same moment."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connections
from django.urls import reverse

from tests import factories
from tests.factories import NOW
from virage.accounts.access import Refused
from virage.journal.models import Entry
from virage.journal.moves import Overtaken
from virage.records.actions.consents import record_consent, renew_consent, withdraw_consent
from virage.records.forms import ConsentForm
from virage.records.models import Consent, Contact

ACT, NEXT = "A" * 22, "B" * 22
SAID = {"given_by": "patient", "informed_on_exchange": True}


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(cared_by=nurse.organisation)


@pytest.fixture
def consent(nurse, patient):
    return record_consent(by=nurse, patient=patient, subject=ACT, at=NOW, **SAID)


def test_a_nurse_records_what_the_patient_said(consent, nurse, patient):
    assert (consent.given_by, consent.recorded_by, consent.recorded_at) == ("patient", nurse, NOW)
    entry = Entry.objects.get(verb="record_consent", subject_ref=consent.ref)
    assert entry.data == {"act": ACT, "given_by": "patient"}


def test_recording_the_same_twice_is_once(consent, nurse, patient):
    assert record_consent(by=nurse, patient=patient, subject=ACT, at=NOW, **SAID) == consent
    assert Consent.objects.filter(subject=ACT).count() == 1


def test_another_consent_while_one_is_in_force_is_refused(consent, nurse, patient):
    with pytest.raises(Refused, match="consent_already_recorded"):
        record_consent(by=nurse, patient=patient, subject=ACT, given_by="impossible", impossible_reason="coma", at=NOW)


def test_a_secretary_an_expert_or_a_stranger_may_not(nurse, patient):
    secretary = factories.member("secretary", organisation_=nurse.organisation)
    for by in (secretary, factories.dermatologist(), factories.nurse()):
        with pytest.raises(Refused):
            record_consent(by=by, patient=patient, subject=ACT, at=NOW, **SAID)


@pytest.mark.parametrize(
    "facts",
    [{"given_by": "representative"}, {"given_by": "impossible", "impossible_reason": " "}, {"given_by": "voisin"}],
)
def test_a_consent_that_does_not_hold_together_is_not_written(nurse, patient, facts):
    with pytest.raises(ValueError, match="incomplete"):
        record_consent(by=nurse, patient=patient, subject=ACT, at=NOW, **facts)


def test_one_press_on_a_follow_up_says_the_same_for_the_next_act(nurse, patient):
    first = record_consent(
        by=nurse,
        patient=patient,
        subject=ACT,
        given_by="representative",
        representative="Mme Fictive, fille",
        informed_on_exchange=True,
        at=NOW,
    )
    again = renew_consent(by=nurse, previous=first, subject=NEXT, at=NOW + timedelta(days=7))
    assert again.subject == NEXT
    assert again.representative == "Mme Fictive, fille"
    assert again.recorded_at == NOW + timedelta(days=7)


def test_what_was_withdrawn_or_impossible_is_asked_anew(nurse, patient, consent):
    withdraw_consent(by=nurse, consent=consent, at=NOW)
    with pytest.raises(Refused, match="consent_to_ask_again"):
        renew_consent(by=nurse, previous=consent, subject=NEXT, at=NOW)
    judged = record_consent(
        by=nurse, patient=patient, subject=NEXT, given_by="impossible", impossible_reason="coma", at=NOW
    )
    with pytest.raises(Refused, match="consent_to_ask_again"):
        renew_consent(by=nurse, previous=judged, subject="C" * 22, at=NOW)


def test_a_withdrawal_bears_who_and_when_and_erases_nothing(consent, nurse):
    withdraw_consent(by=nurse, consent=consent, at=NOW + timedelta(days=1))
    kept = Consent.objects.get(pk=consent.pk)
    assert (kept.withdrawn_by, kept.withdrawn_at, kept.given_by) == (nurse, NOW + timedelta(days=1), "patient")


def test_a_second_withdrawal_is_told_that_it_comes_late(consent, nurse):
    withdraw_consent(by=nurse, consent=consent, at=NOW)
    with pytest.raises(Overtaken):
        withdraw_consent(by=nurse, consent=consent, at=NOW)


def test_after_a_withdrawal_one_may_consent_again(consent, nurse, patient):
    withdraw_consent(by=nurse, consent=consent, at=NOW)
    again = record_consent(by=nurse, patient=patient, subject=ACT, at=NOW + timedelta(days=2), **SAID)
    assert again != consent


def test_a_stranger_withdraws_nothing(consent):
    with pytest.raises(Refused):
        withdraw_consent(by=factories.nurse(), consent=consent, at=NOW)


def test_two_nurses_recording_at_the_same_moment_make_one_consent(own_database):
    nurse = factories.nurse()
    patient = factories.patient(cared_by=nurse.organisation)
    gate, outcomes = threading.Barrier(4), []

    def work():
        try:
            gate.wait()
            outcomes.append(record_consent(by=nurse, patient=patient, subject=ACT, at=NOW, **SAID).pk)
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(outcomes)) == 1
    assert Consent.objects.filter(subject=ACT).count() == 1


def test_the_page_says_what_a_withdrawal_does_before_noting_it(client, consent, nurse, patient):
    client.force_login(nurse.user)
    url = reverse("records:consent_withdraw", args=[consent.ref])
    assert "Ce que fait le retrait" in client.get(url).content.decode()
    assert client.post(url, {"once": "a"}).url == reverse("records:patient", args=[patient.ref])
    assert client.post(url, {"once": "b"}).status_code == 409
    consent.refresh_from_db()
    assert consent.withdrawn_by == nurse


def test_a_stranger_finds_no_consent_and_a_secretary_may_not_withdraw(client, consent, nurse):
    url = reverse("records:consent_withdraw", args=[consent.ref])
    client.force_login(factories.nurse().user)
    assert client.get(url).status_code == 404
    client.force_login(factories.member("secretary", organisation_=nurse.organisation).user)
    assert client.get(url).status_code == 403


@pytest.mark.parametrize(
    "typed, wrong",
    [
        ({"given_by": "patient", "informed_on_exchange": "on"}, set()),
        ({"given_by": "patient"}, {"informed_on_exchange"}),
        ({"given_by": "representative", "informed_on_exchange": "on"}, {"representative"}),
        ({"given_by": "impossible"}, {"impossible_reason"}),
        ({"given_by": "impossible", "impossible_reason": "coma"}, set()),
        ({}, {"given_by"}),
    ],
)
def test_the_form_asks_what_each_way_of_consenting_needs(db, typed, wrong):
    assert set(ConsentForm(typed).errors) == wrong


def test_the_form_offers_no_empty_choice(db):
    assert [value for value, _label in ConsentForm().fields["given_by"].choices] == [
        "patient",
        "representative",
        "impossible",
    ]


class TestWhoSpeaks:
    """Parents of a minor, a guardian, a trusted person; a language and an interpreter."""

    @pytest.fixture
    def child(self, nurse):
        return factories.patient(cared_by=nurse.organisation, birth_date=date(2014, 5, 2))

    def near(self, patient, kind="representative", quality="parent", **fields):
        return Contact.objects.create(
            patient=patient, kind=kind, quality=quality, name="Mme Mère FICTIVE", created_at=NOW, **fields
        )

    def test_a_minor_alone_needs_a_reason_and_a_parent_does_not(self, nurse, child):
        with pytest.raises(ValueError, match="incomplete"):
            record_consent(by=nurse, patient=child, subject=ACT, at=NOW, **SAID)
        alone = record_consent(by=nurse, patient=child, subject=ACT, at=NOW, alone_reason="Refus des parents.", **SAID)
        assert alone.alone_reason == "Refus des parents."
        parent = self.near(child)
        given = record_consent(
            by=nurse, patient=child, subject=NEXT, given_by="representative", represented_by=parent, at=NOW
        )
        assert (given.represented_by, given.representative) == (parent, "Mme Mère FICTIVE, Père ou mère")

    def test_who_represents_somebody_else_or_no_longer_is_refused(self, nurse, child, patient):
        ended, elsewhere = self.near(child, ended_at=NOW), self.near(factories.patient(birth_date=date(2015, 1, 1)))
        grown = self.near(patient)
        for subject, who, contact in ((ACT, child, ended), (ACT, child, elsewhere), (NEXT, patient, grown)):
            with pytest.raises(Refused, match="not_representing"):
                record_consent(
                    by=nurse, patient=who, subject=subject, given_by="representative", represented_by=contact, at=NOW
                )

    def test_one_press_stops_when_the_child_is_of_age(self, nurse, child):
        parent = self.near(child)
        first = record_consent(
            by=nurse, patient=child, subject=ACT, given_by="representative", represented_by=parent, at=NOW
        )
        soon, of_age = NOW + timedelta(days=30), NOW.replace(year=2032, month=6)
        assert renew_consent(by=nurse, previous=first, subject=NEXT, at=soon).represented_by == parent
        with pytest.raises(Refused, match="consent_to_ask_again"):
            renew_consent(by=nurse, previous=first, subject="C" * 22, at=of_age)

    def test_a_trusted_person_is_named_with_the_day(self, nurse, patient):
        facts = {"given_by": "impossible", "impossible_reason": "coma", "trusted_person_informed": True}
        with pytest.raises(ValueError, match="incomplete"):
            record_consent(by=nurse, patient=patient, subject=ACT, at=NOW, **facts)
        kept = record_consent(
            by=nurse,
            patient=patient,
            subject=ACT,
            at=NOW,
            trusted_person="M. Ami FICTIF",
            trusted_person_told_on=NOW.date(),
            **facts,
        )
        assert (kept.trusted_person, kept.trusted_person_told_on) == ("M. Ami FICTIF", NOW.date())

    def test_how_and_in_which_language_goes_with_it_on_a_follow_up(self, nurse, patient):
        first = record_consent(
            by=nurse,
            patient=patient,
            subject=ACT,
            at=NOW,
            how="written",
            language="arabe",
            interpreter="M. Voix",
            **SAID,
        )
        again = renew_consent(by=nurse, previous=first, subject=NEXT, at=NOW)
        assert (again.how, again.language, again.interpreter) == ("written", "arabe", "M. Voix")

    def test_the_form_of_a_minor_asks_the_parents_who_are_noted(self, child):
        parent = self.near(child)
        form = ConsentForm(patient=child, on=NOW.date())
        assert form["given_by"].value() == "representative"
        assert list(form.fields["represented_by"].queryset) == [parent]
        typed = {"given_by": "representative", "represented_by": parent.ref, "informed_on_exchange": "on"}
        assert not ConsentForm(typed, patient=child, on=NOW.date()).errors
        alone = ConsentForm({"given_by": "patient", "informed_on_exchange": "on"}, patient=child, on=NOW.date())
        assert set(alone.errors) == {"alone_reason"}

    def test_the_form_proposes_the_trusted_person_and_asks_the_day(self, patient):
        self.near(patient, kind="trusted_person", quality="friend")
        assert ConsentForm(patient=patient, on=NOW.date())["trusted_person"].value() == "Mme Mère FICTIVE"
        typed = {"given_by": "impossible", "impossible_reason": "coma", "trusted_person_informed": "on"}
        assert set(ConsentForm(typed, patient=patient, on=NOW.date()).errors) == {
            "trusted_person",
            "trusted_person_told_on",
        }
