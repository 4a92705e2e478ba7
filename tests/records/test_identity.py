"""The national identity: traits as they are written, and the way to a qualified one."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import NOW
from tests.records.test_patients import TYPED
from virage.accounts.access import Refused
from virage.journal.models import Entry
from virage.journal.moves import Overtaken
from virage.journal.verify import faults
from virage.kernel.identifiers import OID_INS_NIR, OID_INS_NIR_TEST, ins_key
from virage.kernel.workflow import NotPossible
from virage.records.actions.identity import check_identity, recover_ins, withdraw_check, withdraw_ins
from virage.records.actions.patients import edit_patient
from virage.records.models import Patient
from virage.records.rules.identity import (
    Traits,
    ins_warnings,
    is_birthplace,
    is_first_of,
    read_birth,
    written_birth,
)

BODY = "2400367999123"
INS = f"{BODY}{ins_key(BODY):02d}"
WRONG_KEY = f"{BODY}{(ins_key(BODY) + 1) % 97:02d}"
TODAY = NOW.date()


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(cared_by=nurse.organisation, birth_place="67482")


@pytest.fixture
def page(client, nurse):
    client.force_login(nurse.user)
    return client


def recover(nurse, patient, **facts):
    given = {"ins": INS, "oid": OID_INS_NIR, "source": "insi_card", "on": TODAY} | facts
    return recover_ins(by=nurse, patient=patient, at=NOW, **given)


def check(nurse, patient, **facts):
    return check_identity(by=nurse, patient=patient, at=NOW, **({"document": "id_card", "on": TODAY} | facts))


@pytest.mark.parametrize("order", ["ins first", "document first"])
def test_an_identity_is_qualified_by_both_in_any_order_and_then_only_the_matricule_is_passed_on(nurse, patient, order):
    first, second = (recover, check) if order == "ins first" else (check, recover)
    assert patient.matricule == ""
    first(nurse, patient)
    assert patient.identity_status == ("recovered" if first is recover else "validated")
    assert patient.matricule == ""
    second(nurse, patient)
    assert (patient.identity_status, patient.matricule) == ("qualified", INS)


def test_each_step_back_takes_away_what_it_was_about(nurse, patient):
    check(nurse, recover(nurse, patient))
    withdraw_check(by=nurse, patient=patient, at=NOW)
    assert (patient.identity_status, patient.id_document, patient.ins) == ("recovered", "", INS)
    check(nurse, patient)
    withdraw_ins(by=nurse, patient=patient, at=NOW)
    assert (patient.identity_status, patient.ins, patient.id_document) == ("validated", "", "id_card")


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("birth_name", "AUTRE"),
        ("first_names", "Paulette"),
        ("sex", "M"),
        ("birth_date", date(1941, 3, 14)),
        ("birth_place", "2A004"),
    ],
)
def test_another_strict_trait_takes_a_qualified_identity_back(nurse, patient, trait, value):
    check(nurse, recover(nurse, patient))
    row = edit_patient(by=nurse, patient=patient, traits={trait: value}, at=NOW)
    row.refresh_from_db()
    assert (row.identity_status, row.ins, row.matricule, row.id_document) == ("provisional", "", "", "")
    assert Entry.objects.filter(verb="change_traits", patient_ref=patient.ref).count() == 1


def test_an_address_is_no_strict_trait(nurse, patient):
    check(nurse, recover(nurse, patient))
    assert edit_patient(by=nurse, patient=patient, traits={"city": "Essaiville"}, at=NOW).matricule == INS


def test_a_wrong_key_is_refused_but_under_the_oid_of_test_identities(nurse, patient):
    with pytest.raises(Refused) as refused:
        recover(nurse, patient, ins=WRONG_KEY)
    assert refused.value.reason == "ins_wrong"
    assert recover(nurse, patient, ins=WRONG_KEY, oid=OID_INS_NIR_TEST).ins == WRONG_KEY


def test_who_may_not_and_what_may_not(nurse, patient):
    for by, reason in [(factories.nurse(), "not_in_care_team"), (factories.member("expert"), "edit_patients")]:
        with pytest.raises(Refused) as refused:
            recover(by, patient)
        assert refused.value.reason == reason
    with pytest.raises(Refused, match="in_the_future"):
        check(nurse, patient, on=date(2027, 1, 1))
    with pytest.raises(Refused, match="birthplace_needed"):
        recover(nurse, factories.patient(cared_by=nurse.organisation))
    with pytest.raises(NotPossible):
        withdraw_ins(by=nurse, patient=patient, at=NOW)
    stale = Patient.objects.get(pk=patient.pk)
    recover(nurse, patient)
    with pytest.raises(Overtaken):
        recover(nurse, stale)


def test_the_database_holds_a_status_to_what_founds_it(patient):
    for status in ("recovered", "validated", "qualified"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Patient.objects.filter(pk=patient.pk).update(identity_status=status)


def test_two_who_obtain_and_see_at_one_moment_make_it_qualified_or_one_is_told(own_database):
    nurse = factories.nurse()
    patient = factories.patient(cared_by=nurse.organisation, birth_place="67482")
    told = []

    def press(step):
        try:
            step(nurse, Patient.objects.get(pk=patient.pk))
        except Overtaken:
            told.append(step)
        finally:
            connections.close_all()

    pressing = [threading.Thread(target=press, args=(step,)) for step in (recover, check)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()
    patient.refresh_from_db()
    assert patient.identity_status == (
        "qualified" if not told else {recover: "validated", check: "recovered"}[told[0]]
    )
    assert list(faults()) == []


def test_the_page_qualifies_step_by_step(page, patient):
    url = reverse("records:identity", args=[patient.ref])
    ins = {"do": "recover_ins", "source": "insi_card", "oid": OID_INS_NIR, "ins": WRONG_KEY, "on": "20/11/2026"}
    first = page.post(url, ins | {"once": "a"})
    assert set(first.context["ins_form"].errors) == {"ins", "same_traits"}
    assert WRONG_KEY in first.content.decode()
    page.post(url, ins | {"once": "b", "ins": INS, "same_traits": "on"})
    seen = {"do": "check_identity", "document": "passport", "seen_on": "20/11/2026", "same_traits": "on"}
    page.post(url, seen | {"once": "c"})
    patient.refresh_from_db()
    assert patient.matricule == INS
    page.post(url, {"do": "withdraw_check", "once": "d"})
    patient.refresh_from_db()
    assert patient.identity_status == "recovered"


def test_a_matricule_that_does_not_fit_the_traits_is_looked_at_again(page, patient):
    url = reverse("records:identity", args=[patient.ref])
    male = "1" + BODY[1:]
    typed = {"do": "recover_ins", "source": "insi_card", "oid": OID_INS_NIR, "on": "20/11/2026", "same_traits": "on"}
    typed |= {"ins": f"{male}{ins_key(male):02d}"}
    assert "sexe" in str(page.post(url, typed | {"once": "a"}).context["doubts"])
    assert page.post(url, typed | {"once": "b", "confirmed": "yes"}).status_code == 302


def test_the_strip_shows_the_matricule_of_a_qualified_identity_only(page, nurse, patient):
    url = reverse("records:patient", args=[patient.ref])
    recover(nurse, patient)
    assert INS not in page.get(url).content.decode()
    check(nurse, patient)
    assert INS in page.get(url).content.decode()


def test_a_document_seen_at_entry_validates_the_identity(page):
    page.post(reverse("records:create"), TYPED | {"id_document": "id_card"})
    patient = Patient.objects.get(birth_name="Inventé")
    assert (patient.identity_status, patient.first_name) == ("validated", "Jeanne")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"birth_place": "Strasbourg"}, "birth_place"),
        ({"birth_place": "97900"}, "birth_place"),
        ({"first_name": "Rose"}, "first_name"),
        ({"postcode": "6700"}, "postcode"),
        ({"phone": "12"}, "phone"),
        ({"email": "paule@"}, "email"),
    ],
)
def test_a_wrong_trait_is_said_at_its_field(page, typed, field):
    assert list(page.post(reverse("records:create"), TYPED | typed).context["form"].errors) == [field]


def test_a_first_name_of_two_words_and_an_unknown_day_are_kept(page):
    typed = {"first_names": "Marie José Paule", "first_name": "Marie José", "birth_date": "00/00/1940"}
    page.post(reverse("records:create"), TYPED | typed)
    patient = Patient.objects.get(birth_name="Inventé")
    assert (patient.first_name, patient.birth_date, patient.birth_date_known) == (
        "Marie José",
        date(1940, 12, 31),
        "year_only",
    )
    text = page.get(reverse("records:edit", args=[patient.ref])).content.decode()
    assert 'value="00/00/1940"' in text
    assert "jour et mois inconnus" in page.get(reverse("records:patient", args=[patient.ref])).content.decode()


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("67482", True), ("2A004", True), ("2B033", True), ("97411", True), ("98735", True), ("99351", True),
        ("99999", True), ("91352", True), ("00123", False), ("97900", False), ("2C004", False), ("67000", False),
        ("6748", False), ("674822", False),
    ],
)  # fmt: skip
def test_the_form_of_a_birthplace(code, right):
    assert is_birthplace(code) is right


@pytest.mark.parametrize(
    ("text", "born", "known"),
    [
        ("00/05/1940", date(1940, 5, 1), "no_day"),
        ("12/00/1940", date(1940, 1, 12), "no_month"),
        ("00.00.1940", date(1940, 12, 31), "year_only"),
        ("12-05-1940", date(1940, 5, 12), ""),
    ],
)
def test_a_date_that_is_not_wholly_known(text, born, known):
    assert read_birth(text) == (born, known)


@pytest.mark.parametrize("text", ["00/13/1940", "31/02/1940", "00/00/0000", "1940", "00/00"])
def test_what_is_no_birth_date(text):
    with pytest.raises(ValueError):  # noqa: PT011 - of `date` or of ours
        read_birth(text)


@given(st.dates(date(1890, 1, 1), date(2030, 1, 1)), st.sampled_from(["", "no_day", "no_month", "year_only"]))
def test_a_date_reads_as_it_was_written(born, known):
    kept, again = read_birth(written_birth(born, known))
    assert again == known
    assert written_birth(kept, again) == written_birth(born, known)


def test_the_first_of_the_first_names():
    assert is_first_of("Marie José", "MARIE-JOSÉ PAULE")
    assert not is_first_of("Paule", "Marie José Paule")
    assert not is_first_of("", "Marie")


def test_a_matricule_is_compared_with_the_traits():
    traits = Traits("DUPONT", "Jeanne", "F", date(1940, 3, 4))
    assert ins_warnings(INS, OID_INS_NIR, traits) == ()
    assert ins_warnings("", OID_INS_NIR, traits) == ()
    assert "sex" in ins_warnings("1" + INS[1:], OID_INS_NIR_TEST, traits)
    assert ins_warnings(INS, OID_INS_NIR, Traits("DUPONT", "Jeanne", "F", date(1941, 3, 4))) == ("year",)
