"""Who stands near a patient: who may note it, what must hold together, what stays of a correction."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import NOW
from virage.accounts.access import Refused
from virage.journal.models import Entry
from virage.journal.moves import Overtaken
from virage.records.actions.contacts import add_contact, correct_contact, end_contact
from virage.records.models import Contact
from virage.records.rules.contacts import may_represent, problems

FRIEND = {"kind": "emergency", "quality": "friend", "name": "Ami FICTIF", "phone": "+33639980123", "email": ""}
TRUSTED = FRIEND | {"kind": "trusted_person", "name": "Confiance FICTIVE"}
GUARDIAN = FRIEND | {"kind": "representative", "quality": "guardian", "phone": ""}
PARENT = GUARDIAN | {"quality": "parent"}


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(cared_by=nurse.organisation)


@pytest.fixture
def child(nurse):
    return factories.patient(cared_by=nurse.organisation, birth_date=date(2015, 6, 1))


@pytest.mark.parametrize(
    ("kind", "quality", "age", "phone", "found"),
    [
        ("emergency", "friend", 80, "+33639980123", ()),
        ("emergency", "friend", 80, "", ("unreachable",)),
        ("trusted_person", "spouse", 17, "+33639980123", ("patient_is_minor",)),
        ("representative", "friend", 80, "", ("cannot_represent",)),
        ("representative", "guardian", 80, "", ()),
        ("representative", "parent", 17, "", ()),
        ("representative", "parent", 18, "", ("patient_is_adult",)),
    ],
)
def test_what_must_hold_together(kind, quality, age, phone, found):
    assert problems(kind, quality, age=age, phone=phone, email="") == found


def test_a_parent_speaks_for_a_minor_until_he_or_she_is_of_age(nurse, child):
    parent = add_contact(by=nurse, patient=child, facts=PARENT, at=NOW)
    assert Contact.objects.representing(child, date(2033, 5, 31)) == [parent]
    assert Contact.objects.representing(child, date(2033, 6, 1)) == []
    assert not may_represent("emergency", "guardian", age=5)


def test_a_stranger_a_role_without_the_right_and_wrong_facts_are_refused(nurse, patient):
    for by, facts, reason in [
        (factories.nurse(), FRIEND, "not_in_care_team"),
        (factories.member("expert", organisation_=nurse.organisation), FRIEND, "edit_patients"),
        (nurse, PARENT, "contact_patient_is_adult"),
        (nurse, FRIEND | {"phone": ""}, "contact_unreachable"),
    ]:
        with pytest.raises(Refused) as refused:
            add_contact(by=by, patient=patient, facts=facts, at=NOW)
        assert refused.value.reason == reason
    assert not Contact.objects.filter(patient=patient).exists()


def test_a_patient_has_one_trusted_person(nurse, patient):
    former = add_contact(by=nurse, patient=patient, facts=TRUSTED, at=NOW)
    latter = add_contact(by=nurse, patient=patient, facts=TRUSTED | {"name": "Autre FICTIF"}, at=NOW)
    assert list(Contact.objects.current().filter(patient=patient)) == [latter]
    assert Contact.objects.get(pk=former.pk).ended_at == NOW


def test_a_correction_keeps_what_was_and_a_second_one_of_the_same_row_is_told(nurse, patient):
    first = add_contact(by=nurse, patient=patient, facts=FRIEND, at=NOW)
    stale = Contact.objects.get(pk=first.pk)
    assert correct_contact(by=nurse, contact=first, facts=FRIEND, at=NOW) == first  # nothing changed
    second = correct_contact(by=nurse, contact=first, facts=FRIEND | {"name": "Mieux ÉCRIT"}, at=NOW)
    assert (first.ended_at, second.name) == (NOW, "Mieux ÉCRIT")
    with pytest.raises(Overtaken):
        correct_contact(by=nurse, contact=stale, facts=FRIEND | {"name": "Trop TARD"}, at=NOW)
    with pytest.raises(Overtaken):
        end_contact(by=nurse, contact=stale, at=NOW)
    verbs = Entry.objects.filter(patient_ref=patient.ref).values_list("verb", "data")
    assert list(verbs) == [("add_contact", {"kind": "emergency"}), ("correct_contact", {"kind": "emergency"})]


def test_the_pages_note_correct_and_end(client, nurse, patient):
    client.force_login(nurse.user)
    typed = FRIEND | {"phone": "06 39 98 01 23", "once": "k1"}
    response = client.post(reverse("records:contact_add", args=[patient.ref]), typed)
    assert response.url == reverse("records:contacts", args=[patient.ref])
    client.post(reverse("records:contact_add", args=[patient.ref]), typed)  # pressed twice
    contact = Contact.objects.get(patient=patient)
    assert contact.phone == "+33639980123"
    page = client.get(reverse("records:patient", args=[patient.ref])).content.decode()
    assert "06 39 98 01 23" in page
    client.post(reverse("records:contact", args=[contact.ref]), typed | {"name": "Autre NOM", "once": "k2"})
    latter = Contact.objects.current().get(patient=patient)
    assert latter.name == "Autre NOM"
    client.post(reverse("records:contact_end", args=[latter.ref]), {"once": "k3"})
    page = client.get(reverse("records:contacts", args=[patient.ref])).content.decode()
    assert "Personne n’est noté" in page
    assert "Ami FICTIF" in page


def test_a_wrong_number_is_said_at_its_field_and_nothing_typed_is_lost(client, nurse, patient):
    client.force_login(nurse.user)
    typed = FRIEND | {"phone": "06 39 98", "once": "k1"}
    page = client.post(reverse("records:contact_add", args=[patient.ref]), typed)
    assert list(page.context["form"].errors) == ["phone"]
    assert "Ami FICTIF" in page.content.decode()
    assert 'value="06 39 98"' in page.content.decode()


def test_someone_at_another_hour_ends_it_later(nurse, patient):
    contact = add_contact(by=nurse, patient=patient, facts=GUARDIAN, at=NOW)
    end_contact(by=nurse, contact=contact, at=NOW + timedelta(days=1))
    assert Contact.objects.representing(patient, NOW.date()) == []
