"""A structure's own facts and teams."""

from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests import factories
from tests.factories import NOW, PASSWORD
from virage.accounts.access import Refused
from virage.accounts.actions import structures
from virage.accounts.models import Organisation, Team
from virage.journal.models import Entry


@pytest.fixture
def boss(db):
    return factories.member("administrator")


def fields(**more):
    return {
        "once": "a",
        "name": "EHPAD du Lac",
        "sector": "esms",
        "category": "ehpad",
        "region": "42",
        "finess": "750803447",
        **more,
    }


def test_facts_are_changed_and_noted(client, boss):
    client.force_login(boss.user)
    assert client.post(reverse("accounts:structure_edit"), fields()).url == reverse("accounts:structure")
    row = Organisation.objects.get(pk=boss.organisation_id)
    assert (row.name, row.finess) == ("EHPAD du Lac", "750803447")
    entry = Entry.objects.get(verb="edit_organisation")
    assert entry.data == {"changed": ["city", "finess", "name"]}
    assert entry.chain_id == f"organisation:{row.ref}"


def test_a_key_that_does_not_fit_is_said_and_does_not_block(client, boss):
    client.force_login(boss.user)
    url = reverse("accounts:structure_edit")
    wrong = fields(finess="750803440", siret="12345678901234")
    page = client.post(url, wrong).content.decode()
    assert "clé de ce numéro FINESS" in page
    assert "clé de ce numéro SIRET" in page
    assert client.post(url, wrong | {"confirmed": "yes"}).status_code == 302


@pytest.mark.parametrize(
    "wrong, field",
    [({"finess": "12"}, "finess"), ({"siret": "A"}, "siret"), ({"category": "hopital"}, "category"), ({"name": ""}, "name"),
     ({"region": "99"}, "region"), ({"sector": "public"}, "sector"), ({"phone": "abc"}, "phone")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(client, boss, wrong, field):
    client.force_login(boss.user)
    page = client.post(reverse("accounts:structure_edit"), fields(**wrong))
    assert list(page.context["form"].errors) == [field]
    assert not Entry.objects.filter(verb="edit_organisation").exists()


def test_no_structure_of_care_becomes_a_public_body_nor_the_other_way(boss):
    for facts in ({"sector": "public"}, {"sector": "public", "category": "ministere"}):
        with pytest.raises(Refused, match="public_body_stays"):
            structures.edit_organisation(by=boss, facts=facts, at=NOW)
    agency = factories.organisation(category="agence", sector="public")
    chief = factories.member("administrator", organisation_=agency)
    with pytest.raises(Refused, match="public_body_stays"):
        structures.edit_organisation(by=chief, facts={"category": "ministere"}, at=NOW)
    structures.edit_organisation(by=chief, facts={"name": "Agence d’essai"}, at=NOW)


def test_only_its_administrator_may(boss):
    nurse = factories.nurse(organisation_=boss.organisation)
    with pytest.raises(Refused, match="manage_organisation"):
        structures.edit_organisation(by=nurse, facts={"name": "X"}, at=NOW)
    with pytest.raises(Refused, match="manage_organisation"):
        structures.save_team(by=nurse, team=None, name="Nuit", specialty="", members=[], at=NOW)


class TestFirstAdministrator:
    """From the command line, by the operator: the only structure and the only place that nobody invites to."""

    WORDS = (
        "EHPAD neuf",
        "--sector=esms",
        "--category=ehpad",
        "--region=42",
        "--first-name=Alix",
        "--last-name=Neuve",
    )

    def test_the_structure_opens_and_the_link_that_is_printed_opens_the_account(self, db, client):
        out = StringIO()
        call_command("open_structure", *self.WORDS, "--email=alix@essai.invalid", stdout=out)
        organisation = Organisation.objects.get(name="EHPAD neuf")
        verbs = Entry.objects.filter(subject_ref=organisation.ref).values_list("verb", flat=True)
        assert list(verbs) == ["open_structure", "invite"]
        address = urlsplit(out.getvalue().strip()).path
        client.post(address, {"once": "a", "new_password1": PASSWORD, "new_password2": PASSWORD})
        [place] = organisation.memberships.all()
        assert (place.roles, place.user.email) == (["administrator"], "alix@essai.invalid")

    @pytest.mark.parametrize("wrong", [("--email=alix",), ("--email=alix@essai.invalid", "--category=agence")])
    def test_what_cannot_be_opens_nothing(self, db, wrong):
        with pytest.raises(CommandError):
            call_command("open_structure", *self.WORDS, *wrong)
        assert not Organisation.objects.filter(name="EHPAD neuf").exists()


class TestTeams:
    def test_one_is_created_renamed_and_filled(self, client, boss):
        client.force_login(boss.user)
        nurse = factories.nurse(organisation_=boss.organisation)
        client.post(reverse("accounts:team_add"), {"once": "a", "name": "Nuit", "members": [nurse.ref]})
        team = Team.objects.get(name="Nuit")
        assert list(team.members.all()) == [nurse]
        client.post(
            reverse("accounts:team", args=[team.ref]), {"once": "b", "name": "Nuit, étage 2", "members": [boss.ref]}
        )
        team.refresh_from_db()
        assert (team.name, list(team.members.all())) == ("Nuit, étage 2", [boss])
        entries = Entry.objects.filter(subject_kind="organisation").order_by("position")
        assert [entry.verb for entry in entries] == ["create_team", "edit_team"]
        assert entries[1].data == {"team": team.ref, "joined": [boss.ref], "left": [nurse.ref]}

    def test_two_presses_make_one(self, client, boss):
        client.force_login(boss.user)
        for _press in range(2):
            client.post(reverse("accounts:team_add"), {"once": "a", "name": "Nuit"})
        assert Team.objects.filter(organisation=boss.organisation).count() == 1

    def test_no_two_of_one_name_and_nobody_of_another_structure(self, client, boss):
        client.force_login(boss.user)
        factories.team(boss.organisation, name="Nuit")
        page = client.post(reverse("accounts:team_add"), {"once": "a", "name": "Nuit"})
        assert list(page.context["form"].errors) == ["name"]
        page = client.post(
            reverse("accounts:team_add"), {"once": "a", "name": "Jour", "members": [factories.nurse().ref]}
        )
        assert list(page.context["form"].errors) == ["members"]
        with pytest.raises(Refused, match="not_in_structure"):
            structures.save_team(by=boss, team=None, name="Jour", specialty="", members=[factories.nurse()], at=NOW)

    def test_one_of_another_structure_is_not_there(self, client, boss):
        client.force_login(boss.user)
        assert client.get(reverse("accounts:team", args=[factories.team().ref])).status_code == 404
