"""Access in an emergency: by exact traits, for a reason, for a time; traced, told at once, judged afterwards."""

import re
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import NOW
from virage.accounts.access import Refused
from virage.accounts.models import User
from virage.accounts.roles import Permission, Role, permissions
from virage.journal.models import Entry
from virage.journal.moves import Overtaken
from virage.journal.verify import faults
from virage.kernel.names import normalise
from virage.notifications.models import Message
from virage.notifications.rules.letters import compose
from virage.records.access import patient_for, patients_of
from virage.records.actions import care, duplicates, emergency, own_page
from virage.records.actions.emergency import Found
from virage.records.models import CareReason, CareTeamMember, EmergencyAccess
from virage.records.rules.emergency import Wanted, is_exactly, missing
from virage.records.rules.identity import Traits

WHY = "Chute à la piscine, je dois connaître ses traitements."
DAY = timedelta(days=1)


@pytest.fixture
def patient(db):
    home = factories.organisation()
    factories.member("privacy", organisation_=home, user__email="dpo.residence@essai.invalid")
    factories.member("coordinator", organisation_=home, user__email="coordo@essai.invalid")
    gp = factories.doctor(user__email="traitant@essai.invalid")
    found = factories.patient(
        home, birth_name="D’ÉTÉ-NOËL", first_names="Élodie Marie", used_first_name="Lola", attending_doctor=gp
    )
    CareTeamMember.objects.create(
        patient=found, user=gp.user, reason=CareReason.ATTENDING, starts_at=NOW - DAY, granted_by="essai"
    )
    return found


@pytest.fixture
def doctor(db):
    here = factories.organisation()
    factories.member("privacy", organisation_=here, user__email="dpo.urgences@essai.invalid")
    return factories.doctor(organisation_=here)


def wanted(patient, **changes):
    traits = {"birth_name": "d'ete noel", "first_name": "elodie", "birth_date": patient.birth_date}
    return Wanted(**(traits | changes))


def open_it(by, patient, at=NOW, **changes):
    given = {"wanted": wanted(patient), "reason": "life", "explanation": WHY} | changes
    return emergency.break_glass(by=by, at=at, **given)


def test_the_record_opens_for_a_day_and_closes_by_itself(doctor, patient):
    assert not patients_of(doctor, NOW).filter(pk=patient.pk).exists()
    outcome = open_it(doctor, patient)
    assert outcome == emergency.Outcome(Found.OPENED, patient)
    assert patient_for(doctor, patient.ref, at=NOW + DAY - timedelta(minutes=1)) == patient
    assert not patients_of(doctor, NOW + DAY).filter(pk=patient.pk).exists()
    row = CareTeamMember.objects.get(patient=patient, user=doctor.user)
    assert (row.reason, row.scope, row.acting_for) == ("emergency", "", doctor.organisation)


def test_it_opens_in_that_structure_only(doctor, patient):
    open_it(doctor, patient)
    elsewhere = factories.doctor(user_=doctor.user)
    assert not patients_of(elsewhere, NOW).filter(pk=patient.pk).exists()


@pytest.mark.parametrize("role", list(Role))
def test_only_roles_that_see_patients_may(patient, role):
    by = factories.member(role.value)
    if Permission.BREAK_GLASS in permissions([role.value]):
        assert Permission.SEE_PATIENTS in permissions([role.value])
        assert open_it(by, patient).found == Found.OPENED
    else:
        with pytest.raises(Refused, match="break_glass"):
            open_it(by, patient)
        assert not EmergencyAccess.objects.filter(patient=patient).exists()
        assert not Entry.objects.filter(actor_id=by.user_id).exists()


def test_secretaries_and_those_who_pay_may_not():
    for role in ("secretary", "administrator", "privacy", "payer", "ars", "national", "evaluator"):
        assert Permission.BREAK_GLASS not in permissions([role])


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_name": "ETE"},
        {"birth_name": "D’ÉTÉ"},
        {"first_name": "Elod"},
        {"first_name": "Marie"},
        {"birth_date": NOW.date()},
        {"ins": "279035121518989"},
    ],
)
def test_near_traits_open_nothing_and_the_try_is_noted(doctor, patient, changes):
    outcome = open_it(doctor, patient, wanted=wanted(patient, **changes))
    assert outcome == emergency.Outcome(Found.NOBODY)
    assert Entry.objects.filter(verb="seek_in_emergency", actor_id=doctor.user_id, patient_ref="").count() == 1
    assert not Entry.objects.filter(patient_ref=patient.ref, actor_id=doctor.user_id).exists()


