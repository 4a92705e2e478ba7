"""Two records of one person: found at entry, proposed by one, merged by another, undone; who may, and who learns what."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import NOW
from tests.records.test_patients import TRAITS, TYPED
from virage.accounts.access import Refused
from virage.journal.models import Entry
from virage.journal.moves import Overtaken
from virage.journal.verify import faults
from virage.kernel.workflow import NotPossible
from virage.records.access import survivor
from virage.records.actions import duplicates as actions
from virage.records.actions.consents import record_consent
from virage.records.actions.patients import create_patient
from virage.records.actions.wounds import add_wound
from virage.records.models import CareReason, CareTeamMember, Duplicate, Patient
from virage.records.reports.duplicates import cases, compared
from virage.records.reports.trail import trail_of
from virage.records.rules.identity import Traits
from virage.web.refusals import WORDS

WHO = Traits("INVENTE", "Jeanne", "F", date(1940, 3, 14))
LATER = NOW + timedelta(days=1)


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def doctor(nurse):
    return factories.doctor(organisation_=nurse.organisation)


def record_of(nurse, **fields):
    given = {"birth_name": "INVENTE", "first_names": "Jeanne Rose"} | fields
    return factories.patient(cared_by=nurse.organisation, **given)


@pytest.fixture
def pair(nurse):
    return record_of(nurse), record_of(nurse, phone="+33639980123")


@pytest.fixture
def proposed(nurse, pair):
    case = actions.point_out(by=nurse, patient=pair[1], other=pair[0], at=NOW)
    return actions.propose_merge(by=nurse, case=case, kept=pair[0], reason="Même pièce d’identité.", at=NOW)


@pytest.fixture
def page(client, nurse):
    client.force_login(nurse.user)
    return client


def test_the_database_finds_slips_and_not_other_people(nurse):
    found = [
        record_of(nurse, birth_name="INVANTE"),
        record_of(nurse, birth_date=date(1940, 3, 15)),
        record_of(nurse, birth_name="JEANNE", first_names="Invente"),
    ]
    record_of(nurse, birth_name="AUTRE"), record_of(nurse, birth_date=date(1975, 8, 2))
    twins = actions.among(Patient.objects.all(), WHO)
    assert {twin.patient.pk for twin in twins} == {patient.pk for patient in found}


def test_opening_a_second_record_of_one_person_puts_the_pair_on_the_list(nurse):
    former = factories.patient(cared_by=factories.organisation(), birth_name="Inventé", first_names="Jeanne Rose")
    latter = create_patient(by=nurse, traits=TRAITS, at=NOW)
    case = Duplicate.objects.get(other=latter)
    assert (case.one, case.why, case.state) == (former, "same_traits", "suspected")
    [seen] = cases(nurse, ("suspected",), at=NOW)
    assert (seen.mine, seen.theirs) == (latter, None)


def test_a_likely_other_person_is_not_put_on_the_list(nurse):
    record_of(nurse, birth_name="INVANTE")
    latter = create_patient(by=nurse, traits=TRAITS, at=NOW)
    assert not Duplicate.objects.filter(other=latter).exists()


def test_a_closed_record_is_told_without_a_word_about_it(page, nurse):
    elsewhere = factories.organisation(name="Ailleurs SECRET")
    closed = factories.patient(
        cared_by=elsewhere, birth_name="Inventé", first_names="Jeanne Rose", phone="+33639980199"
    )
    text = page.post(reverse("records:create"), TYPED).content.decode()
    assert "déjà connue de Virage" in text
    for secret in (closed.ref, "Ailleurs SECRET", "06 39 98 01 99", "+33639980199", closed.residence.ref):
        assert secret not in text
    assert Entry.objects.filter(verb="tell_twin", patient_ref=closed.ref, actor_id=nurse.user_id).count() == 1
    assert page.post(reverse("records:create"), TYPED | {"confirmed": "yes"}).status_code == 302
    assert Duplicate.objects.filter(one=closed).exists()


def test_a_near_name_in_a_closed_record_is_not_told(page):
    factories.patient(cared_by=factories.organisation(), birth_name="INVANTE", first_names="Jeanne Rose")
    assert page.post(reverse("records:create"), TYPED).status_code == 302


def test_the_form_cannot_be_used_to_fish(nurse):
    closed = factories.patient(cared_by=factories.organisation(), birth_name="INVENTE", first_names="Jeanne")
    most = actions.MOST_ASKED[0][1]
    answers = [actions.known_elsewhere(by=nurse, traits=WHO, at=NOW) for _press in range(most + 2)]
    assert answers == [True] * most + [False, False]
    assert actions.known_elsewhere(by=factories.nurse(), traits=WHO, at=NOW)  # others are not stopped
    assert actions.known_elsewhere(by=nurse, traits=WHO, at=NOW + timedelta(hours=2))
    assert Entry.objects.filter(verb="tell_twin", patient_ref=closed.ref).count() == most + 2


def test_one_who_may_not_open_a_record_may_not_ask(nurse):
    with pytest.raises(Refused):
        actions.known_elsewhere(by=factories.member("expert"), traits=WHO, at=NOW)


def test_a_merge_takes_a_second_person(nurse, doctor, proposed, pair):
    own = factories.doctor(organisation_=nurse.organisation, user_=nurse.user)
    for by, reason in [
        (nurse, "merge_patients"),
        (own, "merge_needs_another"),
        (factories.doctor(), "not_in_care_team"),
    ]:
        with pytest.raises(Refused) as refused:
            actions.merge(by=by, case=Duplicate.objects.get(pk=proposed.pk), at=NOW)
        assert refused.value.reason == reason
        assert reason in WORDS
    actions.merge(by=doctor, case=proposed, at=NOW)
    kept, gone = pair
    gone.refresh_from_db()
    assert (proposed.state, gone.merged_into, survivor(gone.ref)) == ("merged", kept, kept.ref)


def test_who_may_propose_and_set_aside(nurse, doctor, pair):
    with pytest.raises(Refused):
        actions.point_out(by=factories.nurse(), patient=pair[0], other=pair[1], at=NOW)
    with pytest.raises(Refused, match="same_record"):
        actions.point_out(by=nurse, patient=pair[0], other=pair[0], at=NOW)
    case = actions.point_out(by=nurse, patient=pair[0], other=pair[1], at=NOW)
    assert actions.point_out(by=nurse, patient=pair[1], other=pair[0], at=NOW) == case
    with pytest.raises(Refused, match="text_needed"):
        actions.propose_merge(by=nurse, case=case, kept=pair[0], reason=" ", at=NOW)
    with pytest.raises(Refused):
        actions.set_aside(by=nurse, case=case, at=NOW)
    actions.set_aside(by=doctor, case=case, at=NOW)
    actions.propose_merge(by=nurse, case=case, kept=pair[1], reason="Vérifié depuis.", at=NOW)
    actions.withdraw_proposal(by=nurse, case=case, at=NOW)
    with pytest.raises(NotPossible):
        actions.merge(by=doctor, case=case, at=NOW)


def content(nurse, patient, name="Escarre"):
    """Something of everything that this package holds."""
    wound = add_wound(by=nurse, patient=patient, name=name, site="sacrum", view="back", x=500, y=500, at=NOW)
    consent = record_consent(
        by=nurse, patient=patient, subject=f"acte{patient.pk}", given_by="patient", informed_on_exchange=True, at=NOW
    )
    return wound, consent


def test_everything_goes_to_the_survivor_and_an_undoing_restores_it(nurse, doctor, proposed, pair):
    kept, gone = pair
    content(nurse, kept)
    wound, consent = content(nurse, gone)
    alone = CareTeamMember.objects.create(
        patient=gone, user=factories.user(), reason=CareReason.FOLLOW_UP, starts_at=NOW, granted_by="essai"
    )
    double = CareTeamMember.objects.get(patient=gone, organisation=nurse.organisation)
    actions.merge(by=doctor, case=proposed, at=LATER)
    for row in (wound, consent, alone, double):
        row.refresh_from_db()
        assert row.patient == kept
    assert (wound.name, alone.ends_at, double.ends_at) == ("Escarre (2)", None, LATER)
    since = add_wound(by=nurse, patient=kept, name="Depuis", site="sacrum", view="back", x=1, y=1, at=LATER)
    actions.undo_merge(by=doctor, case=Duplicate.objects.get(pk=proposed.pk), at=LATER)
    for row in (wound, consent, alone, double, gone):
        row.refresh_from_db()
    assert {row.patient_id for row in (wound, consent, alone, double)} == {gone.pk}
    assert (wound.name, double.ends_at, gone.merged_into) == ("Escarre", None, None)
    since.refresh_from_db()
    assert since.patient == kept
    assert list(faults()) == []


def test_both_chains_say_it_and_nothing_more_is_written_on_the_closed_one(nurse, doctor, proposed, pair):
    kept, gone = pair
    actions.merge(by=doctor, case=proposed, at=NOW)
    for patient in pair:
        assert Entry.objects.filter(verb="merge", patient_ref=patient.ref).count() == 1
    stale = Patient.objects.get(pk=gone.pk)
    with pytest.raises((Overtaken, Refused)):
        add_wound(by=nurse, patient=stale, name="Trop tard", site="sacrum", view="back", x=1, y=1, at=LATER)
    assert not gone.wounds.exists()
    whats = [line.what for line in trail_of(kept).lines]
    assert whats.count("A fusionné ce dossier avec un autre") == 2  # once on each chain


def test_the_old_address_leads_to_the_survivor_and_lists_show_one(page, nurse, doctor, proposed, pair):
    kept, gone = pair
    actions.merge(by=doctor, case=proposed, at=NOW)
    assert page.get(reverse("records:patient", args=[gone.ref])).url == reverse("records:patient", args=[kept.ref])
    assert page.get(reverse("records:team", args=[gone.ref])).context["patient"] == kept
    found = page.post(reverse("patients"), {"q": "invente"}).context["page"].patients
    assert found == [kept]
    assert page.get(reverse("records:patient", args=["0" * 22])).status_code == 404


def test_merging_twice_and_what_was_merged_since(nurse, doctor, proposed, pair):
    kept, gone = pair
    again = Duplicate.objects.get(pk=proposed.pk)
    actions.merge(by=doctor, case=proposed, at=NOW)
    with pytest.raises(Overtaken):
        actions.merge(by=doctor, case=again, at=NOW)
    third = record_of(nurse)
    case = actions.point_out(by=nurse, patient=kept, other=third, at=NOW)
    actions.propose_merge(by=nurse, case=case, kept=third, reason="Aussi.", at=NOW)
    actions.merge(by=doctor, case=case, at=NOW)
    assert survivor(gone.ref) == third.ref
    with pytest.raises(Refused, match="merged_since"):
        actions.undo_merge(by=doctor, case=proposed, at=NOW)
    actions.undo_merge(by=doctor, case=case, at=NOW)
    actions.undo_merge(by=doctor, case=proposed, at=NOW)
    assert Patient.objects.filter(pk__in=[kept.pk, gone.pk, third.pk], merged_into=None).count() == 3
    assert list(faults()) == []


def test_an_undoing_needs_the_right(nurse, doctor, proposed):
    actions.merge(by=doctor, case=proposed, at=NOW)
    for by in (nurse, factories.doctor()):
        with pytest.raises(Refused):
            actions.undo_merge(by=by, case=Duplicate.objects.get(pk=proposed.pk), at=NOW)


def test_the_pages_lead_from_a_record_to_the_merge_and_back(client, nurse, doctor, pair):
    kept, gone = pair
    client.force_login(nurse.user)
    url = reverse("records:duplicate_point_out", args=[gone.ref])
    assert kept.ref in client.get(url).content.decode()
    assert kept.ref in client.post(url, {"q": "invente", "once": "q"}).content.decode()
    case_url = client.post(url, {"other": kept.ref, "once": "a"}).url
    text = client.get(case_url).content.decode()
    assert "Proposer la fusion" in text
    assert "Confirmer la fusion" not in text
    typed = {"do": "propose_merge", "kept": kept.ref, "reason": "Même pièce."}
    assert client.post(case_url, typed | {"once": "b", "reason": ""}).context["form"].errors["reason"]
    client.post(case_url, typed | {"once": "c"})
    assert client.post(case_url, {"do": "merge", "once": "d"}).status_code == 403
    client.force_login(doctor.user)
    assert "Même pièce." in client.get(case_url).content.decode()
    client.post(case_url, {"do": "merge", "once": "e"})
    assert Duplicate.objects.get(other=gone).state == "merged"
    assert kept.display_name in client.get(reverse("records:duplicates") + "?show=decided").content.decode()
    client.post(case_url, {"do": "undo_merge", "once": "f"})
    assert Duplicate.objects.get(other=gone).state == "undone"
    client.force_login(factories.doctor().user)
    assert client.get(case_url).status_code == 404
    assert client.get(reverse("records:duplicates")).context["cases"] == []


def test_what_differs_is_marked(pair):
    rows = {row.label: row.differs for row in compared(*pair)}
    assert rows["Téléphone"]
    assert not rows["Nom de naissance"]
