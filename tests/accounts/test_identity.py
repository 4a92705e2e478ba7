"""Signing in through a provider of identity: the code flow walked with a real OpenID provider, over HTTP."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse
from django.utils import timezone
from oidc_provider_mock import User as Subject
from oidc_provider_mock import run_server_in_thread

from tests import factories
from tests.factories import PASSWORD
from virage.accounts.actions import invitations
from virage.accounts.actions.invitations import Person, Place
from virage.accounts.models import User
from virage.config.identity import Provider
from virage.journal.models import Entry
from virage.notifications.models import Message

# The provider's own library warns of its next version, in the threads of the server that the tests start.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
RPPS = "99700218896"
FINESS = "990000051"
HOSPITAL = {"raisonSocialeSite": "Hôpital d’essai", "codeModeExercice": "S", "numeroFinessSite": FINESS}
PRACTICE = {
    "raisonSocialeSite": "Cabinet d’essai",
    "codeModeExercice": "L",
    "numeroFinessSite": "",
    "numeroSiretSite": "",
}


def claims(**more):
    """As Pro Santé Connect sends them, of a doctor who does not exist."""
    exercise = {"codeProfession": "10", "codeSavoirFaire": "SM15", "activities": [PRACTICE, HOSPITAL]}
    return {
        "acr": "eidas1",
        "SubjectNameID": f"8{RPPS}",
        "preferred_username": f"8{RPPS}",
        "given_name": "Delphine",
        "family_name": "ESSAI",
        "SubjectRefPro": {"codeCivilite": "MME", "exercices": [exercise]},
        **more,
    }


SUBJECTS = (
    Subject(sub="f:essai:1", claims=claims()),
    Subject(sub="weak", claims=claims(acr="eidas0")),
    Subject(sub="adeli", claims=claims(SubjectNameID="0123456789", preferred_username="0123456789")),
    Subject(sub="alone", claims=claims(SubjectRefPro={})),
    Subject(sub="staff-7", claims={"email": "agent@essai.invalid", "email_verified": True}),
    Subject(sub="unchecked", claims={"email": "agent@essai.invalid", "email_verified": False}),
)


@pytest.fixture(scope="module")
def provider():
    with run_server_in_thread(user_claims=SUBJECTS, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _configured(settings, provider):
    """Two providers of this place, as the environment would name them. The mock knows no `scope_all`."""
    asked = {"scope": ["openid"], "auth_params": {"acr_values": "eidas1"}}
    own = {"scope": ["openid", "email"]}
    url = f"{provider}/.well-known/openid-configuration"
    settings.IDENTITY_PROVIDERS = (
        Provider("psc", "Pro Santé Connect", "virage", "essai", url, settings=asked),
        Provider("chu", "CHU d’essai", "virage-chu", "essai", url, structure=FINESS, settings=own),
    )
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [one.app for one in settings.IDENTITY_PROVIDERS]}}


@pytest.fixture
def doctor(db):
    practice = factories.organisation(name="Cabinet d’ici", category="cabinet", sector="ville")
    return factories.doctor(user__rpps=RPPS, user__password=PASSWORD, organisation_=practice)


def ask(client, name="psc", **query):
    """Press the button; where one is led."""
    return client.get(reverse("openid_connect_login", args=[name]), query).url


def answer(way, subject="f:essai:1"):
    """Identify oneself at the provider; where one is led back to."""
    response = requests.post(way, data={"sub": subject}, allow_redirects=False, timeout=10)
    assert response.status_code == 302, response.text
    return response.headers["Location"]


def come_back(client, address):
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def enter(client, subject="f:essai:1", name="psc", **query):
    return come_back(client, answer(ask(client, name, **query), subject))


def signed_in(client):
    return int(client.session.get("_auth_user_id", 0))


class TestProSanteConnect:
    def test_one_is_recognised_by_the_rpps_number_and_never_by_the_address(self, client, doctor):
        assert enter(client).status_code == 302
        assert signed_in(client) == doctor.user_id
        row = SocialAccount.objects.get()
        assert (row.user, row.provider, row.uid, row.extra_data) == (doctor.user, "psc", f"8{RPPS}", {})
        assert Entry.objects.get(verb="link_identity").data == {"provider": "psc"}

    def test_it_asks_for_the_level_with_a_state_and_a_nonce(self, client, doctor):
        asked = parse_qs(urlsplit(ask(client)).query)
        assert asked["acr_values"] == ["eidas1"]
        assert asked["redirect_uri"] == ["http://testserver/compte/identite/psc/retour/"]
        assert len(asked["nonce"][0]) >= 20
        assert len(asked["state"][0]) >= 10

    def test_the_second_time_nothing_new_is_written(self, client, doctor):
        for _time in range(2):
            enter(client)
            client.post(reverse("account_logout"))
        assert SocialAccount.objects.count() == 1
        assert Entry.objects.filter(verb="link_identity").count() == 1

    @pytest.mark.parametrize("number", ["", "99700218888"])
    def test_an_unknown_number_opens_nothing_and_says_what_to_do(self, client, doctor, number):
        doctor.user.rpps = number
        doctor.user.email = "delphine@essai.invalid"
        doctor.user.save()
        people = User.objects.count()
        page = enter(client)
        assert page.status_code == 403
        assert RPPS in page.content.decode()
        assert "demandez une invitation" in page.content.decode()
        assert not signed_in(client)
        assert (User.objects.count(), SocialAccount.objects.count()) == (people, 0)

    def test_a_number_that_two_accounts_bear_opens_neither(self, client, doctor):
        factories.doctor(user__rpps=RPPS)
        assert enter(client).status_code == 403
        assert not signed_in(client)

    def test_a_number_that_was_corrected_opens_the_account_that_bears_it_now(self, client, doctor):
        enter(client)
        client.post(reverse("account_logout"))
        other = factories.doctor(user__rpps=RPPS)
        User.objects.filter(pk=doctor.user_id).update(rpps="")
        enter(client)
        assert signed_in(client) == other.user_id

    def test_a_closed_account_stays_closed(self, client, doctor):
        User.objects.filter(pk=doctor.user_id).update(is_active=False)
        assert enter(client).status_code == 403
        assert not signed_in(client)

    def test_a_number_that_is_no_rpps_finds_nobody(self, client, doctor):
        User.objects.filter(pk=doctor.user_id).update(rpps="123456789")
        assert enter(client, "adeli").status_code == 403

    def test_a_level_below_the_one_that_was_asked_is_refused(self, client, doctor):
        page = enter(client, "weak")
        assert page.status_code == 403
        assert "niveau demandé" in page.content.decode()
        assert not signed_in(client)

    def test_an_answer_to_another_question_is_refused(self, client, doctor):
        """The nonce of the identity token is that of this very session's question."""
        way = ask(client)
        nonce = parse_qs(urlsplit(way).query)["nonce"][0]
        page = come_back(client, answer(way.replace(nonce, "n" * len(nonce))))
        assert page.status_code == 403
        assert not signed_in(client)

    def test_an_answer_serves_once_and_in_its_own_session_only(self, client, doctor):
        address = answer(ask(client))
        other = type(client)()
        assert come_back(other, address).status_code == 403
        assert not signed_in(other)
        come_back(client, address)
        client.post(reverse("account_logout"))
        assert come_back(client, address).status_code == 403

    def test_one_who_gives_up_is_told_what_else_to_do(self, client, doctor):
        response = requests.post(ask(client), data={"action": "deny"}, allow_redirects=False, timeout=10)
        page = come_back(client, response.headers["Location"])
        assert page.status_code == 403
        assert reverse("account_login") in page.content.decode()

    def test_a_provider_that_does_not_answer_is_no_error_of_ours(self, client, doctor):
        address = answer(ask(client))
        assert come_back(client, address.replace("code=", "code=x")).status_code == 403


