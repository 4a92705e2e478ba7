"""Lines once each, judged again when they can heal."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections, transaction

from tests import factories
from tests.billing.performed import PERFORMED, complete_record, performed_act, write_report
from virage.accounts.access import Refused
from virage.accounts.models import CooperationAuthorisation, Employment
from virage.acts.models import Act, Part, Participant, RecordEntry
from virage.billing.actions import bill_performed, recheck, rejudge
from virage.billing.models import Line, LineState
from virage.journal.models import Entry

AT = PERFORMED + timedelta(minutes=5)


def line_of(act: Act) -> Line:
    bill_performed(at=AT)
    return Line.objects.get(act=act)


@pytest.mark.django_db
class TestOneLine:
    def test_fourteen_euros_for_the_liberal_dermatologist(self) -> None:
        act = performed_act()
        line = line_of(act)
        assert (line.state, line.amount, line.reasons) == (LineState.DUE, Decimal("14.00"), [])
        assert line.payee_member == act.performer
        assert line.payee_organisation is None
        assert line.citation == "Arrêté du 17 avril 2015 (plaies), 3.1"
        assert (line.regime, line.region, line.performed_on) == ("demonstration", "42", date(2026, 11, 19))
        assert line.verdict["eligible"] is True
        assert {"rule", "text", "section", "status", "outcome", "fr", "en"} <= set(line.verdict["reasons"][0])

    def test_a_second_run_writes_nothing(self) -> None:
        act = performed_act()
        line = line_of(act)
        assert bill_performed(at=AT + timedelta(minutes=1)) == 0
        assert Line.objects.get(act=act) == line
        assert Entry.objects.filter(subject_kind="line", subject_ref=line.ref, verb="bill").count() == 1

    def test_a_correction_makes_no_second_line(self) -> None:
        act = performed_act()
        line = line_of(act)
        report = write_report(act, version=2, correction_reason="Côté")
        for who in (act.requester, act.performer):
            RecordEntry.objects.create(act=act, membership=who, report=report, written_at=AT)
        bill_performed(at=AT)
        assert list(Line.objects.filter(act=act)) == [line]

    def test_the_database_refuses_a_second_line(self) -> None:
        line = line_of(performed_act())
        line.pk, line.ref = None, "x" * 22
        with pytest.raises(IntegrityError), transaction.atomic():
            line.save(force_insert=True)

    def test_the_database_refuses_a_due_line_without_payee(self) -> None:
        line = line_of(performed_act())
        with pytest.raises(IntegrityError), transaction.atomic():
            Line.objects.filter(pk=line.pk).update(payee_member=None)

    def test_an_act_not_performed_gets_none(self) -> None:
        act = performed_act(complete=False, performed_at=None, state="accepted")
        bill_performed(at=AT)
        assert not Line.objects.filter(act=act).exists()

    def test_one_act_that_fails_does_not_hold_up_the_others(self, monkeypatch: pytest.MonkeyPatch) -> None:
        broken, sound = performed_act(), performed_act()
        broken.requester_organisation.time_zone = "Nowhere/Land"
        broken.requester_organisation.save()
        bill_performed(at=AT)
        assert not Line.objects.filter(act=broken).exists()
        assert Line.objects.filter(act=sound).exists()

    def test_salaried_requis_the_employer_is_owed(self) -> None:
        expert = factories.dermatologist(employment=Employment.SALARIED, user__agreement_sector="")
        line = line_of(performed_act(performer=expert))
        assert (line.state, line.payee_member, line.payee_organisation) == ("due", None, expert.organisation)

    def test_the_legal_date_in_la_reunion(self) -> None:
        home = factories.organisation(region="04", time_zone="Indian/Reunion")
        act = performed_act(
            requester=factories.nurse(organisation_=home), at=datetime(2026, 9, 30, 20, 30, tzinfo=UTC)
        )
        assert line_of(act).performed_on == date(2026, 10, 1)

    def test_what_the_payer_needs(self) -> None:
        act = performed_act()
        data = line_of(act).payer_data
        assert data == {
            "nir": act.patient.nir,
            "birth_date": "1940-03-14",
            "birth_rank": 1,
            "requester_rpps": "99700218904",
            "fund": "670000000",
            "rate": 100,
            "bearer": "FIR",
            "missing": [],
        }


@pytest.mark.django_db
class TestWhyNothingIsDue:
    def test_sector_3(self) -> None:
        line = line_of(performed_act(performer=factories.dermatologist(user__agreement_sector="3")))
        assert (line.state, line.reasons, line.amount) == ("not_due", ["agreement_sector"], None)
        assert line.payer_data == {}

    def test_outside_the_perimeter(self) -> None:
        act = performed_act(setting="ville", place="domicile", specialty="chirurgie_vasculaire")
        assert "perimeter.specialty" in line_of(act).reasons

    def test_outside_the_pilot_regions(self) -> None:
        home = factories.organisation(region="11")
        expert = factories.dermatologist(organisation_=factories.organisation(region="11", category="cabinet"))
        act = performed_act(requester=factories.nurse(organisation_=home), performer=expert)
        line = line_of(act)
        assert (line.reasons, line.region) == (["territory"], "11")

    def test_incomplete_record_says_what_is_lacking(self) -> None:
        line = line_of(performed_act(complete=False))
        assert line.reasons == ["incomplete_record"]
        assert {"consent", "report"} <= {item["code"] for item in line.verdict["record"]}

    def test_outside_the_projects_dates(self) -> None:
        line = line_of(performed_act(project=factories.project(ends_on=date(2026, 11, 19))))
        assert line.reasons == ["outside_project"]

    def test_yearly_cap_of_ordinary_law(self) -> None:
        expert, patient = factories.dermatologist(), factories.patient(cared_by=factories.organisation())
        acts = []
        for day in range(5):
            act = performed_act(performer=expert, patient=patient, at=PERFORMED - timedelta(days=9 - day))
            Act.objects.filter(pk=act.pk).update(project=None)
            acts.append(act)
        bill_performed(at=AT)
        states = [Line.objects.get(act=act).state for act in acts]
        assert states == ["due"] * 4 + ["not_due"]
        assert Line.objects.get(act=acts[-1]).reasons == ["yearly_cap"]
        other = performed_act(performer=expert)
        Act.objects.filter(pk=other.pk).update(project=None)
        assert line_of(other).state == "due"

    def test_no_text_pays_an_act_of_2012(self) -> None:
        doctor = factories.doctor(organisation_=factories.organisation())
        act = performed_act(at=datetime(2012, 6, 1, 9, tzinfo=UTC), requester=doctor)
        Act.objects.filter(pk=act.pk).update(project=None)
        assert line_of(act).reasons == ["no_regime"]

    def test_a_missing_sector_is_to_verify_then_due(self) -> None:
        expert = factories.dermatologist(user__agreement_sector="")
        line = line_of(performed_act(performer=expert))
        assert (line.state, line.reasons) == ("to_verify", ["missing:agreement_sector"])
        expert.user.agreement_sector = "2"
        expert.user.save()
        recheck(at=line.recheck_at)
        line.refresh_from_db()
        assert (line.state, line.amount) == ("due", Decimal("14.00"))


@pytest.mark.django_db
class TestArticle51Nurse:
    def act(self, *, authorised: bool, validated: bool) -> Act:
        nurse = factories.member(
            "expert", organisation_=factories.organisation(region="42"), user__profession="infirmier"
        )
        if authorised:
            CooperationAuthorisation.objects.create(
                user=nurse.user, protocol="cicat", region="42", starts_on=date(2014, 2, 19), created_at=PERFORMED
            )
        act = performed_act(performer=nurse, project=factories.project(protocol="cicat"))
        if validated:
            doctor = factories.doctor()
            Participant.objects.create(act=act, membership=doctor, part=Part.VALIDATOR, since=PERFORMED)
            report = act.reports.get()
            RecordEntry.objects.create(act=act, membership=doctor, report=report, written_at=PERFORMED)
        return act

    def test_authorised_and_validated_the_employer_is_owed(self) -> None:
        line = line_of(self.act(authorised=True, validated=True))
        assert (line.state, line.amount, line.reasons) == ("due", Decimal("14.00"), [])
        assert line.payee_organisation is not None

    def test_without_authorisation(self) -> None:
        line = line_of(self.act(authorised=False, validated=True))
        assert (line.state, line.reasons) == ("not_due", ["performer"])

    def test_not_validated(self) -> None:
        line = line_of(self.act(authorised=True, validated=False))
        assert (line.state, line.reasons) == ("not_due", ["not_validated"])


@pytest.mark.django_db
class TestAgain:
    def test_a_record_completed_later_makes_the_line_due(self) -> None:
        act = performed_act(complete=False)
        line = line_of(act)
        assert line.recheck_at == AT + timedelta(minutes=10)
        assert recheck(at=AT + timedelta(minutes=9)) == 0
        complete_record(act)
        assert recheck(at=AT + timedelta(minutes=10)) == 1
        line.refresh_from_db()
        assert (line.state, line.amount, line.reasons, line.recheck_at) == ("due", Decimal("14.00"), [], None)
        entry = Entry.objects.get(subject_kind="line", subject_ref=line.ref, verb="find_due")
        assert (entry.data["from"], entry.data["to"]) == ("not_due", "due")

    def test_still_incomplete_it_waits_longer_and_says_nothing_new(self) -> None:
        line = line_of(performed_act(complete=False))
        recheck(at=AT + timedelta(hours=2))
        line.refresh_from_db()
        assert line.state == "not_due"
        assert line.recheck_at == AT + timedelta(hours=4)
        assert Entry.objects.filter(subject_kind="line", subject_ref=line.ref).count() == 1

    def test_a_refusal_of_the_law_is_not_looked_at_again(self) -> None:
        assert line_of(performed_act(performer=factories.dermatologist(user__agreement_sector="3"))).recheck_at is None

    def test_a_line_without_nir_is_due_and_asks_for_it(self) -> None:
        act = performed_act()
        act.patient.nir = ""
        act.patient.save()
        line = line_of(act)
        assert (line.state, line.payer_data["missing"]) == ("due", ["nir"])
        act.patient.nir = "279035121518989"
        act.patient.save()
        recheck(at=line.recheck_at)
        line.refresh_from_db()
        assert (line.state, line.payer_data["nir"], line.payer_data["missing"]) == ("due", "279035121518989", [])
        assert line.recheck_at is None

    def test_what_is_due_stays_due_whatever_changes_later(self) -> None:
        act = performed_act()
        line = line_of(act)
        act.performer.user.agreement_sector = "3"
        act.performer.user.save()
        Line.objects.filter(pk=line.pk).update(recheck_at=AT)
        recheck(at=AT)
        line.refresh_from_db()
        assert (line.state, line.amount) == ("due", Decimal("14.00"))

    def test_the_officer_of_the_region_may_ask(self) -> None:
        act = performed_act(complete=False)
        line = line_of(act)
        complete_record(act)
        officer = factories.member("ars", organisation_=factories.organisation(region="42"))
        assert rejudge(line=line, by=officer, at=AT).state == "due"
        assert Entry.objects.get(subject_ref=line.ref, verb="find_due").actor_id == officer.user_id

    @pytest.mark.parametrize("role, region", [("ars", "91"), ("payer", "42"), ("nurse", "42"), ("national", "42")])
    def test_nobody_else_may(self, role: str, region: str) -> None:
        line = line_of(performed_act(complete=False))
        with pytest.raises(Refused):
            rejudge(line=line, by=factories.member(role, organisation_=factories.organisation(region=region)), at=AT)

    def test_two_acts_of_one_patient_bear_one_pseudonym_even_after_a_change_of_key(self, settings: object) -> None:
        patient = factories.patient(cared_by=factories.organisation())
        first = line_of(performed_act(patient=patient))
        settings.SECRET_KEY = "another-key-of-the-installation-that-is-long-enough"  # type: ignore[attr-defined]
        second = line_of(performed_act(patient=patient))
        stranger = line_of(performed_act())
        assert first.pseudonym == second.pseudonym
        assert stranger.pseudonym != first.pseudonym
        assert patient.ref not in first.pseudonym


def test_two_workers_at_once_write_each_line_once(own_database: object) -> None:
    expert = factories.dermatologist()
    patient = factories.patient(cared_by=factories.organisation())
    acts = [performed_act(performer=expert, patient=patient if number < 4 else None) for number in range(8)]
    counts: list[int] = []
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        try:
            counts.append(bill_performed(at=AT))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = Line.objects.filter(act__in=acts)
    assert lines.count() == len(acts)
    assert sum(counts) >= len(acts)
    assert Entry.objects.filter(verb="bill", subject_ref__in=lines.values("ref")).count() == len(acts)
