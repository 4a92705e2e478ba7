"""Inviting someone: who may, what the link does, once, and what becomes of it."""

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.factories import NOW, PASSWORD
from virage.accounts.access import Refused
from virage.accounts.actions import invitations
from virage.accounts.actions.invitations import LASTS, MOST_SENDINGS, Person, Place
from virage.accounts.models import Invitation, Membership, User
from virage.accounts.roles import Role
from virage.journal.models import Entry
from virage.notifications.models import Message

PERSON = Person(email="Nouvelle@essai.invalid", first_name="Claude", last_name="Attendue", profession="infirmier")
PLACE = Place(roles=("nurse",), starts_on=date(2026, 11, 1))


@pytest.fixture
def boss(db):
    return factories.member("administrator")


def invite(by, person=PERSON, place=PLACE, at=NOW):
    return invitations.invite(by=by, person=person, place=place, language="fr", at=at)


def secret(invitation):
    return Message.objects.filter(subject_ref=invitation.ref).order_by("pk").last().secret


def link(invitation):
    return reverse("accounts:invitation", args=[secret(invitation)])


def invited_now(boss, **fields):
    """For pages, whose clock is today's."""
    return invite(boss, at=timezone.now(), **fields)


def form_of(boss, **fields):
    return {
        "once": "k1",
        "email": "nouvelle@essai.invalid",
        "first_name": "Claude",
        "last_name": "Attendue",
        "language": "fr",
        "roles": ["nurse"],
        "employment": "salarie",
        "starts_on": "01/11/2026",
        "profession": "infirmier",
        **fields,
    }


class TestInvite:
    def test_a_message_carries_the_link_and_no_table_holds_its_secret(self, boss):
        row = invite(boss)
        message = Message.objects.get(subject_ref=row.ref)
        assert (message.address, message.template) == ("nouvelle@essai.invalid", "invitation")
        assert secret(row) not in message.link + row.token_hash
        assert invitations.find_invitation(secret(row), at=NOW) == row

    def test_it_stands_on_the_chain_of_the_structure_without_a_name(self, boss):
        row = invite(boss)
        entry = Entry.objects.get(verb="invite")
        assert entry.chain_id == f"organisation:{boss.organisation.ref}"
        assert entry.data == {"invitation": row.ref, "roles": ["nurse"]}

    @pytest.mark.parametrize("role", [role.value for role in Role if role != Role.ADMINISTRATOR])
    def test_only_the_administrator_may(self, db, role):
        with pytest.raises(Refused, match="manage_organisation"):
            invite(factories.member(role))

    def test_the_same_address_twice_is_refused(self, boss):
        invite(boss)
        with pytest.raises(Refused, match="already_invited"):
            invite(boss)
        invite(factories.member("administrator"))  # another structure may

    def test_one_who_works_here_is_not_invited_and_one_who_left_is(self, boss):
        here = factories.nurse(organisation_=boss.organisation, user__email="nouvelle@essai.invalid")
        with pytest.raises(Refused, match="already_member"):
            invite(boss)
        here.ends_on = date(2026, 11, 2)
        here.save()
        invite(boss)

    @pytest.mark.parametrize("role", ["ars", "national", "payer", "evaluator", "chef"])
    def test_a_nursing_home_hands_out_no_rights_of_the_state(self, boss, role):
        with pytest.raises(Refused, match="role_not_given_here"):
            invite(boss, place=Place(roles=(role,), starts_on=PLACE.starts_on))

    def test_an_agency_hands_out_its_own_role_and_none_of_care(self, db):
        agency = factories.organisation(category="agence", sector="public")
        chief = factories.member("administrator", organisation_=agency)
        invite(chief, place=Place(roles=("ars",), starts_on=PLACE.starts_on))
        for role in ("nurse", "national"):
            with pytest.raises(Refused, match="role_not_given_here"):
                invite(chief, place=Place(roles=(role,), starts_on=PLACE.starts_on))

    @pytest.mark.parametrize("role", ["intern", "temporary"])
    def test_who_passes_by_says_until_when(self, boss, role):
        with pytest.raises(Refused, match="end_date_needed"):
            invite(boss, place=Place(roles=(role,), starts_on=PLACE.starts_on))
        invite(boss, place=Place(roles=(role,), starts_on=PLACE.starts_on, ends_on=date(2027, 5, 1)))

    def test_a_team_of_others_is_refused(self, boss):
        place = Place(roles=("nurse",), starts_on=PLACE.starts_on, teams=(factories.team(),))
        with pytest.raises(Refused, match="not_in_structure"):
            invite(boss, place=place)