class TestSituations:
    def test_of_several_the_one_of_the_structure_is_found_and_chosen(self, client, doctor):
        hospital = factories.organisation(finess=FINESS, category="hopital", sector="etablissement_de_sante")
        there = factories.doctor(user_=doctor.user, organisation_=hospital)
        response = enter(client, next="/patients/")
        assert response.url.startswith(reverse("membership_choose"))
        choices = {one.row: one for one in client.get(response.url).context["choices"]}
        assert choices[there].situations == [(1, "Médecin, salarié, Hôpital d’essai")]
        assert choices[doctor].situations == [(0, "Médecin, libéral, Cabinet d’essai")]
        sent = {"membership": there.ref, "situation": "1", "next": "/patients/"}
        assert client.post(reverse("membership_switch"), sent).url == "/patients/"
        page = client.get(reverse("me"))
        assert page.wsgi_request.membership == there
        assert "Médecin, salarié, Hôpital d’essai" in page.content.decode()

    def test_one_structure_and_two_situations_are_asked_too(self, client, doctor):
        response = enter(client)
        [choice] = client.get(response.url).context["choices"]
        assert len(choice.situations) == 2

    def test_nothing_to_choose_goes_straight_on(self, client, doctor):
        assert enter(client, "alone", next="/patients/").url == "/patients/"
        assert client.session["membership"] == doctor.pk

    @pytest.mark.parametrize("number", ["7", "-1", "x", "9" * 30])
    def test_a_situation_that_is_not_ones_own_is_not_kept(self, client, doctor, number):
        enter(client)
        client.post(reverse("membership_switch"), {"membership": doctor.ref, "situation": number})
        assert "situation" not in client.session["identity"]


