"""The page of rights says what the table of roles says, and a refusal leads there."""

import pytest
from django.urls import reverse

from tests import factories
from virage.accounts.reports.rights import missing, rights_table, role_cards
from virage.accounts.roles import PASSING, PUBLIC_ROLES, TABLE, Permission, Role, assignable, roles_with


@pytest.mark.parametrize("role", list(Role))
def test_the_page_is_the_table(db, role):
    member = factories.member(role.value)
    for right in rights_table(member):
        permission = Permission(right.slug)
        assert right.mine == (permission in TABLE[role])
        assert [mine for _name, mine in right.roles] == [one == role for one in roles_with(permission)]
    first, *others = role_cards(member)
    assert first.mine
    assert len(first.rights) == len(TABLE[role])
    assert not any(card.mine for card in others)


def test_one_without_a_structure_reads_it_too(client, db):
    client.force_login(factories.user())
    page = client.get(reverse("rights")).content.decode()
    assert "Envoyer une demande d’avis" in page
    assert not any(right.mine for right in rights_table(None))


def test_a_refusal_names_the_right_who_has_it_and_where_it_says_so(client, db):
    nurse = factories.nurse()
    client.force_login(nurse.user)
    page = client.get(reverse("accounts:members")).content.decode()
    assert "Tenir ma structure" in page
    assert "Administrateur de la structure" in page
    assert f"{reverse('rights')}#manage_organisation" in page


def test_a_refusal_of_another_kind_names_no_right(db):
    assert missing("too_late_to_undo") == {}


def test_every_right_is_given_by_some_role():
    assert [permission for permission in Permission if not roles_with(permission)] == []


def test_every_role_is_given_by_some_structure_and_those_of_the_state_by_theirs_only():
    care = set(assignable("ehpad"))
    given = care.union(*(assignable(category) for category in PUBLIC_ROLES))
    assert given == set(Role)
    assert care.isdisjoint(PUBLIC_ROLES.values())


def test_who_passes_by_or_keeps_the_desk_has_less_than_who_stays():
    """Interns, temporary staff and secretaries: strictly less than a nurse or a doctor, and nothing of their own."""
    stay = TABLE[Role.NURSE] | TABLE[Role.DOCTOR]
    for role in (*PASSING, Role.SECRETARY):
        assert TABLE[role] < stay
    assert Permission.SEE_PATIENTS not in TABLE[Role.SECRETARY]
    for role in PASSING:
        assert not TABLE[role] & {Permission.ASK_EXPERTISE, Permission.EDIT_PATIENTS, Permission.SEE_OWN_LINES}
