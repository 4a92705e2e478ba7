"""The legal record, item by item, under the list in force on the act's date."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests import factories
from tests.billing.performed import PERFORMED, performed_act, write_report
from virage.accounts.models import CooperationAuthorisation
from virage.acts.models import Act, Incident, Part, Participant, RecordEntry
from virage.acts.record import facts, items, legal_date, missing, regime_of, verdict
from virage.journal.models import Entry
from virage.records.models import CareTeamMember, Consent

pytestmark = pytest.mark.django_db
IN_2015 = datetime(2015, 6, 1, 9, 0, tzinfo=UTC)


def codes(act: Act) -> set[str]:
    return {item.code for item in missing(Act.objects.get(pk=act.pk))}


def test_a_whole_record_lacks_nothing() -> None:
    act = performed_act()
    assert codes(act) == set()
    held = {one.item.code: one for one in items(act)}
    assert {"relevance", "consent", "report", "prescriptions", "identities", "date_time", "incidents"} <= set(held)
    assert str(held["incidents"].where) == "rien à signaler"


def test_the_list_is_that_of_the_acts_date() -> None:
    doctor = factories.doctor(organisation_=factories.organisation())
    act = performed_act(at=IN_2015, requester=doctor)
    asked = {one.item.code for one in items(act)}
    assert "exchange_information" in asked
    assert "relevance" not in asked
    assert codes(act) == set()


def test_an_act_not_performed_has_no_record_yet() -> None:
    act = performed_act(complete=False, performed_at=None, state="sent")
    assert items(act) == []


def test_a_record_left_empty_lacks_every_compulsory_item_but_what_the_rows_hold() -> None:
    act = performed_act(complete=False)
    assert codes(act) == {
        "relevance",
        "consent",
        "authentication",
        "access_to_data",
        "report",
        "prescriptions",
        "identities",
    }


def test_consent_withdrawn_before_the_act_is_lacking_and_after_it_is_not() -> None:
    before, after = performed_act(), performed_act()
    for act, moment in ((before, PERFORMED - timedelta(minutes=1)), (after, PERFORMED + timedelta(days=1))):
        Consent.objects.filter(subject=act.ref).update(withdrawn_at=moment, withdrawn_by=act.requester)
    assert codes(before) == {"consent"}
    assert codes(after) == set()


def test_person_not_informed_of_exchange_matters_in_2015() -> None:
    act = performed_act(at=IN_2015)
    Consent.objects.filter(subject=act.ref).update(informed_on_exchange=False)
    assert codes(act) == {"exchange_information"}


def test_each_professional_needs_the_entry_in_his_or_her_file() -> None:
    act = performed_act()
    RecordEntry.objects.filter(act=act, membership=act.requester).delete()
    assert codes(act) == {"report"}


def test_a_validator_needs_an_entry_too() -> None:
    act = performed_act()
    Participant.objects.create(act=act, membership=factories.doctor(), part=Part.VALIDATOR, since=PERFORMED)
    assert codes(act) == {"report"}


def test_a_correction_is_judged_by_its_last_version() -> None:
    act = performed_act()
    write_report(act, version=2, correction_reason="Côté")
    assert codes(act) == {"report"}


def test_report_without_its_list_of_prescriptions() -> None:
    act = performed_act()
    act.reports.update(content={"advice": "Avis d’essai."})
    assert codes(act) == {"prescriptions"}


def test_access_that_ended_before_the_act_does_not_count() -> None:
    act = performed_act()
    CareTeamMember.objects.filter(scope=act.ref).update(ends_at=PERFORMED - timedelta(minutes=5))
    assert codes(act) == {"access_to_data"}


def test_reading_alone_authenticates_nobody() -> None:
    act = performed_act(complete=False)
    for who in (act.requester, act.performer):
        from_journal = {"subject_kind": "act", "subject_ref": act.ref, "verb": "read", "actor_id": who.user_id}
        assert not Entry.objects.filter(**from_journal).exists()
    assert "authentication" in codes(act)


def test_incidents_are_named_when_there_are_some() -> None:
    act = performed_act()
    Incident.objects.create(
        act=act, occurred_at=PERFORMED, description="Liaison coupée", recorded_by=act.requester, created_at=PERFORMED
    )
    held = {one.item.code: str(one.where) for one in items(act)}
    assert held["incidents"] == "incidents enregistrés"


def test_the_legal_date_is_that_of_the_patients_place() -> None:
    home = factories.organisation(region="04", time_zone="Indian/Reunion")
    nurse = factories.nurse(organisation_=home)
    act = performed_act(requester=nurse, at=datetime(2026, 3, 31, 21, 30, tzinfo=UTC))
    assert legal_date(act) == date(2026, 4, 1)  # 01:30 in La Réunion, 23:30 in Paris
    assert legal_date(performed_act(at=datetime(2026, 3, 31, 21, 30, tzinfo=UTC))) == date(2026, 3, 31)


def test_the_facts_are_those_of_the_rows() -> None:
    act = performed_act()
    said = facts(act, date(2026, 11, 19))
    assert (said.regime, said.act, said.setting, said.place) == ("demonstration", "teleexpertise", "esms", "ehpad")
    assert (said.performer_profession, said.performer_employment, said.agreement_sector) == ("medecin", "liberal", "1")
    assert (said.requester_profession, said.patient_region, said.performer_region) == ("infirmier", "42", "42")
    assert said.protocol is False


def test_before_an_expert_is_known_nothing_is_said_of_the_requis() -> None:
    act = performed_act(complete=False, performer=None, performed_at=None, state="draft", requested_at=None)
    Act.objects.filter(pk=act.pk).update(performer=None)
    said = facts(Act.objects.get(pk=act.pk), date(2026, 11, 19))
    assert said.performer_profession is None
    assert said.protocol is None


@pytest.mark.parametrize(
    "fields, expected",
    [
        ({"region": "42"}, True),
        ({"region": "91"}, False),
        ({"region": "42", "protocol": "autre-protocole"}, False),
        ({"region": "42", "starts_on": date(2026, 11, 20)}, False),
        ({"region": "42", "ends_on": date(2026, 11, 19)}, False),
        ({"region": "42", "ends_on": date(2026, 11, 20)}, True),
    ],
)
def test_a_protocol_counts_where_and_when_it_is_authorised(fields: dict[str, object], expected: bool) -> None:
    nurse = factories.member("expert", organisation_=factories.organisation(region="42"))
    row = {"protocol": "cicat", "starts_on": date(2014, 2, 19), "created_at": PERFORMED} | fields
    CooperationAuthorisation.objects.create(user=nurse.user, **row)
    act = performed_act(performer=nurse, project=factories.project(protocol="cicat"))
    assert facts(act, date(2026, 11, 19)).protocol is expected


def test_outside_a_project_the_law_of_the_day_judges() -> None:
    act = performed_act()
    Act.objects.filter(pk=act.pk).update(project=None)
    act = Act.objects.get(pk=act.pk)
    assert regime_of(act, date(2026, 11, 19)) == "droit-commun"
    assert regime_of(act, date(2012, 1, 1)) is None
    assert verdict(act, date(2012, 1, 1)) is None


def test_the_verdict_of_the_usual_act() -> None:
    said = verdict(performed_act(), date(2026, 11, 19))
    assert said.eligible is True
    assert str(said.price.money) == "14.00 EUR"