class TestLeaving:
    def test_one_leaves_the_provider_too_with_the_hint(self, client, doctor, provider):
        enter(client)
        response = client.post(reverse("account_logout"))
        assert response.url == reverse("identity_left")
        way = client.get(response.url).context["way"]
        asked = parse_qs(urlsplit(way).query)
        assert way.startswith(provider)
        assert asked["id_token_hint"][0].count(".") == 2
        assert asked["post_logout_redirect_uri"][0].endswith(reverse("account_login"))
        assert client.get(reverse("identity_left")).url == reverse("account_login")

    def test_what_one_left_is_not_the_next_ones(self, client, doctor):
        enter(client)
        client.logout()
        client.post(reverse("account_login"), {"login": doctor.user.email, "password": PASSWORD})
        assert client.post(reverse("account_logout")).url == reverse("account_login")


class TestSecondFactor:
    """Compulsory for professionals outside the demo: a card is one, a structure's provider says nothing of it."""

    def test_who_showed_a_card_goes_on(self, client, doctor, settings):
        settings.DEMO = False
        enter(client, "alone")
        assert client.get(reverse("me")).status_code == 200

    def test_who_came_through_another_provider_sets_one_up(self, client, doctor, settings):
        settings.DEMO = False
        SocialAccount.objects.create(user=doctor.user, provider="chu", uid="staff-7")
        enter(client, "staff-7", "chu")
        assert signed_in(client) == doctor.user_id
        assert client.get(reverse("me")).url == reverse("mfa_index")