@pytest.mark.parametrize("first", ["Élodie", "ELODIE MARIE", "lola"])
def test_the_first_all_or_the_used_first_name_will_do(doctor, patient, first):
    assert open_it(doctor, patient, wanted=wanted(patient, first_name=first)).found == Found.OPENED


def test_a_whole_matricule_is_enough(doctor, patient):
    patient.ins = "279035121518989"
    patient.save()
    assert open_it(doctor, patient, wanted=Wanted(ins="2 79 03 51 215 189 89")).patient is None  # 16 characters
    assert open_it(doctor, patient, wanted=Wanted(ins="279035121518989")).found == Found.OPENED


def test_two_people_with_the_same_traits_open_nothing(doctor, patient):
    factories.patient(birth_name=patient.birth_name, first_names="Élodie")
    assert open_it(doctor, patient).found == Found.SEVERAL
    assert not patients_of(doctor, NOW).exists()


@pytest.mark.parametrize(
    "changes", [{"reason": "curiosity"}, {"explanation": "urgent !"}, {"explanation": " a " * 9}, {"wanted": Wanted()}]
)
def test_an_incomplete_request_is_an_error(doctor, patient, changes):
    with pytest.raises(ValueError, match="incomplete"):
        open_it(doctor, patient, **changes)


def test_tries_are_few_in_an_hour_whether_or_not_they_find(doctor, patient):
    nobody = wanted(patient, first_name="Zoé")
    for _number in range(5):
        assert open_it(doctor, patient, wanted=nobody).found == Found.NOBODY
    assert open_it(doctor, patient).found == Found.TOO_OFTEN
    assert open_it(factories.doctor(), patient).found == Found.OPENED
    assert open_it(doctor, patient, at=NOW + timedelta(hours=1)).found == Found.OPENED


def test_twice_is_once(doctor, patient):
    open_it(doctor, patient)
    assert open_it(doctor, patient) == emergency.Outcome(Found.OPEN_ALREADY, patient)
    assert EmergencyAccess.objects.filter(patient=patient).count() == 1
    assert open_it(doctor, patient, at=NOW + DAY).found == Found.OPENED


def test_the_care_team_needs_no_emergency(patient):
    nurse = factories.nurse(organisation_=patient.residence)
    assert open_it(nurse, patient).found == Found.OPEN_ALREADY
    assert not EmergencyAccess.objects.filter(patient=patient).exists()


