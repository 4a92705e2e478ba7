"""The expert's pages: what each shows, what each button does, and to whom it is closed."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.teleexpertise.world import SHORT_ANSWERS, WOUND_ANSWERS, World, fresh
from virage.accounts.models import Membership
from virage.records.models.documents import Document
from virage.teleexpertise.actions import advising, answering, completing, drafts, sending, signing
from virage.teleexpertise.models import Advice, Drawing, Expertise, Form, Item, Phrase, Remark

pytestmark = pytest.mark.django_db

ARROW = {"kind": "arrow", "points": [[100, 100], [400, 500]], "colour": "red"}
QUESTION = "Quel pansement proposer ?"


@pytest.fixture
def world() -> World:
    return World(timezone.now() - timedelta(hours=2))


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(name: str, expertise: Expertise, *more: str) -> str:
    return reverse(f"teleexpertise:{name}", args=[expertise.act.ref, *more])


def press(client: Client, address: str, **fields: str):
    return client.post(address, {"once": str(uuid4()), **fields})


def seen_on(client: Client, address: str) -> str:
    """The stamp of the advice that this page shows."""
    return re.search(r'name="seen" value="(\w+)"', client.get(address).content.decode())[1]


def press_seen(client: Client, address: str, **fields: str):
    """Open the page, then press its button."""
    return press(client, address, seen=seen_on(client, address), **fields)


def picture(expertise: Expertise, kind: str = "photo_closeup", **fields) -> Document:
    defaults = {
        "patient": expertise.act.patient,
        "wound": expertise.wound,
        "folder": expertise.act.ref,
        "client_id": uuid4(),
        "kind": kind,
        "content_type": "image/jpeg",
        "size": 1000,
        "sha256": "0" * 64,
        "width": 1600,
        "height": 1200,
        "key_id": "essai",
        "state": "ready",
        "uploaded_by_label": "essai",
        "created_at": expertise.act.created_at,
    }
    return Document.objects.create(**(defaults | fields))


def page_of(client: Client, expertise: Expertise) -> str:
    return client.get(url("act", expertise)).content.decode()


# The inbox


def test_inbox_says_who_asks_what_and_by_when(world):
    expertise = world.sent()
    page = client_of(world.dermatologist).get(reverse("teleexpertise:inbox")).content.decode()
    for words in (
        world.patient.display_name,
        world.wound.name,
        QUESTION,
        str(world.nurse.user),
        world.ehpad.name,
        world.pool.name,
        url("act", expertise),
    ):
        assert words in page
    assert "à rendre" in page


def test_inbox_of_someone_else_is_empty(world):
    world.sent(to=world.second)
    page = client_of(world.dermatologist).get(reverse("teleexpertise:inbox")).content.decode()
    assert world.patient.display_name not in page
    assert "Rien ne vous attend" in page


def test_inbox_is_for_experts(world):
    assert client_of(world.nurse).get(reverse("teleexpertise:inbox")).status_code == 403


def test_late_ones_are_on_top_and_those_that_wait_for_others_below(world):
    first, second, third = world.sent(), world.sent(), world.sent()
    now = timezone.now()
    Expertise.objects.filter(pk=first.pk).update(due_at=now + timedelta(hours=1))
    Expertise.objects.filter(pk=second.pk).update(due_at=now - timedelta(hours=1))
    Expertise.objects.filter(pk=third.pk).update(due_at=now - timedelta(hours=3))
    third = fresh(third)
    answering.accept(by=world.dermatologist, expertise=third, at=now)
    answering.ask_complements(by=world.dermatologist, expertise=third, text="Une photo ?", at=now)
    page = client_of(world.dermatologist).get(reverse("teleexpertise:inbox")).content.decode()
    places = [page.index(url("act", one)) for one in (second, first, third)]
    assert places == sorted(places)
    assert "item-late" in page
    assert "Complément attendu" in page


@pytest.mark.parametrize(
    ("which", "shown"), [("me", "named"), ("pools", "pooled"), ("accepted", "taken"), ("done", "answered")]
)
def test_filters_of_the_inbox(world, which, shown):
    rows = {
        "named": world.sent(to=world.dermatologist),
        "pooled": world.sent(),
        "taken": world.accepted(),
        "answered": world.answered(),
    }
    page = client_of(world.dermatologist).get(reverse("teleexpertise:inbox"), {"which": which}).content.decode()
    assert {name for name, row in rows.items() if url("act", row) in page} == {shown}


def test_inbox_of_many_rows_takes_eight_statements(world, django_assert_max_num_queries):
    for _number in range(24):
        world.sent()
    client = client_of(world.dermatologist)
    address = reverse("teleexpertise:inbox")
    client.get(address)
    with django_assert_max_num_queries(8):
        page = client.get(address).content.decode()
    assert page.count('class="item ') == 20
    assert "1 à 20 sur 24" in page
    assert client.get(address, {"page": 2}).content.decode().count('class="item ') == 4


# The request


def test_page_shows_question_answers_pictures_and_times(world, django_assert_max_num_queries):
    expertise = world.sent()
    document = picture(expertise)
    client = client_of(world.dermatologist)
    client.get(url("act", expertise))
    with django_assert_max_num_queries(40):
        page = page_of(client, expertise)
    for words in (QUESTION, world.patient.display_name, str(world.nurse.user), "Accepter", "Décliner", "Transmettre"):
        assert words in page
    assert url("photo", expertise, document.ref) in page
    assert "Réponse attendue" in page
    assert "<title>Demande d’avis" in page
    assert world.patient.display_name not in page[: page.index("</title>")]


def test_a_stranger_sees_nothing(world):
    expertise = world.accepted()
    document = picture(expertise)
    client = client_of(world.stranger)
    for name, *more in (
        ("act",),
        ("advice",),
        ("advice_preview",),
        ("decline",),
        ("pass_on",),
        ("validation",),
        ("correct",),
        ("photo", document.ref),
    ):
        assert client.get(url(name, expertise, *more)).status_code == 404, name
    for name, *more in (
        ("accept",),
        ("reply",),
        ("advice_draft",),
        ("correction_discard",),
        ("drawing", document.ref),
    ):
        assert press(client, url(name, expertise, *more)).status_code == 404, name


def test_red_flags_and_withdrawn_consent_are_said(world):
    expertise = world.ready()
    world.answer_form(expertise, signes="sepsis")
    sending.confirm_red_flags(by=world.nurse, expertise=expertise, at=world.at)
    sending.send(by=world.nurse, expertise=expertise, at=world.at)
    client = client_of(world.dermatologist)
    assert "callout-danger" in page_of(client, expertise)
    expertise.act.patient.consents.update(withdrawn_at=timezone.now(), withdrawn_by=world.nurse)
    page = page_of(client, expertise)
    assert "Le consentement a été retiré" in page
    assert url("accept", expertise) not in page
    assert press(client, url("accept", expertise)).status_code == 403


def test_accept_then_the_second_expert_is_told(world):
    expertise = world.sent()
    first, second = client_of(world.dermatologist), client_of(world.second)
    answer = press(first, url("accept", expertise))
    assert answer.status_code == 302
    assert fresh(expertise).act.performer_id == world.dermatologist.pk
    assert "Écrire l’avis" in page_of(first, expertise)
    assert press(second, url("accept", expertise)).status_code in (403, 404, 409)
    assert fresh(expertise).act.performer_id == world.dermatologist.pk


def test_the_same_press_twice_accepts_once(world):
    expertise = world.sent()
    client, key = client_of(world.dermatologist), str(uuid4())
    answers = [client.post(url("accept", expertise), {"once": key}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert fresh(expertise).act.state == "accepted"


def test_decline_needs_a_reason(world):
    expertise = world.sent()
    client = client_of(world.dermatologist)
    assert press(client, url("decline", expertise), reason=" ").status_code == 422
    assert fresh(expertise).act.state == "sent"
    assert press(client, url("decline", expertise), reason="Hors de ma spécialité").url == reverse(
        "teleexpertise:inbox"
    )
    assert fresh(expertise).declined_reason == "Hors de ma spécialité"
    assert client.get(url("act", expertise)).status_code == 404


def test_pass_on_to_a_colleague_or_a_pool_found_by_name(world):
    expertise = world.sent(to=world.dermatologist)
    other = factories.dermatologist(user__last_name="Introuvable")
    client = client_of(world.dermatologist)
    assert str(world.second.user) in client.get(url("pass_on", expertise)).content.decode()
    found = press(client, url("pass_on", expertise), do="search", q="introuvable", note="Mieux placée")
    assert found.status_code == 200
    assert str(other.user) in found.content.decode()
    assert "Mieux placée" in found.content.decode()
    assert press(client, url("pass_on", expertise), q="introuvable").status_code == 422
    press(client, url("pass_on", expertise), to=f"member:{other.ref}", q="introuvable", note="Mieux placée")
    assert fresh(expertise).to_member_id == other.pk
    assert expertise.remarks.get().text == "Mieux placée"


def test_pass_on_to_nobody_who_may_answer_is_refused_with_words(world):
    expertise = world.sent(to=world.dermatologist)
    client = client_of(world.dermatologist)
    answer = press(client, url("pass_on", expertise), to=f"member:{world.nurse.ref}", note="x")
    assert answer.status_code == 422
    assert fresh(expertise).to_member_id == world.dermatologist.pk


def test_complements_and_messages_stand_in_the_thread(world):
    expertise = world.accepted()
    client = client_of(world.dermatologist)
    empty = press(client, url("reply", expertise), do="ask", text="")
    assert empty.status_code == 422
    press(client, url("reply", expertise), do="note", text="Je regarde ce soir.")
    assert fresh(expertise).act.state == "accepted"
    press(client, url("reply", expertise), do="ask", text="Depuis quand la fièvre ?")
    assert fresh(expertise).act.state == "waiting"
    page = page_of(client, expertise)
    assert "Je regarde ce soir." in page
    assert "Depuis quand la fièvre ?" in page
    late = press(client, url("reply", expertise), do="ask", text="Encore ?")
    assert late.status_code == 409


def test_earlier_pictures_of_the_same_wound_stand_beside(world):
    earlier = world.answered()
    before = picture(earlier)
    world.at += timedelta(minutes=10)
    expertise = world.sent()
    now, alone = picture(expertise), picture(expertise, "photo_overview")
    other_wound = picture(expertise, folder="F" * 22)
    client = client_of(world.dermatologist)
    page = page_of(client, expertise)
    assert 'class="compare"' in page
    for document in (now, before, alone):
        assert url("photo", expertise, document.ref) in page
    assert other_wound.ref not in page
    assert "Surface de la plaie" in page
    assert client.get(url("photo", expertise, before.ref)).status_code == 200


def test_short_form_has_no_wound_and_no_curve(world):
    expertise = drafts.start(by=world.nurse, patient=world.patient, form=Form.SHORT, at=world.at)
    world.answer_form(expertise)
    drafts.choose_addressee(by=world.nurse, expertise=expertise, to_member=world.dermatologist, at=world.at)
    sending.confirm_relevance(by=world.nurse, expertise=expertise, at=world.at)
    world.consent(expertise)
    sending.send(by=world.nurse, expertise=expertise, at=world.at)
    page = page_of(client_of(world.dermatologist), expertise)
    assert SHORT_ANSWERS["question"] in page
    assert "Surface de la plaie" not in page


# The drawing


def test_drawing_is_kept_by_the_one_who_answers_alone(world):
    expertise = world.accepted()
    document = picture(expertise)
    address = url("drawing", expertise, document.ref)
    mine, other = client_of(world.dermatologist), client_of(world.second)
    assert mine.post(address, {"shapes": json.dumps([ARROW])}).json()["saved_time"]
    assert Drawing.objects.get(document=document).shapes == [ARROW]
    assert other.post(address, {"shapes": "[]"}).status_code in (403, 404)
    for wrong in ("", "{", "[1]", json.dumps([ARROW] * 61), '[{"kind":"text","points":[[NaN,1]],"text":"a"}]'):
        assert mine.post(address, {"shapes": wrong}).status_code == 400, wrong
    assert Drawing.objects.get(document=document).shapes == [ARROW]
    assert "<path" in page_of(mine, expertise)
    assert "data-save=" in mine.get(url("photo", expertise, document.ref)).content.decode()


def test_pictures_are_read_only_before_accepting_and_after_signing(world):
    expertise = world.sent()
    document = picture(expertise)
    client = client_of(world.dermatologist)
    assert "data-save=" not in client.get(url("photo", expertise, document.ref)).content.decode()
    answered = world.answered()
    signed = picture(answered)
    assert "data-save=" not in client.get(url("photo", answered, signed.ref)).content.decode()


def test_a_document_of_another_request_has_no_page_here(world):
    expertise, other = world.accepted(), world.accepted()
    document = picture(other, wound=None)
    assert client_of(world.dermatologist).get(url("photo", expertise, document.ref)).status_code == 404


# The advice


def typed(**fields: str) -> dict[str, str]:
    return {"revision": "0", "diagnosis": "Escarre", "free_text": "Décharger.", "follow_up": "", **fields}


def test_nothing_is_written_by_looking(world):
    expertise = world.accepted()
    assert client_of(world.dermatologist).get(url("advice", expertise)).status_code == 200
    assert not Advice.objects.filter(expertise=expertise).exists()


def test_draft_saves_itself_and_says_when_another_page_did(world):
    expertise = world.accepted()
    client = client_of(world.dermatologist)
    first = client.post(url("advice_draft", expertise), typed())
    assert first.json()["revision"] == 1
    clash = client.post(url("advice_draft", expertise), typed(free_text="Autre"))
    assert (clash.status_code, clash.json()["revision"]) == (409, 1)
    assert Advice.objects.get(expertise=expertise).free_text == "Décharger."
    answer = press(client, url("advice", expertise), **typed(free_text="Autre"))
    assert answer.status_code == 409
    assert "Autre" in answer.content.decode()
    assert 'name="revision" value="1"' in answer.content.decode()
    assert client.post(url("advice_draft", expertise), typed(revision="x")).status_code == 422


def test_draft_of_somebody_else_or_of_a_signed_advice_is_closed(world):
    expertise = world.accepted()
    world_second = client_of(world.second)
    assert world_second.post(url("advice_draft", expertise), typed()).status_code in (404, 423)
    answered = world.answered()
    assert client_of(world.dermatologist).post(url("advice_draft", answered), typed()).status_code == 423


def test_items_are_added_with_a_prescriber_and_taken_out(world):
    expertise = world.accepted()
    client, address = client_of(world.dermatologist), url("advice", expertise)
    new = {"new-kind": "dressing", "new-text": "Hydrocolloïde", "new-prescriber": world.doctor.ref}
    assert press(client, address, do="add", **typed(), **new).status_code == 302
    item = Item.objects.get(advice__expertise=expertise)
    assert (item.text, item.prescriber) == ("Hydrocolloïde", world.doctor)
    page = client.get(address).content.decode()
    assert "Hydrocolloïde" in page
    assert "Escarre" in page
    wrong = press(client, address, do="add", **typed(revision="1"), **(new | {"new-text": ""}))
    assert wrong.status_code == 422
    stranger = press(
        client, address, do="add", **typed(revision="1"), **(new | {"new-prescriber": world.stranger.ref})
    )
    assert stranger.status_code == 422
    press(client, address, do=f"remove-{item.ref}", **typed(revision="1"))
    assert not Item.objects.filter(advice__expertise=expertise).exists()


def test_a_proposal_typed_and_not_added_is_not_lost_on_the_way_to_the_signature(world):
    expertise = world.accepted()
    new = {"new-kind": "examination", "new-text": "Écho-Doppler", "new-prescriber": ""}
    answer = press(client_of(world.dermatologist), url("advice", expertise), do="preview", **typed(), **new)
    assert answer.url == url("advice_preview", expertise)
    assert Item.objects.get(advice__expertise=expertise).text == "Écho-Doppler"


def test_preview_then_sign_leads_to_the_report(world):
    expertise, _advice = world.advised()
    client = client_of(world.dermatologist)
    page = client.get(url("advice_preview", expertise)).content.decode()
    for words in ("Escarre de stade 2", "Hydrocolloïde", str(world.doctor.user), "Signer et envoyer"):
        assert words in page
    answer = press_seen(client, url("advice_preview", expertise))
    report = expertise.act.reports.get()
    assert answer.url == reverse("teleexpertise:report", args=[report.ref])
    assert press(client, url("advice_preview", expertise)).status_code == 409
    assert client.get(url("advice", expertise)).status_code == 302


def test_nothing_written_is_not_signed(world):
    expertise = world.accepted()
    advice = advising.draft_advice(by=world.dermatologist, expertise=expertise, at=world.at)
    client = client_of(world.dermatologist)
    answer = press(client, url("advice_preview", expertise), seen=advice.stamp)
    assert answer.url == url("advice", expertise)
    assert "Écrivez un diagnostic" in client.get(answer.url).content.decode()
    assert fresh(expertise).act.performed_at is None


def change_text(advice: Advice, by: Membership) -> None:
    revision = Advice.objects.get(pk=advice.pk).revision
    advising.save_advice(by=by, advice=advice, revision=revision, at=timezone.now(), free_text="Autre chose.")


def change_items(advice: Advice, by: Membership) -> None:
    advising.add_item(by=by, advice=advice, kind="other", text="Bas", prescriber=None, at=timezone.now())


def change_drawing(advice: Advice, by: Membership) -> None:
    expertise = advice.expertise
    document = picture(expertise)
    advising.save_drawing(by=by, expertise=expertise, document=document, shapes=[ARROW], at=timezone.now())


def change_own_assessment(advice: Advice, by: Membership) -> None:
    posted = QueryDict(mutable=True)
    posted.update(WOUND_ANSWERS | {"longueur": "7"})
    at = timezone.now()
    completing.complete_assessment(by=by, expertise=fresh(advice.expertise), data=posted, at=at)


@pytest.mark.parametrize("change", [change_text, change_items, change_drawing, change_own_assessment])
def test_what_changed_after_it_was_read_is_not_signed(world, change):
    expertise, advice = world.advised()
    client, address = client_of(world.dermatologist), url("advice_preview", expertise)
    read_before = seen_on(client, address)
    change(advice, world.dermatologist)  # another window
    assert press(client, address, seen=read_before).status_code == 409
    assert press(client, address).status_code == 409
    assert fresh(expertise).act.performed_at is None
    press_seen(client, address)
    assert fresh(expertise).act.performed_at


# Article 51


@pytest.mark.parametrize("do", ["validate", "refuse"])
def test_a_proposal_that_changed_after_it_was_read_is_not_validated(world, do):
    nurse = world.article51()
    expertise, advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=expertise, at=timezone.now())
    doctor, address = client_of(world.second), url("validation", expertise)
    read_before = seen_on(doctor, address)
    signing.refuse_validation(by=world.dermatologist, expertise=fresh(expertise), note="Côté ?", at=timezone.now())
    change_text(Advice.objects.get(pk=advice.pk), nurse)
    signing.propose(by=nurse, expertise=fresh(expertise), at=timezone.now())
    assert press(doctor, address, do=do, note="Vu", seen=read_before).status_code == 409
    assert fresh(expertise).act.state == "to_validate"
    assert not expertise.act.reports.exists()
    press_seen(doctor, address, do="validate", note="Vu")
    assert expertise.act.reports.get().content["advice"]["free_text"] == "Autre chose."


def test_a_nurse_proposes_and_a_doctor_of_the_pool_validates(world):
    nurse = world.article51()
    expertise, _advice = world.advised(by=nurse)
    author, doctor = client_of(nurse), client_of(world.second)
    assert "Proposer l’avis au médecin" in author.get(url("advice_preview", expertise)).content.decode()
    press_seen(author, url("advice_preview", expertise))
    assert fresh(expertise).act.state == "to_validate"
    assert author.get(url("validation", expertise)).status_code == 302
    assert "À valider" in doctor.get(reverse("teleexpertise:inbox")).content.decode()
    assert url("validation", expertise) in page_of(doctor, expertise)
    page = doctor.get(url("validation", expertise)).content.decode()
    assert "dans 23 h" in page or "dans 24 h" in page
    assert press_seen(doctor, url("validation", expertise), do="refuse", note="").status_code == 422
    answer = press_seen(doctor, url("validation", expertise), do="validate", note="D’accord")
    report = expertise.act.reports.get()
    assert answer.url == reverse("teleexpertise:report", args=[report.ref])
    assert Advice.objects.get(expertise=expertise).validation_note == "D’accord"


def test_a_proposal_sent_back_can_be_written_again(world):
    nurse = world.article51()
    expertise, _advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=expertise, at=timezone.now())
    press_seen(client_of(world.second), url("validation", expertise), do="refuse", note="Précisez la décharge.")
    assert fresh(expertise).act.state == "accepted"
    assert expertise.remarks.get(kind=Remark.Kind.VALIDATION).text == "Précisez la décharge."
    page = page_of(client_of(nurse), expertise)
    assert "Précisez la décharge." in page
    assert "Reprendre l’avis" in page


# Correction


def test_correct_a_signed_report(world):
    expertise = world.answered()
    client = client_of(world.dermatologist)
    assert press(client, url("correct", expertise), reason="").status_code == 422
    assert press(client, url("correct", expertise), reason="Côté inversé").url == url("advice", expertise)
    page = client.get(url("advice", expertise)).content.decode()
    assert "Côté inversé" in page
    assert "Escarre de stade 2" in page
    press(client, url("advice", expertise), do="preview", **typed(diagnosis="Talon droit"))
    press_seen(client, url("advice_preview", expertise))
    versions = list(expertise.act.reports.order_by("version"))
    assert [one.version for one in versions] == [1, 2]
    assert versions[0].content["advice"]["diagnosis"] == "Escarre de stade 2"
    assert versions[1].content["advice"]["diagnosis"] == "Talon droit"
    assert "Version 1" in page_of(client, expertise)


def test_a_correction_can_be_given_up(world):
    expertise = world.answered()
    client = client_of(world.dermatologist)
    press(client, url("correct", expertise), reason="Côté inversé")
    press(client, url("correction_discard", expertise))
    assert expertise.advices.count() == 1
    assert press(client, url("correction_discard", expertise)).status_code == 409


def test_only_its_author_corrects(world):
    expertise = world.answered()
    assert press(client_of(world.second), url("correct", expertise), reason="x").status_code in (403, 404)


# Templates


def test_own_templates(world):
    expertise = world.accepted()
    client, other = client_of(world.dermatologist), client_of(world.second)
    press(client, url("advice", expertise), do="keep", phrase_title="Escarre", **typed())
    phrase = Phrase.objects.get(owner=world.dermatologist.user)
    assert phrase.free_text == "Décharger."
    assert phrase.title in client.get(reverse("teleexpertise:phrases")).content.decode()
    assert phrase.title not in other.get(reverse("teleexpertise:phrases")).content.decode()
    address = reverse("teleexpertise:phrase", args=[phrase.ref])
    assert other.get(address).status_code == 404
    assert press(other, reverse("teleexpertise:phrase_drop", args=[phrase.ref])).status_code == 404
    press(client, address, title="Escarre du talon", free_text="Décharger le talon.")
    changed = Phrase.objects.get(owner=world.dermatologist.user)
    assert (changed.title, changed.free_text) == ("Escarre du talon", "Décharger le talon.")
    press(client, reverse("teleexpertise:phrase_drop", args=[changed.ref]))
    assert not Phrase.objects.exists()


def test_a_template_goes_below_what_is_there_once(world):
    expertise = world.accepted()
    phrase = Phrase.objects.create(
        owner=world.dermatologist.user, title="Escarre", free_text="Hydrater.", created_at=world.at
    )
    client = client_of(world.dermatologist)
    press(client, url("advice", expertise), do="insert", phrase=phrase.ref, **typed())
    advice = Advice.objects.get(expertise=expertise)
    assert advice.free_text == "Décharger.\n\nHydrater."
    again = typed(revision=str(advice.revision), free_text=advice.free_text)
    press(client, url("advice", expertise), do="insert", phrase=phrase.ref, **again)
    assert Advice.objects.get(expertise=expertise).free_text == "Décharger.\n\nHydrater."
    foreign = Phrase.objects.create(owner=world.second.user, title="À elle", created_at=world.at)
    assert press(client, url("advice", expertise), do="insert", phrase=foreign.ref, **again).status_code == 404


def test_templates_are_for_experts(world):
    assert client_of(world.nurse).get(reverse("teleexpertise:phrases")).status_code == 403


def test_english_page_has_no_french_button(world):
    expertise = world.sent()
    client = client_of(world.dermatologist)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = page_of(client, expertise)
    assert "Accept" in page
    assert "Accepter" not in page


def test_an_empty_advice_is_not_offered_for_signature(world):
    expertise = world.accepted()
    advising.draft_advice(by=world.dermatologist, expertise=expertise, at=world.at)
    answer = client_of(world.dermatologist).get(url("advice_preview", expertise))
    assert answer.url == url("advice", expertise)


def test_a_request_without_consent_is_shown_as_stopped_and_waits_for_nobody_who_answers(world):
    stopped, other = world.sent(), world.sent()
    Expertise.objects.filter(pk=stopped.pk).update(due_at=timezone.now() - timedelta(hours=5))
    client, asking = client_of(world.dermatologist), client_of(world.nurse)
    stopped.act.patient.consents.filter(subject=stopped.act.ref).update(
        withdrawn_at=timezone.now(), withdrawn_by=world.nurse
    )
    page = client.get(reverse("teleexpertise:inbox")).content.decode()
    assert page.count("Consentement retiré") == 1
    assert page.index(url("act", other)) < page.index(url("act", stopped))
    assert "item-late" not in page
    home = client.get("/").content.decode()
    assert url("act", other) in home
    assert url("act", stopped) not in home
    for address in ("/", reverse("teleexpertise:requests"), url("act", stopped)):
        assert "Consentement retiré" in asking.get(address).content.decode()
    assert "Consentement retiré" in page_of(client, stopped)
    world.consent(stopped)
    assert "Consentement retiré" not in client.get(reverse("teleexpertise:inbox")).content.decode()


def test_advice_without_consent_waits_for_no_validation(world):
    expertise, _advice = world.advised(by=(nurse := world.article51()))
    signing.propose(by=nurse, expertise=expertise, at=timezone.now())
    client = client_of(world.second)
    assert url("act", expertise) in client.get("/").content.decode()
    expertise.act.patient.consents.update(withdrawn_at=timezone.now(), withdrawn_by=world.nurse)
    assert url("act", expertise) not in client.get("/").content.decode()
    assert "Consentement retiré" in client.get(reverse("teleexpertise:inbox")).content.decode()


def test_the_home_of_a_doctor_who_answers_nothing_opens(world):
    assert client_of(world.doctor).get("/").status_code == 200