class TestLink:
    def test_a_new_link_ends_the_one_before(self, boss):
        row = invite(boss)
        first = secret(row)
        invitations.resend(by=boss, invitation=row, at=NOW + timedelta(days=1))
        assert invitations.find_invitation(first, at=NOW) is None
        assert invitations.find_invitation(secret(row), at=NOW + LASTS) is not None

    def test_it_ends_after_seven_days_and_may_be_sent_again(self, boss):
        row = invite(boss)
        assert invitations.find_invitation(secret(row), at=NOW + LASTS) is None
        invitations.resend(by=boss, invitation=row, at=NOW + LASTS)
        assert invitations.find_invitation(secret(row), at=NOW + LASTS) is not None

    def test_nobody_is_flooded(self, boss):
        row = invite(boss)
        for _again in range(MOST_SENDINGS - 1):
            invitations.resend(by=boss, invitation=row, at=NOW)
        with pytest.raises(Refused, match="sent_too_often"):
            invitations.resend(by=boss, invitation=row, at=NOW)

    def test_one_that_was_taken_back_opens_nothing_and_is_over(self, boss):
        row = invite(boss)
        token = secret(row)
        invitations.revoke(by=boss, invitation=row, at=NOW)
        assert invitations.find_invitation(token, at=NOW) is None
        for verb in (invitations.revoke, invitations.resend):
            with pytest.raises(Refused, match="invitation_over"):
                verb(by=boss, invitation=row, at=NOW)
        invite(boss)

    @pytest.mark.parametrize("verb", [invitations.revoke, invitations.resend])
    def test_the_administrator_of_another_structure_may_not_touch_it(self, boss, verb):
        row = invite(boss)
        with pytest.raises(Refused):
            verb(by=factories.member("administrator"), invitation=row, at=NOW)
        assert Invitation.objects.open().count() == 1


class TestAccept:
    def test_an_account_is_opened_with_its_place(self, boss):
        team = factories.team(boss.organisation)
        row = invite(boss, place=Place(roles=("nurse",), starts_on=PLACE.starts_on, teams=(team,)))
        user = invitations.open_account(invitation=row, password=PASSWORD, language="en", at=NOW)
        assert (user.email, user.profession, user.language) == ("nouvelle@essai.invalid", "infirmier", "en")
        assert check_password(PASSWORD, user.password)
        membership = user.memberships.get()
        assert (membership.organisation, membership.roles) == (boss.organisation, ["nurse"])
        assert list(membership.teams.all()) == [team]

    def test_it_serves_once(self, boss):
        row = invite(boss)
        user = invitations.open_account(invitation=row, password=PASSWORD, language="fr", at=NOW)
        for again in (
            lambda: invitations.open_account(invitation=row, password=PASSWORD, language="fr", at=NOW),
            lambda: invitations.accept(invitation=row, user=user, at=NOW),
        ):
            with pytest.raises(Refused, match="invitation_over"):
                again()
        assert Membership.objects.filter(organisation=boss.organisation, user=user).count() == 1

    def test_one_who_has_an_account_takes_the_place_and_keeps_the_name(self, boss):
        other = factories.doctor(user__email="nouvelle@essai.invalid", user__last_name="Autre")
        row = invite(boss)
        with pytest.raises(Refused, match="account_exists"):
            invitations.open_account(invitation=row, password=PASSWORD, language="fr", at=NOW)
        invitations.accept(invitation=row, user=other.user, at=NOW)
        other.user.refresh_from_db()
        assert other.user.last_name == "Autre"
        assert other.user.memberships.count() == 2

    def test_nobody_else_takes_it(self, boss):
        row = invite(boss)
        with pytest.raises(Refused, match="invitation_for_someone_else"):
            invitations.accept(invitation=row, user=factories.user(), at=NOW)

    def test_a_closed_account_does_not_come_back_by_it(self, boss):
        closed = factories.user(email="nouvelle@essai.invalid", is_active=False)
        row = invite(boss)
        with pytest.raises(Refused):
            invitations.accept(invitation=row, user=closed, at=NOW)


