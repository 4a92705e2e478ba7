"""What an administrator does with the people of the structure, and what it does to them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.accounts.test_invitations import at_the_same_moment
from tests.factories import NOW, PASSWORD
from virage.accounts.access import Refused
from virage.accounts.actions import members
from virage.accounts.actions.invitations import Place
from virage.accounts.actions.members import Profession
from virage.accounts.models import Membership
from virage.accounts.reports.members import members_of
from virage.journal.models import Entry
from virage.notifications.models import Message
from virage.records.access import patients_of
from virage.records.models import CareTeamMember

PLACE = Place(roles=("nurse",), starts_on=date(2014, 1, 1))
ON = NOW.date()


@pytest.fixture
def boss(db):
    return factories.member("administrator")


@pytest.fixture
def nurse(boss):
    return factories.nurse(organisation_=boss.organisation)


def fresh(row):
    return Membership.objects.get(pk=row.pk)


VERBS = {
    "change": lambda by, who: members.change_place(by=by, member=who, place=PLACE, at=NOW),
    "suspend": lambda by, who: members.suspend(by=by, member=who, at=NOW),
    "resume": lambda by, who: members.resume(by=by, member=who, at=NOW),
    "remove": lambda by, who: members.remove(by=by, member=who, ends_on=ON, at=NOW),
    "profession": lambda by, who: members.change_profession(by=by, member=who, facts=Profession(), at=NOW),
    "authorise": lambda by, who: members.authorise(
        by=by, member=who, protocol="Essai", region="42", starts_on=ON, ends_on=None, at=NOW
    ),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_only_the_administrator_of_the_structure_may(nurse, verb):
    colleague = factories.doctor(organisation_=nurse.organisation)
    for by in (colleague, factories.member("administrator"), factories.member("privacy")):
        with pytest.raises(Refused, match=r"manage_organisation|not_in_structure"):
            verb(by, nurse)
    assert not Entry.objects.filter(subject_kind="organisation").exists()


class TestChange:
    def test_roles_teams_and_dates_are_changed_and_noted(self, boss, nurse):
        team = factories.team(boss.organisation)
        place = Place(roles=("nurse", "expert"), starts_on=PLACE.starts_on, ends_on=date(2027, 1, 1), teams=(team,))
        members.change_place(by=boss, member=nurse, place=place, at=NOW)
        row = fresh(nurse)
        assert (row.roles, row.ends_on, list(row.teams.all())) == (["nurse", "expert"], date(2027, 1, 1), [team])
        entry = Entry.objects.get(verb="change_member")
        assert entry.data == {"membership": row.ref, "changed": ["ends_on", "roles", "teams"], "roles": row.roles}

    def test_the_same_again_is_not_noted(self, boss, nurse):
        members.change_place(by=boss, member=nurse, place=PLACE, at=NOW)
        assert not Entry.objects.filter(verb="change_member").exists()

    def test_the_last_administrator_stays_one(self, boss):
        for place in (PLACE, Place(roles=("administrator",), starts_on=PLACE.starts_on, ends_on=date(2027, 1, 1))):
            with pytest.raises(Refused, match="last_administrator"):
                members.change_place(by=boss, member=boss, place=place, at=NOW)
        factories.member("administrator", organisation_=boss.organisation)
        members.change_place(by=boss, member=boss, place=PLACE, at=NOW)

    def test_no_role_of_the_state(self, boss, nurse):
        with pytest.raises(Refused, match="role_not_given_here"):
            members.change_place(by=boss, member=nurse, place=Place(("national",), PLACE.starts_on), at=NOW)


class TestSuspend:
    def test_patients_close_and_the_care_team_stays(self, boss, nurse):
        patient = factories.patient(cared_by=boss.organisation)
        CareTeamMember.objects.create(
            patient=patient, user=nurse.user, reason="follow_up", starts_at=datetime(2014, 1, 1, tzinfo=UTC)
        )
        rows = CareTeamMember.objects.filter(patient=patient).count()
        members.suspend(by=boss, member=nurse, at=NOW)
        assert not nurse.user.memberships_on(ON)
        assert CareTeamMember.objects.filter(patient=patient, ends_at=None).count() == rows
        members.resume(by=boss, member=nurse, at=NOW)
        (again,) = nurse.user.memberships_on(ON)
        assert patients_of(again, NOW).get() == patient

    def test_what_is_open_ends_at_the_next_page(self, client, boss):
        row = factories.nurse(organisation_=boss.organisation, user__password=PASSWORD)
        client.post(reverse("account_login"), {"login": row.user.email, "password": PASSWORD})
        assert client.get(reverse("patients")).status_code == 200
        members.suspend(by=boss, member=row, at=timezone.now())
        assert client.get(reverse("patients")).url == f"{reverse('account_login')}?next={reverse('patients')}"
        assert "_auth_user_id" not in client.session

    def test_twice_is_noted_once_and_so_is_the_return(self, boss, nurse):
        for _twice in range(2):
            members.suspend(by=boss, member=nurse, at=NOW)
        for _twice in range(2):
            members.resume(by=boss, member=nurse, at=NOW)
        assert list(Entry.objects.filter(subject_kind="organisation").values_list("verb", flat=True)) == [
            "suspend_member",
            "resume_member",
        ]

    def test_nobody_suspends_oneself_nor_the_last_administrator(self, boss):
        factories.member("administrator", organisation_=boss.organisation, ends_on=date(2027, 1, 1))
        with pytest.raises(Refused, match="oneself"):
            members.suspend(by=boss, member=boss, at=NOW)


class TestRemove:
    def test_the_membership_ends_that_day(self, boss, nurse):
        members.remove(by=boss, member=nurse, ends_on=ON + timedelta(days=2), at=NOW)
        user = nurse.user
        assert user.memberships_on(ON + timedelta(days=1))
        assert not user.memberships_on(ON + timedelta(days=2))
        assert user.is_active

    def test_the_last_administrator_cannot_go(self, boss):
        with pytest.raises(Refused, match="last_administrator"):
            members.remove(by=boss, member=boss, ends_on=ON, at=NOW)

    def test_it_asks_first(self, client, boss, nurse):
        client.force_login(boss.user)
        url = reverse("accounts:member_remove", args=[nurse.ref])
        assert "reste, à son nom" in client.get(url).content.decode()
        assert fresh(nurse).ends_on is None
        today = timezone.localdate().strftime("%d/%m/%Y")
        assert client.post(url, {"once": "a", "ends_on": today}).url == reverse("accounts:members")
        assert fresh(nurse).ends_on == timezone.localdate()

    def test_a_day_of_the_past_is_refused(self, client, boss, nurse):
        client.force_login(boss.user)
        url = reverse("accounts:member_remove", args=[nurse.ref])
        page = client.post(url, {"once": "a", "ends_on": "01/01/2020"})
        assert list(page.context["form"].errors) == ["ends_on"]
        assert fresh(nurse).ends_on is None


def test_two_administrators_who_remove_each_other_leave_one(own_database):
    boss = factories.member("administrator")
    other = factories.member("administrator", organisation_=boss.organisation)
    said = at_the_same_moment(
        lambda: members.remove(by=boss, member=other, ends_on=ON, at=NOW),
        lambda: members.remove(by=other, member=boss, ends_on=ON, at=NOW),
    )
    assert said == ["", "last_administrator"]


class TestProfession:
    FACTS = Profession(profession="medecin", specialty="dermatologie", rpps="99700218896", agreement_sector="1")

    def test_it_is_changed_and_noted_by_names_only(self, boss, nurse):
        members.change_profession(by=boss, member=nurse, facts=self.FACTS, at=NOW)
        nurse.user.refresh_from_db()
        assert (nurse.user.profession, nurse.user.rpps) == ("medecin", "99700218896")
        changed = ["agreement_sector", "profession", "rpps", "specialty"]
        assert Entry.objects.get(verb="change_profession").data == {"membership": nurse.ref, "changed": changed}

    def test_the_person_is_told_that_another_number_opens_the_account(self, boss, nurse):
        for facts in (Profession(profession="medecin"), self.FACTS, self.FACTS):
            members.change_profession(by=boss, member=nurse, facts=facts, at=NOW)
        assert Message.objects.get(template="number_changed").address == nurse.user.email

    def test_not_of_one_who_works_elsewhere_too(self, client, boss, nurse):
        factories.doctor(user_=nurse.user)
        with pytest.raises(Refused, match="works_elsewhere"):
            members.change_profession(by=boss, member=nurse, facts=self.FACTS, at=NOW)
        client.force_login(boss.user)
        assert client.get(reverse("accounts:member_profession", args=[nurse.ref])).status_code == 403

    def test_nobody_takes_the_number_of_another(self, boss, nurse):
        factories.dermatologist()  # bears that number
        with pytest.raises(Refused, match="rpps_taken"):
            members.change_profession(by=boss, member=nurse, facts=self.FACTS, at=NOW)

    def test_the_form_warns_about_a_key_and_keeps_what_was_typed(self, client, boss, nurse):
        client.force_login(boss.user)
        url = reverse("accounts:member_profession", args=[nurse.ref])
        typed = {"once": "a", "profession": "medecin", "rpps": "10000000001"}
        page = client.post(url, typed).content.decode()
        assert "clé de ce numéro RPPS" in page
        assert 'value="10000000001"' in page
        client.post(url, typed | {"confirmed": "yes"})
        nurse.user.refresh_from_db()
        assert nurse.user.rpps == "10000000001"


class TestAuthorisations:
    def grant(self, boss, nurse, starts_on, ends_on=None, protocol="Essai"):
        return members.authorise(
            by=boss, member=nurse, protocol=protocol, region="42", starts_on=starts_on, ends_on=ends_on, at=NOW
        )

    def test_one_is_noted_and_ended(self, boss, nurse):
        granted = self.grant(boss, nurse, date(2026, 1, 1))
        assert granted.in_force(NOW)
        members.end_authorisation(by=boss, member=nurse, authorisation=granted, ends_on=ON, at=NOW)
        granted.refresh_from_db()
        assert not granted.in_force(NOW)
        verbs = Entry.objects.filter(subject_kind="organisation").values_list("verb", flat=True)
        assert list(verbs) == ["authorise", "end_authorisation"]

    def test_not_to_one_who_has_left(self, boss, nurse):
        members.remove(by=boss, member=nurse, ends_on=ON, at=NOW)
        with pytest.raises(Refused, match="not_in_structure"):
            self.grant(boss, nurse, ON)

    def test_two_of_one_protocol_do_not_overlap(self, boss, nurse):
        self.grant(boss, nurse, date(2026, 1, 1), date(2026, 6, 1))
        with pytest.raises(Refused, match="authorised_already"):
            self.grant(boss, nurse, date(2026, 5, 31))
        self.grant(boss, nurse, date(2026, 6, 1))
        self.grant(boss, nurse, date(2025, 1, 1), date(2026, 1, 1))
        self.grant(boss, nurse, date(2026, 5, 31), protocol="Autre")

    def test_dates_in_order(self, boss, nurse):
        with pytest.raises(Refused, match="dates_in_order"):
            self.grant(boss, nurse, ON, ON)

    def test_they_stand_on_ones_own_page(self, client, boss, nurse):
        self.grant(boss, nurse, date(2026, 1, 1), protocol="Plaies 42")
        client.force_login(nurse.user)
        assert "Plaies 42" in client.get(reverse("me")).content.decode()


class TestLists:
    def test_filters_by_state_role_and_name(self, boss):
        here = boss.organisation
        nurse = factories.nurse(organisation_=here, user__last_name="Dupré-Été")
        gone = factories.nurse(organisation_=here, ends_on=date(2020, 1, 1))
        coming = factories.doctor(organisation_=here, starts_on=date(2027, 1, 1))
        paused = factories.doctor(organisation_=here, suspended_at=NOW)
        factories.nurse()

        def names(**filters):
            return set(members_of(here, ON, **filters))

        assert names(state="present") == {boss, nurse}
        assert names(state="suspended") == {paused}
        assert names(state="future") == {coming}
        assert names(state="former") == {gone}
        assert names(state="") == {boss, nurse, coming, paused}
        assert names(state="", role="doctor") == {coming, paused}
        assert names(state="", text="ete") == {nurse}

    def test_the_csv_holds_what_the_filters_let_through(self, client, boss):
        factories.nurse(organisation_=boss.organisation, user__last_name="=Formule")
        factories.doctor(organisation_=boss.organisation, user__last_name="Médecine")
        client.force_login(boss.user)
        text = client.get(reverse("accounts:members_csv"), {"role": "nurse"}).content.decode()
        assert "'=Formule" in text
        assert "Médecine" not in text
        assert text.splitlines()[0].count(";") == 10

    def test_someone_of_another_structure_is_not_there(self, client, boss):
        client.force_login(boss.user)
        other = factories.nurse()
        for page in ("member", "member_change", "member_profession", "member_remove", "authorise"):
            assert client.get(reverse(f"accounts:{page}", args=[other.ref])).status_code == 404
