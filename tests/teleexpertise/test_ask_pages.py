"""The pages of the one who asks: what each shows, what each button does, and to whom it is closed."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import factories
from tests.teleexpertise.world import WOUND_ANSWERS, World, fresh
from virage.accounts.models import Membership
from virage.acts.models import Act
from virage.records.models import Consent
from virage.teleexpertise import measures, record
from virage.teleexpertise.actions import answering, drafts
from virage.teleexpertise.forms.addressee import candidates
from virage.teleexpertise.models import Expertise, Form, Remark

pytestmark = pytest.mark.django_db

SCRIPT = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def world() -> World:
    return World(timezone.now() - timedelta(hours=2))


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(name: str, expertise: Expertise) -> str:
    return reverse(f"teleexpertise:{name}", args=[expertise.act.ref])


def press(client: Client, address: str, **fields: str):
    return client.post(address, {"once": str(uuid4()), **fields})


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def drafted(world: World):
    """The requests for the patient of the test: the demo world has others."""
    return Expertise.objects.filter(act__patient=world.patient).order_by("pk")


class TestStarting:
    def test_a_nurse_chooses_among_the_patients_of_her_structure(self, world: World) -> None:
        other = factories.patient(factories.organisation(), birth_name="AILLEURS")
        page = text_of(client_of(world.nurse).get(reverse("teleexpertise:new")))
        assert world.patient.display_name in page
        assert other.display_name not in page

    def test_a_patient_is_looked_for_by_post(self, world: World) -> None:
        client = client_of(world.nurse)
        assert world.patient.display_name in text_of(
            client.post(reverse("teleexpertise:new"), {"q": world.patient.birth_name})
        )
        assert "Personne de ce nom" in text_of(client.post(reverse("teleexpertise:new"), {"q": "introuvable"}))

    def test_one_press_opens_the_draft_of_a_wound(self, world: World) -> None:
        client = client_of(world.nurse)
        page = client.get(reverse("teleexpertise:new_for", args=[world.patient.ref]))
        assert world.wound.name in text_of(page)
        answer = press(client, reverse("teleexpertise:start", args=[world.patient.ref]), wound=world.wound.ref)
        expertise = drafted(world).get()
        assert answer.url == url("draft", expertise)
        assert (expertise.form, expertise.wound) == (Form.WOUND, world.wound)

    def test_two_presses_open_one_draft(self, world: World) -> None:
        client, key = client_of(world.nurse), str(uuid4())
        address = reverse("teleexpertise:start", args=[world.patient.ref])
        first = client.post(address, {"once": key})
        assert client.post(address, {"once": key}).url == first.url
        assert drafted(world).get().form == Form.SHORT

    def test_a_follow_up_takes_over_what_does_not_change(self, world: World) -> None:
        former = world.answered()
        client = client_of(world.nurse)
        assert "Demande de suivi" in text_of(client.get(reverse("teleexpertise:new_for", args=[world.patient.ref])))
        press(client, reverse("teleexpertise:start", args=[world.patient.ref]), wound=world.wound.ref)
        draft = drafted(world).exclude(pk=former.pk).get()
        assert (draft.form, draft.follows, draft.to_team) == (Form.FOLLOW_UP, former, world.pool)
        page = text_of(client.get(url("draft", draft)))
        assert "consent_again" in page
        press(client, url("draft_consent", draft), consent_again="1")
        assert Consent.objects.filter(subject=draft.act.ref, withdrawn_at=None).count() == 1

    def test_the_page_of_an_answer_starts_a_follow_up_and_a_whole_evaluation_stays_possible(
        self, world: World
    ) -> None:
        former = world.answered()
        client = client_of(world.nurse)
        press(client, url("follow", former))
        press(client, reverse("teleexpertise:start", args=[world.patient.ref]), wound=world.wound.ref, whole="1")
        forms = list(drafted(world).exclude(pk=former.pk).values_list("form", flat=True))
        assert forms == [Form.FOLLOW_UP, Form.WOUND]

    def test_closed_to_a_stranger_and_to_the_wound_of_somebody_else(self, world: World) -> None:
        stranger = client_of(world.stranger)
        assert stranger.get(reverse("teleexpertise:new_for", args=[world.patient.ref])).status_code == 404
        assert press(stranger, reverse("teleexpertise:start", args=[world.patient.ref])).status_code == 404
        foreign = factories.wound(factories.patient(world.ehpad))
        answer = press(
            client_of(world.nurse), reverse("teleexpertise:start", args=[world.patient.ref]), wound=foreign.ref
        )
        assert answer.status_code == 404
        assert not drafted(world).exists()

    def test_a_secretary_may_not_start(self, world: World) -> None:
        secretary = factories.member("secretary", organisation_=world.ehpad)
        client = client_of(secretary)
        assert client.get(reverse("teleexpertise:new")).status_code == 403
        assert press(client, reverse("teleexpertise:start", args=[world.patient.ref])).status_code == 403

    def test_at_most_25_statements_open_a_draft(self, world: World) -> None:
        client = client_of(world.nurse)
        with CaptureQueriesContext(connection) as captured:
            press(client, reverse("teleexpertise:start", args=[world.patient.ref]), wound=world.wound.ref)
        statements = [one["sql"] for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]]
        assert len(statements) <= 25


class TestDraft:
    def test_it_shows_every_part_and_names_nobody_in_its_title(self, world: World) -> None:
        draft = world.draft()
        page = text_of(client_of(world.nurse).get(url("draft", draft)))
        for part in ("evaluation", "photos", "destinataire", "consentement", "verifications", "envoi", "texte"):
            assert f'id="{part}"' in page
        assert world.patient.birth_name not in re.search(r"<title>(.*?)</title>", page)[1]

    def test_answers_are_kept_as_they_are_typed(self, world: World) -> None:
        draft = world.draft()
        client = client_of(world.nurse)
        saved = client.post(url("draft_assessment", draft), {"revision": "0", **WOUND_ANSWERS}, headers=SCRIPT)
        assert saved.json()["revision"] == 1
        late = client.post(url("draft_assessment", draft), {"revision": "0", "question": "Autre"}, headers=SCRIPT)
        assert late.status_code == 409
        assert fresh(draft).assessment.text("question") == WOUND_ANSWERS["question"]

    def test_the_header_keeps_what_stands_and_says_what_does_not(self, world: World) -> None:
        draft = world.draft()
        client = client_of(world.nurse)
        header = {
            "urgency": "urgent",
            "wished_by": "31/02/2027",
            "setting": "esms",
            "place": "ehpad",
            "pathology": "escarre",
        }
        answer = client.post(url("draft_header", draft), header, headers=SCRIPT).json()
        assert "wished_by" in answer["faults"]
        draft = fresh(draft)
        assert (draft.urgency, draft.wished_by, draft.act.pathology) == ("urgent", None, "escarre")
        header["wished_by"] = (timezone.localdate() + timedelta(days=3)).strftime("%d/%m/%Y")
        assert client.post(url("draft_header", draft), header, headers=SCRIPT).json()["faults"] == {}
        assert fresh(draft).wished_by == timezone.localdate() + timedelta(days=3)

    def test_without_script_the_same_forms_lead_back_to_their_part(self, world: World) -> None:
        draft = world.draft()
        client = client_of(world.nurse)
        assert client.post(url("draft_assessment", draft), WOUND_ANSWERS).url.endswith("#evaluation")
        header = {"urgency": "soon", "wished_by": "", "setting": "esms", "place": "ehpad"}
        assert client.post(url("draft_header", draft), header).url.endswith("#destinataire")
        wrong = client.post(url("draft_header", draft), header | {"wished_by": "bientôt"})
        assert wrong.status_code == 422
        assert 'value="bientôt"' in text_of(wrong)

    def test_an_addressee_is_found_and_chosen(self, world: World) -> None:
        draft = world.draft()
        client = client_of(world.nurse)
        words = {"who": world.dermatologist.user.last_name}
        found = text_of(client.post(url("draft_addressee", draft), words, headers=HTMX))
        assert f"member:{world.dermatologist.ref}" in found
        client.post(url("draft_addressee", draft), {"to": f"member:{world.dermatologist.ref}"}, headers=HTMX)
        assert fresh(draft).to_member == world.dermatologist
        answer = client.post(url("draft_addressee", draft), {"to": f"team:{world.pool.ref}"}, headers=HTMX)
        assert answer.headers["HX-Trigger"] == "request-changed"
        draft = fresh(draft)
        assert (draft.to_team, draft.to_member, draft.act.specialty) == (world.pool, None, "dermatologie")

    def test_a_specialty_is_found_by_its_name_in_words(self, world: World) -> None:
        found = candidates(world.draft(), world.nurse, "dermato", timezone.now())
        assert f"team:{world.pool.ref}" in [one.value for one in found]

    def test_an_addressee_who_cannot_answer_is_refused_in_words(self, world: World) -> None:
        draft = world.draft()
        body = {"to": f"member:{world.colleague.ref}"}
        answer = text_of(client_of(world.nurse).post(url("draft_addressee", draft), body, headers=HTMX))
        assert "Personne ne peut répondre" in answer
        assert fresh(draft).to_member is None

    def test_a_consent_is_recorded_and_an_incomplete_one_keeps_what_was_typed(self, world: World) -> None:
        draft = world.draft()
        client = client_of(world.nurse)
        wrong = press(client, url("draft_consent", draft), **{"consent-given_by": "representative"})
        assert wrong.status_code == 422
        assert 'value="representative" required' in text_of(wrong) or "representative" in text_of(wrong)
        assert not Consent.objects.filter(subject=draft.act.ref).exists()
        press(
            client,
            url("draft_consent", draft),
            **{"consent-given_by": "patient", "consent-informed_on_exchange": "on"},
        )
        assert Consent.objects.get(subject=draft.act.ref).recorded_by == world.nurse

    def test_a_red_flag_says_call_15_with_its_source_and_must_be_read(self, world: World) -> None:
        draft = world.ready()
        world.answer_form(draft, signes="acute_ischaemia")
        client = client_of(world.nurse)
        page = text_of(client.get(url("draft", draft)))
        assert "Appelez le 15" in page
        assert "choix du projet" in page
        refused = press(client, url("draft_send", draft))
        assert refused.status_code == 422
        assert "Lisez l’alerte" in text_of(refused)
        state = client.post(url("draft_confirm", draft), {"once": "alerte", "what": "red_flags"}, headers=HTMX)
        assert "Alerte lue" in text_of(state)
        signs = {**WOUND_ANSWERS, "signes": ["sepsis", "wet_gangrene", "acute_ischaemia", "spreading_infection"]}
        client.post(url("draft_assessment", draft), signs, headers=SCRIPT)
        assert press(client, url("draft_send", draft)).status_code == 422  # not this alert: one with other signs
        press(client, url("draft_confirm", draft), what="red_flags")
        assert press(client, url("draft_send", draft)).url == url("act", draft)

    def test_the_list_of_what_is_missing_leads_to_each_part(self, world: World) -> None:
        draft = world.draft()
        page = text_of(client_of(world.nurse).get(url("draft_state", draft)))
        for target in ("#destinataire", "#consentement", "#verifications", "#q-question"):
            assert f'href="{target}' in page
        assert page.count('hx-swap-oob="true"') == 2

    def test_sending_an_incomplete_draft_says_why_and_sends_nothing(self, world: World) -> None:
        draft = world.draft()
        answer = press(client_of(world.nurse), url("draft_send", draft))
        assert answer.status_code == 422
        assert "La demande n’est pas partie" in text_of(answer)
        assert fresh(draft).act.state == "draft"

    def test_a_complete_draft_is_sent_once(self, world: World) -> None:
        draft = world.draft()
        world.answer_form(draft)
        client = client_of(world.colleague)
        client.post(url("draft_addressee", draft), {"to": f"team:{world.pool.ref}"}, headers=HTMX)
        press(
            client,
            url("draft_consent", draft),
            **{"consent-given_by": "patient", "consent-informed_on_exchange": "on"},
        )
        press(client, url("draft_confirm", draft), what="relevance")
        assert fresh(draft).relevance_confirmed_at is None, "the box was not ticked"
        press(client, url("draft_confirm", draft), what="relevance", suits="1")
        key = str(uuid4())
        for _press in range(2):
            assert client.post(url("draft_send", draft), {"once": key}).url == url("act", draft)
        act = fresh(draft).act
        assert (act.state, act.requester) == ("sent", world.colleague)
        assert client.get(url("draft", draft)).url == url("act", draft)

    def test_a_draft_is_closed_to_others_and_read_only_to_one_who_does_not_ask(self, world: World) -> None:
        draft = world.draft()
        secretary = factories.member("secretary", organisation_=world.ehpad)
        for member in (world.stranger, world.dermatologist, world.attending, secretary):
            assert client_of(member).get(url("draft", draft)).status_code == 404
        reader = client_of(factories.member("expert", organisation_=world.ehpad))
        page = text_of(reader.get(url("draft", draft)))
        assert "data-autosave-url" not in page
        assert "data-uploader" not in page
        assert reader.post(url("draft_assessment", draft), WOUND_ANSWERS, headers=SCRIPT).status_code == 423
        assert press(reader, url("draft_send", draft)).status_code == 403

    def test_a_draft_given_up_leaves_the_list(self, world: World) -> None:
        draft = world.draft()
        client = client_of(world.nurse)
        assert press(client, url("draft_discard", draft)).url == reverse("teleexpertise:requests")
        assert world.wound.name not in text_of(client.get(reverse("teleexpertise:requests")))


class TestLaw:
    """Under which text, payable or not, to whom, and why: it never stops sending."""

    def project(self, world: World, draft: Expertise) -> None:
        drafts.revise(by=world.nurse, expertise=draft, project=world.project, pathology="plaie", at=world.at)
        drafts.choose_addressee(by=world.nurse, expertise=draft, to_member=world.dermatologist, at=world.at)

    def test_a_liberal_dermatologist_is_paid_14_euros_with_the_text_that_says_so(self, world: World) -> None:
        draft = world.draft()
        self.project(world, draft)
        page = text_of(client_of(world.nurse).get(url("draft_state", draft)))
        assert "Payable" in page
        assert "14,00" in page
        assert "à l’expert" in page
        assert "3.1" in page

    def test_an_expert_outside_the_agreement_is_not_paid_and_the_request_leaves(self, world: World) -> None:
        draft = world.ready(to=world.dermatologist)
        world.dermatologist.user.agreement_sector = "3"
        world.dermatologist.user.save()
        self.project(world, draft)
        client = client_of(world.nurse)
        page = text_of(client.get(url("draft_state", draft)))
        assert "Non payable" in page
        assert "Secteur 3" in page
        assert press(client, url("draft_send", draft)).url == url("act", draft)

    def test_a_pool_whose_experts_differ_is_said_one_by_one(self, world: World) -> None:
        self_paid, outside = world.dermatologist, world.second
        outside.user.agreement_sector = "3"
        outside.user.save()
        draft = world.draft()
        self.project(world, draft)
        drafts.choose_addressee(by=world.nurse, expertise=draft, to_team=world.pool, at=world.at)
        found = {one.names: one.verdict.eligible for one in record.prospects(fresh(draft), timezone.localdate())}
        assert found == {(str(self_paid.user),): True, (str(outside.user),): False}

    def test_sections_that_were_not_read_are_said_to_verify(self, world: World) -> None:
        draft = world.draft()
        self.project(world, draft)
        assert "à vérifier" in text_of(client_of(world.nurse).get(url("draft_state", draft)))


class TestBefore2021:
    """Before 2021-06-05 a nurse prepares and a doctor asks."""

    @pytest.fixture
    def then(self, monkeypatch: pytest.MonkeyPatch) -> datetime:
        at = datetime(2015, 6, 15, 9, 0, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: at)
        monkeypatch.setattr(timezone, "localdate", lambda *_a: at.date())
        return at

    def test_a_nurse_hands_the_request_to_the_doctor_who_sends_it(self, then: datetime) -> None:
        world = World(then)
        draft = world.ready()
        nurse, doctor = client_of(world.nurse), client_of(world.doctor)
        page = text_of(nurse.get(url("draft", draft)))
        assert "Transmettre au médecin" in page
        assert "Envoyer la demande" not in page
        assert press(nurse, url("draft_send", draft)).status_code == 422
        assert press(nurse, url("draft_prepare", draft)).status_code == 422, "nobody was chosen"
        assert press(nurse, url("draft_prepare", draft), doctor=world.doctor.ref).status_code == 302
        assert fresh(draft).act.state == "prepared"
        page = text_of(doctor.get(url("draft", draft)))
        assert "Envoyer la demande" in page
        assert world.nurse.user.last_name in page
        assert press(doctor, url("draft_send", draft)).url == url("act", draft)
        assert fresh(draft).act.requester == world.doctor

    def test_a_prepared_request_goes_back_to_its_author(self, then: datetime) -> None:
        world = World(then)
        draft = world.ready()
        press(client_of(world.nurse), url("draft_prepare", draft), doctor=world.doctor.ref)
        press(client_of(world.doctor), url("draft_return", draft))
        draft = fresh(draft)
        assert (draft.act.state, draft.act.requester) == ("draft", world.nurse)


class TestList:
    def test_late_ones_first_then_my_turn(self, world: World) -> None:
        waiting, late, back = world.sent(), world.sent(), world.sent()
        Expertise.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
        answering.decline(by=world.dermatologist, expertise=back, reason="Hors de mon domaine", at=timezone.now())
        page = text_of(client_of(world.colleague).get(reverse("teleexpertise:requests")))
        places = [page.index(url("act", one)) for one in (late, back, waiting)]
        assert places == sorted(places)
        assert "En retard" in page

    def test_filters(self, world: World) -> None:
        sent, mine = world.sent(), world.draft(by=world.colleague)
        answered = world.answered()
        client = client_of(world.colleague)

        def listed(query: str) -> set[int]:
            page = text_of(client.get(reverse("teleexpertise:requests") + query))
            return {one.pk for one in (sent, mine, answered) if url("act", one) in page}

        assert listed("") == {sent.pk, mine.pk, answered.pk}
        assert listed("?state=drafts") == {mine.pk}
        assert listed("?state=sent") == {sent.pk}
        assert listed("?state=answered") == {answered.pk}
        assert listed("?whose=me") == {mine.pk}
        assert listed("?about=other") == set()
        assert listed("?state=ended") == set()

    def test_a_patient_is_looked_for_by_post(self, world: World) -> None:
        sent = world.sent()
        client = client_of(world.nurse)
        found = client.post(reverse("teleexpertise:requests"), {"q": world.patient.birth_name})
        assert url("act", sent) in text_of(found)
        nobody = client.post(reverse("teleexpertise:requests"), {"q": "introuvable"})
        assert "Aucune demande pour ce patient" in text_of(nobody)

    def test_twenty_rows_take_few_statements(
        self, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _number in range(22):
            world.draft()
        client = client_of(world.nurse)
        address = reverse("teleexpertise:requests")
        client.get(address)
        with django_assert_max_num_queries(8):
            page = text_of(client.get(address))
        assert page.count("item-link") == 20

    def test_it_is_closed_to_who_may_not_ask(self, world: World) -> None:
        assert client_of(world.dermatologist).get(reverse("teleexpertise:requests")).status_code == 403
        assert Client().get(reverse("teleexpertise:requests")).status_code == 302

    def test_the_patient_s_page_shows_its_requests(self, world: World) -> None:
        draft, sent = world.draft(), world.sent()
        address = reverse("teleexpertise:patient_acts", args=[world.patient.ref])
        page = text_of(client_of(world.nurse).get(address))
        assert url("act", draft) in page
        assert url("act", sent) in page
        assert client_of(world.dermatologist).get(address).status_code == 404


class TestSent:
    def test_each_side_sees_its_own_page(self, world: World) -> None:
        sent = world.sent()
        asked = client_of(world.nurse).get(url("act", sent))
        answering_side = client_of(world.dermatologist).get(url("act", sent))
        assert "teleexpertise/ask/act.html" in [one.name for one in asked.templates]
        assert "teleexpertise/answer/act.html" in [one.name for one in answering_side.templates]
        assert client_of(world.stranger).get(url("act", sent)).status_code == 404

    def test_the_story_is_told_from_the_journal(self, world: World) -> None:
        page = text_of(client_of(world.nurse).get(url("act", world.accepted())))
        for words in ("Brouillon ouvert", "Demande envoyée", "Acceptée", str(world.dermatologist.user)):
            assert words in page

    def test_a_complement_is_given_and_the_expert_goes_on(self, world: World) -> None:
        accepted = world.accepted()
        answering.ask_complements(
            by=world.dermatologist, expertise=accepted, text="Une photographie avec règle ?", at=timezone.now()
        )
        client = client_of(world.colleague)
        page = text_of(client.get(url("act", accepted)))
        assert "Une photographie avec règle ?" in page
        assert "data-uploader" in page
        empty = press(client, url("complements", accepted), text=" ")
        assert empty.status_code == 422
        assert press(client, url("complements", accepted), text="La voici.").url.endswith("#echanges")
        assert fresh(accepted).act.state == "accepted"
        assert (
            Remark.objects.get(expertise__act__patient=world.patient, kind=Remark.Kind.GIVE).author == world.colleague
        )

    def test_a_message_goes_to_the_expert_and_a_stranger_writes_none(self, world: World) -> None:
        sent = world.sent()
        press(client_of(world.nurse), url("note", sent), text="Le pansement a été changé.")
        assert (
            Remark.objects.get(expertise__act__patient=world.patient, kind=Remark.Kind.NOTE).text
            == "Le pansement a été changé."
        )
        assert press(client_of(world.stranger), url("note", sent), text="Bonjour").status_code == 404

    def test_a_withdrawal_needs_its_reason_and_closes_the_record_to_the_expert(self, world: World) -> None:
        sent = world.sent()
        client = client_of(world.nurse)
        assert press(client, url("withdraw", sent), reason="").status_code == 422
        assert press(client, url("withdraw", sent), reason="Patient hospitalisé").url == url("act", sent)
        assert fresh(sent).act.state == "withdrawn"
        assert client_of(world.dermatologist).get(url("act", sent)).status_code == 404
        assert "Patient hospitalisé" in text_of(client.get(url("act", sent)))

    def test_a_request_that_came_back_is_sent_to_somebody_else(self, world: World) -> None:
        sent = world.sent(to=world.dermatologist)
        answering.decline(by=world.dermatologist, expertise=sent, reason="Hors de mon domaine", at=timezone.now())
        client = client_of(world.nurse)
        assert "Hors de mon domaine" in text_of(client.get(url("act", sent)))
        page = client.post(url("resend", sent), {"once": "c", "do": "search", "who": world.second.user.last_name})
        assert f"member:{world.second.ref}" in text_of(page)
        nobody = client.post(url("resend", sent), {"once": "v", "do": "send"})
        assert nobody.status_code == 422
        refused = client.post(url("resend", sent), {"once": "r", "do": "send", "to": f"member:{world.nurse.ref}"})
        assert refused.status_code == 422
        sent_again = client.post(url("resend", sent), {"once": "s", "do": "send", "to": f"member:{world.second.ref}"})
        assert sent_again.url == url("act", sent)
        again = fresh(sent)
        assert (again.act.state, again.to_member) == ("sent", world.second)

    def test_two_people_of_one_side_withdraw_and_one_is_told(self, world: World) -> None:
        sent = world.sent()
        press(client_of(world.nurse), url("withdraw", sent), reason="En double")
        late = press(client_of(world.colleague), url("withdraw", sent), reason="En double")
        assert late.status_code == 409

    def test_a_doctor_in_copy_reads_and_changes_nothing(self, world: World) -> None:
        answered = world.answered()
        client = client_of(world.attending)
        assert client.get(url("act", answered)).status_code == 200
        assert press(client, url("withdraw", answered), reason="Non").status_code in (403, 404, 409)
        assert fresh(answered).act.state == "answered"


class TestUsualDelay:
    def test_it_is_said_only_when_enough_answers_say_it(self, world: World) -> None:
        now = timezone.now()
        for number in range(measures.FEWEST):
            assert measures.usual_delays_of_teams([world.pool.pk], now) == {}
            row = world.accepted()
            Act.objects.filter(pk=row.act_id).update(
                performed_at=now - timedelta(minutes=1),
                requested_at=now - timedelta(minutes=1) - timedelta(hours=number + 1),
            )
        usual = measures.usual_delays_of_teams([world.pool.pk], now)[world.pool.pk]
        assert (usual.median, usual.answers) == (timedelta(hours=3), 5)
        assert measures.usual_delays_of_experts([world.dermatologist.pk], now)[world.dermatologist.pk] == usual
        found = candidates(world.draft(), world.nurse, "", now)
        assert "3 heures" in next(one for one in found if one.value == f"team:{world.pool.ref}").usual
