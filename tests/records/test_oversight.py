"""The privacy officer's pages: a record's trail with its filters and files, and what one person read."""

import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests import factories
from tests.factories import NOW
from virage.journal.entries import record
from virage.journal.models import Entry
from virage.records.access import patient_for
from virage.records.reports import oversight
from virage.records.reports.trail import CHANGES, EMERGENCIES, READS, Sought, entries_about, trail_of

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def home(db):
    return factories.organisation(name="EHPAD du Regard")


@pytest.fixture
def nurse(home):
    return factories.nurse(organisation_=home, user__last_name="Lectrice")


@pytest.fixture
def officer(home):
    return factories.member("privacy", organisation_=home)


@pytest.fixture
def patient(home):
    return factories.patient(cared_by=home, birth_name="REGARDE")


def note(verb, patient, by, at=NOW, **data):
    return record(
        verb, by=by.actor, at=at, subject_kind="patient", subject_ref=patient.ref, patient_ref=patient.ref, data=data
    )


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def get(client, name, *args, **query):
    return client.get(reverse(f"records:{name}", args=args), query)


def test_a_trail_is_filtered_by_kind_person_and_day(nurse, patient, home):
    other = factories.doctor(organisation_=home)
    note("read", patient, nurse, purpose="record")
    note("edit_patient", patient, nurse)
    note("break_glass", patient, other)
    note("read", patient, other, at=NOW + timedelta(days=1), purpose="record")
    whole = Sought()
    assert entries_about(patient, whole).count() == 4
    assert entries_about(patient, Sought(kind=READS)).count() == 3  # an emergency is a reading that stands out
    assert {entry.verb for entry in entries_about(patient, Sought(kind=CHANGES))} == {"edit_patient", "break_glass"}
    [line] = trail_of(patient, Sought(kind=EMERGENCIES)).lines
    assert line.stands_out
    assert entries_about(patient, Sought(actor_id=nurse.user_id)).count() == 2
    since, until = oversight.days(NOW.date(), NOW.date(), PARIS)
    assert entries_about(patient, Sought(since=since, until=until)).count() == 3


def test_a_day_is_that_of_the_structures_place(db):
    since, until = oversight.days(NOW.date(), NOW.date(), ZoneInfo("Indian/Reunion"))
    assert (since.utcoffset(), until - since) == (timedelta(hours=4), timedelta(days=1))
    assert oversight.days(None, None, PARIS) == (None, None)


def test_the_page_names_who_reads_and_offers_only_them_as_filter(officer, nurse, patient):
    patient_for(nurse, patient.ref, at=timezone.now())
    page = get(signed_in(officer), "readers", patient.ref, who=nurse.user.ref)
    text = page.content.decode()
    assert "Lectrice" in text
    assert [line.who for line in page.context["trail"].lines] == [nurse.user.get_full_name()]
    assert nurse.user.get_full_name() not in page.request["QUERY_STRING"]


def test_a_wrong_filter_filters_nothing(officer, nurse, patient):
    note("read", patient, nurse, purpose="record")
    page = get(signed_in(officer), "readers", patient.ref, who="nobody", since="hier", show="x", before="a")
    assert len(page.context["trail"].lines) == 2  # the nurse's, and the officer's own


def test_an_officer_of_another_structure_sees_neither_page_nor_file(patient):
    client = signed_in(factories.member("privacy"))
    for name in ("readers", "readers_csv", "readers_pdf"):
        assert get(client, name, patient.ref).status_code == 404


def test_the_trail_leaves_as_csv_without_formulas(officer, nurse, patient):
    nurse.user.first_name, nurse.user.title = "=cmd", ""
    nurse.user.save()
    note("read", patient, nurse, purpose="record")
    answer = get(signed_in(officer), "readers_csv", patient.ref)
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Date et heure;Qui;Structure;Quoi;Nature")
    assert any("'=cmd" in line for line in lines[1:])
    assert "REGARDE" not in answer["Content-Disposition"]


def test_the_trail_leaves_as_pdf_with_what_it_is_of(officer, nurse, patient):
    note("read", patient, nurse, purpose="record")
    answer = get(signed_in(officer), "readers_pdf", patient.ref, since="01/01/2020")
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    for words in ("REGARDE", "Lectrice", "01/01/2020", "A ouvert le dossier"):
        assert words in text