class TestPages:
    def test_opening_changes_nothing_and_a_press_opens_the_account(self, client, boss):
        row = invited_now(boss)
        page = client.get(link(row)).content.decode()
        assert boss.organisation.name in page
        assert not User.objects.filter(email="nouvelle@essai.invalid").exists()
        answer = client.post(link(row), {"once": "a", "new_password1": PASSWORD, "new_password2": PASSWORD})
        assert answer.url == reverse("account_login")
        assert User.objects.get(email="nouvelle@essai.invalid").check_password(PASSWORD)
        assert client.get(link(row)).status_code == 404

    @pytest.mark.parametrize("password", ["court", "nouvelle@essai.invalid", "motdepasse-autre"])
    def test_a_weak_or_mistyped_password_opens_nothing(self, client, boss, password):
        row = invited_now(boss)
        again = "motdepasse-autrement" if password == "motdepasse-autre" else password
        page = client.post(link(row), {"once": "a", "new_password1": password, "new_password2": again})
        assert page.status_code == 200
        assert not User.objects.filter(email="nouvelle@essai.invalid").exists()

    def test_one_who_has_an_account_signs_in_first(self, client, boss):
        other = factories.doctor(user__email="nouvelle@essai.invalid")
        row = invited_now(boss)
        for _press in ("GET", "POST"):
            page = client.generic(_press, link(row), "once=a", content_type="application/x-www-form-urlencoded")
            assert reverse("account_login") in page.content.decode()
        client.force_login(other.user)
        client.get(link(row))
        assert other.user.memberships.count() == 1
        assert client.post(link(row), {"once": "b"}).url == reverse("me")
        assert other.user.memberships.count() == 2

    def test_someone_else_who_is_signed_in_is_told_so(self, client, boss):
        factories.doctor(user__email="nouvelle@essai.invalid")
        row = invited_now(boss)
        someone = factories.nurse()
        client.force_login(someone.user)
        page = client.post(link(row), {"once": "a"})
        assert "autre personne" in page.content.decode()
        assert someone.user.memberships.count() == 1

    def test_the_administrator_invites_by_the_form_and_finds_it_in_the_list(self, client, boss):
        client.force_login(boss.user)
        assert client.post(reverse("accounts:invite"), form_of(boss)).url == reverse("accounts:members")
        page = client.get(reverse("accounts:members")).content.decode()
        assert "nouvelle@essai.invalid" in page

    def test_two_presses_send_one_message(self, client, boss):
        client.force_login(boss.user)
        for _press in range(2):
            client.post(reverse("accounts:invite"), form_of(boss))
        assert Message.objects.filter(template="invitation").count() == 1

    def test_a_doubtful_rpps_is_said_once_and_never_blocks(self, client, boss):
        client.force_login(boss.user)
        page = client.post(reverse("accounts:invite"), form_of(boss, rpps="10000000001")).content.decode()
        assert "clé de ce numéro RPPS" in page
        assert 'value="10000000001"' in page
        assert not Invitation.objects.exists()
        client.post(reverse("accounts:invite"), form_of(boss, rpps="10000000001", confirmed="yes"))
        assert Invitation.objects.get().rpps == "10000000001"

    @pytest.mark.parametrize(
        "wrong, field",
        [
            ({"rpps": "123"}, "rpps"),
            ({"email": "pas une adresse"}, "email"),
            ({"roles": ["national"]}, "roles"),
            ({"roles": []}, "roles"),
            ({"roles": ["intern"]}, "ends_on"),
            ({"ends_on": "31/10/2026"}, "ends_on"),
            ({"starts_on": "31/02/2026"}, "starts_on"),
            ({"profession": "sorcier"}, "profession"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_nothing_leaves(self, client, boss, wrong, field):
        client.force_login(boss.user)
        page = client.post(reverse("accounts:invite"), form_of(boss, **wrong))
        assert list(page.context["form"].errors) == [field]
        assert not Message.objects.filter(template="invitation").exists()

    def test_an_address_that_waits_or_works_here_is_said_at_its_field(self, client, boss):
        client.force_login(boss.user)
        invite(boss)
        page = client.post(reverse("accounts:invite"), form_of(boss))
        assert list(page.context["form"].errors) == ["email"]
        page = client.post(reverse("accounts:invite"), form_of(boss, email=boss.user.email))
        assert list(page.context["form"].errors) == ["email"]

    def test_the_rpps_of_an_account_opened_since_is_refused(self, boss):
        row = invite(boss, replace(PERSON, rpps="99700218896"))
        factories.doctor(user__rpps="99700218896")
        with pytest.raises(Refused, match="rpps_taken"):
            invitations.open_account(invitation=row, password=PASSWORD, language="fr", at=NOW)

    def test_the_rpps_of_another_account_is_refused(self, client, boss):
        factories.doctor(user__rpps="99700218896")
        client.force_login(boss.user)
        page = client.post(reverse("accounts:invite"), form_of(boss, rpps="99700218896"))
        assert list(page.context["form"].errors) == ["rpps"]


def at_the_same_moment(*verbs):
    """Run these in threads of their own, on a database with real commits; what each said, "" when it went through."""
    start, said = Barrier(len(verbs)), []

    def run(verb):
        start.wait()
        try:
            verb()
            said.append("")
        except Refused as refusal:
            said.append(refusal.reason)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_of_two_invitations_of_one_address_at_the_same_moment_one_leaves(own_database):
    boss = factories.member("administrator")
    assert at_the_same_moment(lambda: invite(boss), lambda: invite(boss)) == ["", "already_invited"]
    assert Message.objects.filter(template="invitation").count() == 1


def test_accepted_twice_at_the_same_moment_it_opens_one_account(own_database):
    row = invite(factories.member("administrator"))
    open_it = lambda: invitations.open_account(invitation=row, password=None, language="fr", at=NOW)  # noqa: E731
    assert at_the_same_moment(open_it, open_it) == ["", "invitation_over"]
    assert User.objects.filter(email="nouvelle@essai.invalid").count() == 1