class TestOwnProvider:
    def press(self, client, subject="staff-7"):
        """Link, from one's own page."""
        page = client.post(reverse("identity_link", args=["chu"]))
        return come_back(client, answer(page.context["way"], subject))

    def test_an_identity_opens_the_account_that_linked_it(self, client, doctor):
        client.force_login(doctor.user)
        assert self.press(client).url == reverse("me")
        assert "Lié à votre compte" in client.get(reverse("me")).content.decode()
        client.post(reverse("account_logout"))
        enter(client, "staff-7", "chu")
        assert signed_in(client) == doctor.user_id

    def test_the_same_address_is_no_link(self, client, doctor):
        User.objects.filter(pk=doctor.user_id).update(email="agent@essai.invalid")
        assert enter(client, "staff-7", "chu").status_code == 403
        assert not signed_in(client)

    def test_linked_to_one_it_is_not_linked_to_another(self, client, doctor):
        client.force_login(doctor.user)
        for _twice in range(2):
            self.press(client)
        other = factories.nurse()
        client.force_login(other.user)
        page = self.press(client)
        assert "déjà liée à un autre compte" in page.content.decode()
        assert SocialAccount.objects.get().user == doctor.user

    def test_unlinked_it_opens_nothing_more(self, client, doctor):
        client.force_login(doctor.user)
        self.press(client)
        client.post(reverse("identity_unlink", args=["chu"]), {"once": "a"})
        client.logout()
        assert enter(client, "staff-7", "chu").status_code == 403

    def test_the_last_way_in_stays(self, client, doctor):
        client.force_login(doctor.user)
        self.press(client)
        doctor.user.set_unusable_password()
        doctor.user.save()
        client.force_login(doctor.user)
        assert client.post(reverse("identity_unlink", args=["chu"]), {"once": "a"}).status_code == 403
        assert SocialAccount.objects.exists()

    def test_nobody_links_without_being_signed_in(self, client, doctor):
        client.force_login(doctor.user)
        way = client.post(reverse("identity_link", args=["chu"])).context["way"]
        session = client.session
        del session["_auth_user_id"]
        session.save()
        assert come_back(client, answer(way, "staff-7")).status_code == 403
        assert not SocialAccount.objects.exists()

    def test_pro_sante_connect_is_not_linked_by_hand(self, client, doctor):
        client.force_login(doctor.user)
        assert client.post(reverse("identity_link", args=["psc"])).status_code == 404

    def test_a_provider_that_is_not_configured_is_not_there(self, client, db):
        assert client.get(reverse("openid_connect_login", args=["autre"])).status_code == 404


class TestInvited:
    """The link of an invitation, accepted with an identity instead of a password."""

    def invite(self, organisation, **person):
        boss = factories.member("administrator", organisation_=organisation)
        facts = {"email": "agent@essai.invalid", "first_name": "Delphine", "last_name": "Essai", **person}
        place = Place(roles=("nurse",), starts_on=date(2026, 1, 1))
        row = invitations.invite(by=boss, person=Person(**facts), place=place, language="fr", at=timezone.now())
        return Message.objects.get(subject_ref=row.ref).secret

    def test_by_the_rpps_number(self, client, db):
        token = self.invite(factories.organisation(), rpps=RPPS)
        assert (
            "Continuer avec Pro Santé Connect"
            in client.get(reverse("accounts:invitation", args=[token])).content.decode()
        )
        assert enter(client, "alone", invitation=token).status_code == 302
        user = User.objects.get(email="agent@essai.invalid")
        assert signed_in(client) == user.pk
        assert not user.has_usable_password()
        assert user.memberships.get().roles == ["nurse"]

    def test_the_number_of_another_opens_nothing(self, client, db):
        token = self.invite(factories.organisation(), rpps="99700218888")
        assert enter(client, invitation=token).status_code == 403
        assert not User.objects.filter(email="agent@essai.invalid").exists()

    def test_by_the_address_that_the_provider_of_the_structure_has_checked(self, client, db):
        token = self.invite(factories.organisation(finess=FINESS))
        enter(client, "staff-7", "chu", invitation=token)
        assert signed_in(client) == User.objects.get(email="agent@essai.invalid").pk

    @pytest.mark.parametrize("subject, finess", [("unchecked", FINESS), ("staff-7", "990000010"), ("staff-7", "")])
    def test_not_by_an_unchecked_address_nor_for_another_structure(self, client, db, subject, finess):
        token = self.invite(factories.organisation(finess=finess))
        assert enter(client, subject, "chu", invitation=token).status_code == 403
        assert not User.objects.filter(email="agent@essai.invalid").exists()

    def test_an_account_of_that_address_is_not_taken_over(self, client, db):
        factories.user(email="agent@essai.invalid")
        token = self.invite(factories.organisation(finess=FINESS))
        assert enter(client, "staff-7", "chu", invitation=token).status_code == 403
        assert not signed_in(client)


def test_the_buttons_stand_on_the_sign_in_page_only_where_there_are_providers(client, db, settings):
    assert "Continuer avec CHU d’essai" in client.get(reverse("account_login")).content.decode()
    settings.IDENTITY_PROVIDERS = ()
    assert "Continuer avec" not in client.get(reverse("account_login")).content.decode()