def test_two_openings_at_the_same_moment_make_one(own_database):
    patient = factories.patient(birth_name="D’ÉTÉ-NOËL", first_names="Élodie")
    doctor, barrier, found = factories.doctor(), Barrier(2), []

    def press():
        barrier.wait()
        found.append(open_it(doctor, patient).found)
        connections.close_all()

    threads = [Thread(target=press) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [Found.OPEN_ALREADY, Found.OPENED]
    assert EmergencyAccess.objects.filter(patient=patient).count() == 1


def test_the_journal_has_the_reason_and_not_the_words(doctor, patient):
    open_it(doctor, patient)
    entry = Entry.objects.get(verb="break_glass", patient_ref=patient.ref)
    access = EmergencyAccess.objects.get(patient=patient)
    assert entry.data == {"reason": "life", "access": access.ref, "until": access.row.ends_at.isoformat()}
    assert access.explanation == WHY
    assert not Entry.objects.filter(data__icontains="piscine").exists()
    assert not list(faults())


def test_officers_residence_and_medecin_traitant_are_told_at_once_without_health_data(doctor, patient):
    Message.objects.all().delete()
    open_it(doctor, patient)
    messages = list(Message.objects.all())
    assert {one.address for one in messages} == {
        "dpo.urgences@essai.invalid",
        "dpo.residence@essai.invalid",
        "coordo@essai.invalid",
        "traitant@essai.invalid",
    }
    access = EmergencyAccess.objects.get(patient=patient)
    for one in messages:
        review = reverse("records:emergency_review", args=[access.ref])
        assert one.link == (review if "dpo" in one.address else reverse("records:team", args=[patient.ref]))
        letter = compose(one.template, "fr", one.link)
        for word in (patient.birth_name, "Élodie", "piscine", "vitale"):
            assert word not in letter.subject + letter.body
        assert client_of_address(one.address).get(one.link).status_code == 200


def test_an_emergency_opens_the_record_to_nobody_else(doctor, patient):
    open_it(doctor, patient)
    other = care.Party(person=factories.nurse())
    with pytest.raises(Refused, match="emergency_only"):
        care.add_to_care_team(by=doctor, patient=patient, party=other, reason="follow_up", at=NOW)
    with pytest.raises(Refused, match="emergency_only"):
        care.add_to_care_team(by=doctor, patient=patient, party=care.Party(person=doctor), reason="follow_up", at=NOW)
    row = patient.care_team.get(organisation=patient.residence)
    with pytest.raises(Refused, match="emergency_only"):
        care.remove_from_care_team(by=doctor, row=row, at=NOW)
    mine = own_page.Asked(way="email", email="moi@essai.invalid", lasts="quarter")
    with pytest.raises(Refused, match="emergency_only"):
        own_page.give_access(by=doctor, patient=patient, asked=mine, at=NOW)
    assert not patient.accesses.exists()


def test_an_emergency_takes_no_way_in_back(doctor, patient):
    nurse = factories.nurse(organisation_=patient.residence)
    asked = own_page.Asked(way="email", email="patient@essai.invalid")
    access = own_page.give_access(by=nurse, patient=patient, asked=asked, at=NOW).access
    open_it(doctor, patient)
    with pytest.raises(Refused, match="emergency_only"):
        own_page.revoke_access(by=doctor, access=access, at=NOW)


def test_an_emergency_merges_with_no_record_of_ones_own(doctor, patient):
    open_it(doctor, patient)
    own = factories.patient(cared_by=doctor.organisation)
    with pytest.raises(Refused, match="emergency_only"):
        duplicates.point_out(by=doctor, patient=own, other=patient, at=NOW)


def test_who_cares_may_let_the_emergency_doctor_in_for_good(doctor, patient):
    open_it(doctor, patient)
    nurse = factories.nurse(organisation_=patient.residence)
    care.add_to_care_team(by=nurse, patient=patient, party=care.Party(person=doctor), reason="follow_up", at=NOW)
    assert patients_of(doctor, NOW + 30 * DAY).filter(pk=patient.pk).exists()


def test_the_last_row_that_lasts_stays_though_an_emergency_is_open(doctor, patient):
    open_it(doctor, patient)
    nurse = factories.nurse(organisation_=patient.residence)
    patient.care_team.filter(reason=CareReason.ATTENDING).delete()
    with pytest.raises(Refused, match="last_in_care_team"):
        care.remove_from_care_team(by=nurse, row=patient.care_team.get(organisation=patient.residence), at=NOW)


def test_one_closes_ones_own_before_time_once(doctor, patient):
    open_it(doctor, patient)
    access = EmergencyAccess.objects.get(patient=patient)
    with pytest.raises(Refused, match="not_your_access"):
        emergency.end_emergency(by=factories.doctor(), access=access, at=NOW)
    later = NOW + timedelta(hours=1)
    emergency.end_emergency(by=doctor, access=access, at=later)
    assert not patients_of(doctor, later).filter(pk=patient.pk).exists()
    with pytest.raises(Overtaken):
        emergency.end_emergency(by=doctor, access=access, at=later)


class TestReview:
    @pytest.fixture
    def access(self, doctor, patient):
        open_it(doctor, patient)
        return EmergencyAccess.objects.select_related("row", "patient", "opened_by").get(patient=patient)

    def officer(self, access, *, of="residence"):
        place = access.patient.residence if of == "residence" else access.opened_by.organisation
        return factories.member("privacy", organisation_=place)

    @pytest.mark.parametrize("of", ["residence", "structure"])
    def test_officers_of_both_structures_may_judge_once(self, access, of):
        by = self.officer(access, of=of)
        emergency.review_emergency(by=by, access=access, verdict="justified", comment="", at=NOW)
        with pytest.raises(Overtaken):
            emergency.review_emergency(by=by, access=access, verdict="not_justified", comment="Non.", at=NOW)
        access.refresh_from_db()
        assert (access.verdict, access.reviewed_by) == ("justified", by)
        assert (
            Entry.objects.get(verb="review_emergency", patient_ref=access.patient.ref).data["verdict"] == "justified"
        )
        assert patients_of(access.opened_by, NOW).filter(pk=access.patient.pk).exists()

    def test_one_that_was_not_justified_closes_at_once(self, access):
        by = self.officer(access)
        emergency.review_emergency(by=by, access=access, verdict="not_justified", comment="Pas son patient.", at=NOW)
        assert not patients_of(access.opened_by, NOW).filter(pk=access.patient.pk).exists()

    def test_a_refusal_is_explained(self, access):
        with pytest.raises(ValueError, match="incomplete"):
            emergency.review_emergency(
                by=self.officer(access), access=access, verdict="not_justified", comment=" ", at=NOW
            )

    def test_nobody_judges_ones_own_nor_another_houses_nor_without_the_right(self, access):
        own = factories.member(
            "privacy", "doctor", user_=access.opened_by.user, organisation_=access.opened_by.organisation
        )
        for by, reason in (
            (own, "not_your_access_to_review"),
            (factories.member("privacy"), "not_your_access_to_review"),
            (factories.doctor(organisation_=access.patient.residence), "read_journal"),
        ):
            with pytest.raises(Refused, match=reason):
                emergency.review_emergency(by=by, access=access, verdict="justified", comment="", at=NOW)

    def test_the_officer_judges_on_the_page(self, access):
        client = Client()
        client.force_login(self.officer(access).user)
        url = reverse("records:emergency_review", args=[access.ref])
        for place in ("/", reverse("records:emergencies")):
            assert url in client.get(place).content.decode()
        page = client.get(url).content.decode()
        assert WHY in page
        assert client.get(reverse("records:patient", args=[access.patient.ref])).status_code == 404
        form = {"once": str(uuid4()), "verdict": "not_justified", "comment": ""}
        assert "Écrivez pourquoi" in client.post(url, form).content.decode()
        client.post(url, form | {"once": str(uuid4()), "comment": "Aucun lien avec ce patient."})
        assert "Non justifié" in client.get(url).content.decode()
        assert url not in client.get("/").content.decode()


class TestPages:
    @pytest.fixture
    def client(self, doctor):
        client = Client()
        client.force_login(doctor.user)
        return client

    TRAITS = {"birth_name": "D'Ete Noel", "first_name": "Élodie", "birth_date": "14/03/1940"}
    REASON = {"reason": "life", "explanation": WHY, "understood": "on"}

    def seek(self, client, **changes):
        return client.post(reverse("records:emergency"), {"once": str(uuid4()), **self.TRAITS, **changes})

    def press(self, client, **changes):
        form = {"once": str(uuid4()), **self.TRAITS, **self.REASON, **changes}
        return client.post(reverse("records:emergency_open"), form)

    def test_the_answer_is_the_same_whether_or_not_the_person_exists(self, client, patient):
        here, nowhere = (self.seek(client, first_name=name).content.decode() for name in ("Élodie", "Zoé"))
        strip = lambda page: re_once(page.replace("Zoé", "Élodie"))  # noqa: E731
        assert strip(here) == strip(nowhere)
        assert not Entry.objects.filter(verb="seek_in_emergency").exists()

    def test_the_record_opens_with_a_banner_and_an_end(self, client, patient):
        answer = self.press(client)
        assert answer.headers["Location"] == reverse("records:patient", args=[patient.ref])
        page = client.get(answer.headers["Location"]).content.decode()
        end = reverse("records:emergency_end", args=[EmergencyAccess.objects.get(patient=patient).ref])
        assert end in page
        assert client.post(end, {"once": str(uuid4())}).status_code == 302
        assert client.get(answer.headers["Location"]).status_code == 404

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"first_name": "Zoé"}, "Aucun dossier de Virage"),
            ({"understood": ""}, "Cochez cette case"),
            ({"explanation": "vite"}, "Écrivez au moins 20 lettres"),
            ({"reason": ""}, "field-error"),
            ({"birth_name": ""}, "Écrivez le nom de naissance"),
            ({"ins": "123"}, "15 caractères"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, client, patient, changes, said):
        answer = self.press(client, **changes)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        assert changes.get("first_name", "Élodie") in page
        assert not EmergencyAccess.objects.filter(patient=patient).exists()


