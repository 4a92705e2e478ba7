"""The door to records: no path from anyone outside the care team; who may read the trail."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import NOW
from virage.accounts.access import Refused
from virage.accounts.roles import Permission, Role
from virage.journal.models import Entry
from virage.records.access import identities_of, open_record, patient_for, patients_of
from virage.records.models import CareReason
from virage.records.reports.trail import Sought, trail_of, trails_of

PARTIES = ("user", "team", "organisation")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    roles=st.sets(st.sampled_from([role.value for role in Role]), max_size=3),
    own=st.sampled_from([*PARTIES, None]),
    others=st.lists(st.sampled_from(PARTIES), max_size=3),
    scope=st.booleans(),
    starts=st.integers(-3, 3),
    lasts=st.one_of(st.none(), st.integers(1, 5)),
)
def test_a_record_opens_by_a_current_row_of_ones_own_and_by_nothing_else(db, roles, own, others, scope, starts, lasts):
    """A random person against a random patient: rows of others, of the past or future, or of one act, open nothing."""
    by = factories.member(*roles)
    patient = factories.patient()
    for kind in others:
        _let_in(patient, kind, factories.nurse())
    if own:
        row = _let_in(patient, own, by, scope="S" * 22 if scope else "", at=NOW + timedelta(days=starts))
        row.ends_at = row.starts_at + timedelta(days=lasts) if lasts else None
        row.save()
    current = own is not None and starts <= 0 and (lasts is None or starts + lasts > 0)
    expected = current and not scope and by.may(Permission.SEE_PATIENTS)
    known = current and not scope and by.may(Permission.SEE_IDENTITY)
    assert patients_of(by, NOW).filter(pk=patient.pk).exists() == expected
    assert identities_of(by, NOW).filter(pk=patient.pk).exists() == known
    if expected:
        assert patient_for(by, patient.ref, at=NOW) == patient
    else:
        with pytest.raises(Refused if known else Http404):
            patient_for(by, patient.ref, at=NOW)
        assert not Entry.objects.filter(patient_ref=patient.ref, actor_id=by.user_id).exists()


def _let_in(patient, kind, member, scope="", at=NOW):
    party = {
        "user": lambda: {"user_id": member.user_id},
        "team": lambda: {"team_id": factories.team(member.organisation, members=(member,)).pk},
        "organisation": lambda: {"organisation_id": member.organisation_id},
    }[kind]()
    return open_record(patient, reason=CareReason.FOLLOW_UP, at=at, by="essai", scope=scope, **party)


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(cared_by=nurse.organisation, birth_name="LISIBLE")


@pytest.fixture
def officer(nurse):
    return factories.member("privacy", organisation_=nurse.organisation)


def test_a_read_is_noted_once_in_a_quarter_of_an_hour(nurse, patient):
    for minutes in (0, 5, 14, 16):
        patient_for(nurse, patient.ref, at=NOW + timedelta(minutes=minutes))
    assert Entry.objects.filter(verb="read", patient_ref=patient.ref).count() == 2


def test_the_privacy_officer_reads_the_trail_and_not_the_record(client, officer, patient, nurse):
    patient_for(nurse, patient.ref, at=NOW)
    client.force_login(officer.user)
    page = client.get(reverse("records:readers", args=[patient.ref])).content.decode()
    assert nurse.user.get_full_name() in page
    assert "A ouvert le dossier" in page
    assert client.get(reverse("records:patient", args=[patient.ref])).status_code == 404


def test_reading_the_trail_is_in_the_trail(client, officer, patient):
    client.force_login(officer.user)
    client.get(reverse("records:readers", args=[patient.ref]))
    assert "A regardé qui a consulté ce dossier" in [line.what for line in trail_of(patient).lines]


def test_the_officer_of_another_structure_finds_nothing(client, patient):
    client.force_login(factories.member("privacy").user)
    assert client.get(reverse("records:readers", args=[patient.ref])).status_code == 404


def test_a_nurse_of_the_care_team_without_the_right_does_not_read_the_trail(client, nurse, patient):
    client.force_login(nurse.user)
    assert client.get(reverse("records:readers", args=[patient.ref])).status_code == 404
    assert client.get(reverse("records:readings")).status_code == 403


def test_a_member_of_the_care_team_with_the_right_reads_it(patient, nurse):
    both = factories.member("nurse", "privacy", organisation_=nurse.organisation)
    assert patient in trails_of(both, NOW)


def test_an_act_alone_opens_no_trail(patient):
    officer = factories.member("privacy")
    open_record(
        patient,
        reason=CareReason.EXPERTISE,
        at=NOW,
        by="essai",
        organisation_id=officer.organisation_id,
        scope="S" * 22,
    )
    assert patient not in trails_of(officer, NOW)


def test_the_officer_finds_a_patient_only_by_looking(client, officer, patient):
    client.force_login(officer.user)
    url = reverse("records:readings")
    assert "LISIBLE" not in client.get(url).content.decode()
    assert "LISIBLE" not in client.post(url, {"q": ""}).content.decode()
    assert "LISIBLE" in client.post(url, {"q": "lisi"}).content.decode()


def test_the_trail_goes_back_page_after_page(nurse, patient):
    for hours in range(120):
        patient_for(nurse, patient.ref, at=NOW + timedelta(hours=hours))
    seen, before = [], 0
    while True:
        trail = trail_of(patient, before=before)
        seen += [line.at for line in trail.lines]
        before = trail.before
        if not before:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 120


def test_the_trail_may_show_reads_only(nurse, patient):
    patient_for(nurse, patient.ref, at=NOW)
    everything, reads = trail_of(patient), trail_of(patient, Sought(kind="reads"))
    assert all(line.is_read for line in reads.lines)
    assert len(everything.lines) >= len(reads.lines) == 1


class TestWhatIsAdministrative:
    """A secretary: identity, contact details and care team; nothing of what care is about."""

    @pytest.fixture
    def desk(self, client, nurse, patient):
        factories.wound(patient, name="Escarre du sacrum")
        secretary = factories.member("secretary", organisation_=nurse.organisation)
        client.force_login(secretary.user)
        return secretary

    def test_the_page_says_who_it_is_and_nothing_medical(self, client, desk, patient):
        answer = client.get(reverse("records:patient", args=[patient.ref]))
        page = answer.content.decode()
        assert "LISIBLE" in page
        assert reverse("records:edit", args=[patient.ref]) in page
        assert "Escarre" not in page
        assert "hx-get" not in page.split("<main")[1].split("</main>")[0]
        assert Entry.objects.get(verb="read", patient_ref=patient.ref).data == {"purpose": "identity"}

    def test_the_list_the_form_and_the_care_team_open(self, client, desk, patient):
        assert "LISIBLE" in client.get(reverse("patients")).content.decode()
        for page in ("records:edit", "records:team", "records:team_add"):
            assert client.get(reverse(page, args=[patient.ref])).status_code == 200

    def test_whose_opinion_was_asked_is_not_said(self, client, desk, patient, nurse):
        expert = factories.dermatologist(user__last_name="Sollicité")
        row = _let_in(patient, "user", expert, scope="S" * 22)
        team = reverse("records:team", args=[patient.ref])
        assert "Sollicité" not in client.get(team).content.decode()
        row.ends_at = NOW + timedelta(hours=1)
        row.save()
        assert "Sollicité" not in client.get(team).content.decode()
        client.force_login(nurse.user)
        assert "Sollicité" in client.get(team).content.decode()

    def test_what_is_medical_is_refused_with_the_reason(self, client, desk, patient):
        wound = patient.wounds.get()
        for page, ref in (("records:wound", wound.ref), ("records:wound_add", patient.ref)):
            answer = client.get(reverse(page, args=[ref]))
            assert answer.status_code == 403
            assert "Escarre" not in answer.content.decode()


@pytest.mark.parametrize("role", ["intern", "temporary"])
def test_who_is_there_for_a_time_sees_the_record_and_does_not_let_others_in(client, nurse, patient, role):
    client.force_login(factories.member(role, organisation_=nurse.organisation).user)
    assert client.get(reverse("records:patient", args=[patient.ref])).status_code == 200
    for page in ("records:edit", "records:team_add"):
        assert client.get(reverse(page, args=[patient.ref])).status_code == 403
