"""Patients: who may find, open and correct a record; nobody else learns that it exists."""

from datetime import date

import pytest
from django.http import Http404
from django.urls import reverse

from tests import factories
from tests.factories import NOW
from virage.accounts.access import Refused
from virage.journal.models import Entry
from virage.records.access import patient_for, patients_of
from virage.records.actions.patients import create_patient, edit_patient
from virage.records.models import CareReason, Patient
from virage.records.reports import patients as report
from virage.records.rules.identity import sought

TYPED = {
    "birth_name": "Inventé",
    "first_names": "Jeanne Rose",
    "birth_date": "14/03/1940",
    "sex": "F",
    "place": "ehpad",
    "region": "42",
    "birth_rank": "1",
    "rate": "100",
    "once": "k1",
}
TRAITS = {
    "birth_name": "INVENTE",
    "first_names": "Jeanne",
    "sex": "F",
    "birth_date": date(1940, 3, 14),
    "place": "ehpad",
    "region": "42",
}


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(cared_by=nurse.organisation, birth_name="INVENTE", first_names="Jeanne Rose")


@pytest.fixture
def page(client, nurse):
    client.force_login(nurse.user)
    return client


def test_a_nurse_opens_a_record_and_the_whole_structure_may_see_it(page, nurse):
    response = page.post(reverse("records:create"), TYPED)
    patient = Patient.objects.get(birth_name="Inventé")
    assert response.url == reverse("records:patient", args=[patient.ref])
    [row] = patient.care_team.all()
    assert (row.organisation, row.reason) == (nurse.organisation, CareReason.RESIDENCE)
    colleague = factories.nurse(organisation_=nurse.organisation)
    assert patient in patients_of(colleague, NOW.replace(year=2100))


def test_a_structure_of_town_follows_up_rather_than_houses(db):
    by = factories.nurse(organisation_=factories.organisation(category="cabinet", sector="ville"))
    assert create_patient(by=by, traits=TRAITS, at=NOW).care_team.get().reason == CareReason.FOLLOW_UP


def test_two_presses_open_one_record(page):
    page.post(reverse("records:create"), TYPED)
    page.post(reverse("records:create"), TYPED)
    assert Patient.objects.filter(birth_name="Inventé").count() == 1


@pytest.mark.parametrize("role", ["expert", "administrator", "privacy", "ars", "payer"])
def test_one_who_may_not_edit_may_not_open_a_record(db, client, role):
    by = factories.member(role)
    with pytest.raises(Refused):
        create_patient(by=by, traits=TRAITS, at=NOW)
    client.force_login(by.user)
    assert client.get(reverse("records:create")).status_code == 403


def test_the_journal_keeps_which_traits_changed_and_not_what_they_say(nurse, patient):
    edit_patient(by=nurse, patient=patient, traits={"birth_name": "AUTRENOM", "phone": "+33199001234"}, at=NOW)
    entry = Entry.objects.get(verb="edit_patient", subject_ref=patient.ref)
    assert entry.data == {"changed": ["birth_name", "phone"]}


def test_writing_the_same_traits_again_writes_nothing(nurse, patient):
    edit_patient(by=nurse, patient=patient, traits={"birth_name": patient.birth_name}, at=NOW)
    assert not Entry.objects.filter(verb="edit_patient", subject_ref=patient.ref).exists()


def test_a_stranger_may_not_correct_a_record(patient):
    with pytest.raises(Refused):
        edit_patient(by=factories.nurse(), patient=patient, traits={"phone": "+33199001234"}, at=NOW)


def test_likely_duplicates_are_shown_before_and_confirmed(page, patient):
    typed = TYPED | {"birth_name": "Invente", "first_names": "Jeanne"}
    first = page.post(reverse("records:create"), typed)
    assert patient.display_name in first.content.decode()
    assert Patient.objects.filter(search_names__contains=" INVENTE").count() == 1
    page.post(reverse("records:create"), typed | {"confirmed": "yes"})
    assert Patient.objects.filter(search_names__contains=" INVENTE").count() == 2


def test_a_birth_date_to_come_or_that_is_none_is_refused(page):
    for text in ("01/01/2150", "31/02/1940", "hier"):
        assert page.post(reverse("records:create"), TYPED | {"birth_date": text}).context["form"].errors["birth_date"]