def test_looking_and_exporting_are_in_the_trail(officer, patient):
    client = signed_in(officer)
    get(client, "readers_csv", patient.ref)
    assert Entry.objects.get(patient_ref=patient.ref, verb="read").actor_id == officer.user_id


def test_what_a_person_read_among_the_structures_records_only(officer, nurse, patient):
    elsewhere = factories.patient(cared_by=factories.organisation(), birth_name="AILLEURS")
    at = timezone.now()
    note("read", patient, nurse, at=at, purpose="record")
    note("read", elsewhere, nurse, at=at, purpose="record")
    page = get(signed_in(officer), "person", who=nurse.user.ref)
    text = page.content.decode()
    assert "REGARDE" in text
    assert "AILLEURS" not in text
    assert page.context["summary"].reads == 1
    seen = Entry.objects.get(subject_kind="user", subject_ref=nurse.user.ref)
    assert (seen.actor_id, seen.patient_ref) == (officer.user_id, "")


def test_a_person_of_another_structure_cannot_be_looked_at(officer, patient):
    stranger = factories.nurse()
    note("read", patient, stranger, at=timezone.now(), purpose="record")
    client = signed_in(officer)
    assert get(client, "person", who=stranger.user.ref).context["user_seen"] is None
    assert get(client, "person_csv", who=stranger.user.ref).status_code == 404
    assert get(client, "person_pdf", who=stranger.user.ref).status_code == 404


def test_one_who_left_can_still_be_looked_at(officer, nurse):
    nurse.ends_on = NOW.date()
    nurse.save()
    assert get(signed_in(officer), "person", who=nurse.user.ref).context["user_seen"] == nurse.user


def test_one_who_is_no_officer_sees_no_person(nurse):
    client = signed_in(nurse)
    for name in ("person", "person_csv", "person_pdf", "readings"):
        assert get(client, name, who=nurse.user.ref).status_code == 403


def test_a_persons_page_begins_with_the_last_thirty_days(officer, nurse, patient):
    note("read", patient, nurse, at=timezone.now() - timedelta(days=40), purpose="record")
    client = signed_in(officer)
    assert get(client, "person", who=nurse.user.ref).context["summary"].reads == 0
    assert get(client, "person", who=nurse.user.ref, since="01/01/2020").context["summary"].reads == 1


def test_the_figures_of_a_person_count_nights_by_the_structures_clock(officer, nurse, patient, home):
    other = factories.patient(cared_by=home)
    for hour, whose in ((9, patient), (20, patient), (21, other), (5, other)):  # UTC: Paris is one hour later
        note("read", whose, nurse, at=NOW.replace(hour=hour, minute=30), purpose="record")
    note("break_glass", other, nurse)
    entries = oversight.entries_by(officer, Sought(actor_id=nurse.user_id), NOW)
    found = oversight.summary(entries, PARIS)
    assert (found.reads, found.patients, found.nights, found.emergencies) == (5, 2, 1, 1)


def test_both_files_of_a_person_name_the_patients(officer, nurse, patient):
    note("read", patient, nurse, at=timezone.now(), purpose="record")
    client = signed_in(officer)
    assert "REGARDE" in get(client, "person_csv", who=nurse.user.ref).content.decode()
    content = get(client, "person_pdf", who=nurse.user.ref).content
    assert "REGARDE" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_long_trails_read_in_a_bounded_number_of_statements(
    officer, nurse, patient, home, django_assert_max_num_queries
):
    at = timezone.now()
    for number in range(120):
        someone = patient if number % 2 else factories.patient(cared_by=home)
        note("read", someone, nurse, at=at, purpose="record")
    client = signed_in(officer)
    for name, args, query in (
        ("readers", [patient.ref], {}),
        ("readers_csv", [patient.ref], {}),
        ("person", [], {"who": nurse.user.ref}),
        ("person_csv", [], {"who": nurse.user.ref}),
    ):
        get(client, name, *args, **query)  # the trace of this reading is written once
        with django_assert_max_num_queries(22):
            assert get(client, name, *args, **query).status_code == 200