def client_of_address(address):
    client = Client()
    client.force_login(User.objects.get(email=address))
    return client


def re_once(page):
    return re.sub(r'(name="once" value=|name="csrfmiddlewaretoken" value=|X-CSRFToken[^,}]*)"?[^"]*"?', "", page)


names = st.text(st.characters(codec="utf-8", categories=("Lu", "Ll", "Zs", "Pd", "Po")), max_size=12)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the alphabet is long to draw up
@given(birth_name=names, first_names=names, typed_name=names, typed_first=names, same_day=st.booleans())
def test_no_traits_but_the_whole_ones_fit(birth_name, first_names, typed_name, typed_first, same_day):
    """Whatever is typed: it fits only a person whose normalised name, first name and day are those."""
    traits = Traits(birth_name, first_names, "F", NOW.date())
    typed = Wanted(typed_name, typed_first, NOW.date() if same_day else NOW.date() - DAY)
    if missing(typed):
        return
    fits = is_exactly(typed, traits)
    assert (
        is_exactly(Wanted(birth_name, first_names, NOW.date()), traits)
        or not normalise(first_names)
        or not normalise(birth_name)
    )
    if fits:
        assert same_day
        assert normalise(typed_name) == normalise(birth_name)
        assert normalise(typed_first) in (normalise(first_names), normalise(first_names).split(" ")[0])