@pytest.mark.parametrize("text", ["inven", "INVENTÉ jea", "jeanne inv", "rose"])
def test_a_patient_is_found_by_the_first_letters_of_any_name(patient, nurse, text):
    assert patient in report.matching(patients_of(nurse, NOW), sought(text, None))


@pytest.mark.parametrize("text", ["vente", "inven paul", "x"])
def test_other_letters_find_nobody(patient, nurse, text):
    assert patient not in report.matching(patients_of(nurse, NOW), sought(text, None))


def test_a_patient_is_found_by_birth_date_and_matricule(page, patient):
    patient.ins = "240036799912345"
    patient.save()
    other = factories.patient(
        cared_by=page.get("/compte/moi/").wsgi_request.membership.organisation,
        birth_name="SECOND",
        birth_date=date(1950, 1, 2),
    )
    for text in ("14/03/1940", "2 40 03 67 999 123 45", "2400367999123"):
        found = page.post(reverse("patients"), {"q": text}).context["page"].patients
        assert patient in found
        assert other not in found


def test_what_is_looked_for_never_stands_in_an_address(page, patient):
    response = page.post(reverse("patients"), {"q": "invente"})
    assert "invente" not in response.wsgi_request.get_full_path()
    assert "?q=" not in response.content.decode().lower()
    fragment = page.post(reverse("patients"), {"q": "invente"}, headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<div")
    assert patient.display_name in fragment


def test_the_list_goes_page_after_page_without_skipping_anyone(nurse, db):
    expected = [
        factories.patient(cared_by=nurse.organisation, birth_name=f"PAGE{number:03d}").pk for number in range(45)
    ]
    seen, after = [], ""
    for _page in range(3):
        some = report.page_of(patients_of(nurse, NOW), after)
        seen += [patient.pk for patient in some.patients]
        after = some.after
    assert seen == expected
    assert after == ""


def test_the_list_shows_only_ones_own_patients(page, patient):
    factories.patient(cared_by=factories.organisation(), birth_name="AILLEURS")
    assert "AILLEURS" not in page.get(reverse("patients")).content.decode()


def test_the_list_costs_few_statements(page, nurse, django_assert_max_num_queries):
    for _number in range(25):
        factories.patient(cared_by=nurse.organisation)
    with django_assert_max_num_queries(8):
        page.get(reverse("patients"))


def test_the_page_of_a_patient_says_who_cares_and_what_wounds(page, patient, nurse, django_assert_max_num_queries):
    wound = factories.wound(patient)
    page.get(reverse("records:patient", args=[patient.ref]))  # the first page of a session notes it
    with django_assert_max_num_queries(20):
        text = page.get(reverse("records:patient", args=[patient.ref])).content.decode()
    assert wound.name in text
    assert "Talon gauche" in text
    assert nurse.organisation.name in text
    assert "<title>" in text
    assert patient.birth_name not in text.partition("<title>")[2].partition("</title>")[0]


@pytest.mark.parametrize(
    "name", ["patient", "edit", "identity", "contacts", "contact_add", "team", "team_add", "readers", "wound_add"]
)
def test_a_stranger_finds_nothing_at_a_patients_addresses(client, patient, name):
    client.force_login(factories.nurse().user)
    assert client.get(reverse(f"records:{name}", args=[patient.ref])).status_code == 404


def test_a_page_asks_to_sign_in_whether_the_patient_exists_or_not(client, patient):
    answers = {client.get(reverse("records:patient", args=[ref])).status_code for ref in (patient.ref, "x" * 22)}
    assert answers == {302}


def test_opening_a_record_is_traced(page, patient, nurse):
    page.get(reverse("records:patient", args=[patient.ref]))
    assert Entry.objects.filter(verb="read", patient_ref=patient.ref, actor_id=nurse.user_id).count() == 1


def test_the_door_is_closed_to_a_stranger(patient):
    with pytest.raises(Http404):
        patient_for(factories.nurse(), patient.ref, at=NOW)


def test_one_without_structure_is_led_home(client, db):
    client.force_login(factories.user())
    assert client.get(reverse("patients")).url == reverse("home")


def test_the_correction_of_an_identity_is_kept(page, patient):
    url = reverse("records:edit", args=[patient.ref])
    seen = page.get(url).context["form"].initial["seen"]
    typed = TYPED | {"birth_name": "CORRIGE", "once": "k9", "seen": seen}
    assert page.post(url, typed).status_code == 302
    patient.refresh_from_db()
    assert patient.birth_name == "CORRIGE"
