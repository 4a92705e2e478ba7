"""One's own page, the structure one acts for, the people of a structure."""

from datetime import date

import pytest
from django.urls import reverse

from tests import factories
from virage.accounts.reports import directory, right_words, role_words
from virage.accounts.roles import Permission, Role

TODAY = date(2026, 11, 20)


@pytest.fixture
def someone(db):
    return factories.nurse(user__rpps="10000000001")


def test_my_page_says_who_i_am_and_what_i_may_do(client, someone):
    client.force_login(someone.user)
    page = client.get(reverse("me")).content.decode()
    assert someone.organisation.name in page
    assert "Préparer une demande d’avis" in page
    assert "Répondre aux demandes d’avis" not in page
    assert "à vérifier" in page  # the key of that RPPS does not fit: said, not refused


def test_my_page_asks_to_sign_in(client, db):
    assert client.get(reverse("me")).status_code == 302


def test_one_without_any_structure_is_told_so(client, db):
    client.force_login(factories.user())
    assert "Aucune structure" in client.get(reverse("me")).content.decode()


def test_one_who_works_in_two_structures_switches(client, someone):
    other = factories.doctor(user_=someone.user)
    client.force_login(someone.user)
    response = client.post(reverse("membership_switch"), {"membership": other.ref, "next": reverse("me")})
    assert response.url == reverse("me")
    assert client.get(reverse("me")).wsgi_request.membership == other


def test_nobody_acts_for_a_structure_of_others(client, someone):
    other = factories.doctor()
    client.force_login(someone.user)
    assert client.post(reverse("membership_switch"), {"membership": other.ref}).status_code == 404
    assert client.get(reverse("me")).wsgi_request.membership == someone


def test_a_membership_that_ended_is_no_longer_offered(client, someone):
    former = factories.doctor(user_=someone.user, ends_on=date(2015, 1, 1))
    client.force_login(someone.user)
    assert client.post(reverse("membership_switch"), {"membership": former.ref}).status_code == 404


def test_switching_never_leads_to_another_site(client, someone):
    client.force_login(someone.user)
    fields = {"membership": someone.ref, "next": "https://ailleurs.invalid/"}
    assert client.post(reverse("membership_switch"), fields).url == reverse("home")


def test_the_chosen_language_is_kept_for_pages_and_messages(client, someone):
    client.force_login(someone.user)
    response = client.post(reverse("accounts:language"), {"language": "en", "once": "k1"})
    assert response.cookies["language"].value == "en"
    someone.user.refresh_from_db()
    assert someone.user.language == "en"


def test_a_language_that_we_do_not_speak_changes_nothing(client, someone):
    client.force_login(someone.user)
    client.post(reverse("accounts:language"), {"language": "xx", "once": "k1"})
    someone.user.refresh_from_db()
    assert someone.user.language == "fr"


def test_the_administrator_sees_the_people_of_the_structure_only(client, db):
    boss = factories.member("administrator", user__last_name="Registre")
    colleague = factories.nurse(organisation_=boss.organisation, user__last_name="Collegue")
    factories.nurse(organisation_=boss.organisation, user__last_name="Partie", ends_on=date(2015, 1, 1))
    factories.nurse(user__last_name="Ailleurs")
    client.force_login(boss.user)
    page = client.get(reverse("accounts:members")).content.decode()
    assert colleague.user.get_full_name() in page
    assert "Partie" not in page
    assert "Ailleurs" not in page


def test_a_nurse_may_not_list_the_people_of_the_structure(client, someone):
    client.force_login(someone.user)
    assert client.get(reverse("accounts:members")).status_code == 403


def test_the_list_of_people_costs_few_statements(client, db, django_assert_max_num_queries):
    boss = factories.member("administrator")
    for _one in range(20):
        factories.nurse(organisation_=boss.organisation)
    client.force_login(boss.user)
    client.get(reverse("me"))  # the session's first page writes when it began
    with django_assert_max_num_queries(8):
        client.get(reverse("accounts:members"))


@pytest.mark.parametrize("role", list(Role))
def test_every_role_and_its_rights_have_words(db, role):
    row = factories.member(role.value)
    assert len(role_words(row.roles)) == 1
    assert len(right_words(row)) == len([p for p in Permission if row.may(p)])


def test_the_directory_finds_people_teams_and_structures(db):
    row = factories.doctor(user__last_name="Zzyzyx")
    place = factories.organisation(name="Zzyzyx-les-Bains")
    team = factories.team(place, name="Zzyzyx nuit")
    keys = {found.key for found in directory("zzyz", on=TODAY)}
    assert keys == {f"person:{row.ref}", f"team:{team.ref}", f"organisation:{place.ref}"}


def test_the_directory_forgets_those_who_left_and_needs_two_letters(db):
    factories.doctor(user__last_name="Zzyzyx", ends_on=date(2015, 1, 1))
    assert directory("zzyz", on=TODAY) == []
    assert directory("z", on=TODAY) == []
