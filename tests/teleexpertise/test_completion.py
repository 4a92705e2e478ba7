"""The expert's own assessment and the PUSH score: who may, what is kept, what is signed, who sees it."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.teleexpertise.signed import client_of, press
from tests.teleexpertise.world import WOUND_ANSWERS, World, fresh
from virage.accounts.access import Refused
from virage.acts.models import Report
from virage.journal.models import Entry
from virage.kernel.workflow import NotPossible
from virage.questionnaires.actions import save_answers
from virage.questionnaires.models import Response
from virage.teleexpertise import reports
from virage.teleexpertise.actions import advising, answering, completing, sending, signing
from virage.teleexpertise.actions.sending import NotReady
from virage.teleexpertise.models import Expertise, Form

pytestmark = pytest.mark.django_db

DEEPER = WOUND_ANSWERS | {"longueur": "5", "profondeur": "2", "profondeur.unit": "cm"}
SCORED = {
    "longueur": "4",
    "longueur.unit": "cm",
    "largeur": "3",
    "largeur.unit": "cm",
    "push-exsudat": "2",
    "push-tissu": "3",
}


@pytest.fixture
def world() -> World:
    return World(timezone.now() - timedelta(hours=2))


def url(name: str, expertise: Expertise) -> str:
    return reverse(f"teleexpertise:{name}", args=[expertise.act.ref])


def page(client: Client, name: str, expertise: Expertise) -> str:
    return client.get(url(name, expertise)).content.decode()


def autosave(client: Client, name: str, expertise: Expertise, **fields: str):
    return client.post(url(name, expertise), fields, headers={"Accept": "application/json"})


def answered(response: Response, given: dict[str, str], world: World) -> None:
    save_answers(response=response, posted={name: [value] for name, value in given.items()}, at=world.at)


def completed(world: World, **kwargs) -> Expertise:
    """Ready to sign, with a completion that says more than the request."""
    expertise, _advice = world.advised(**kwargs)
    by = kwargs.get("by") or world.dermatologist
    answered(completing.start_completion(by=by, expertise=expertise, at=world.at), DEEPER, world)
    return expertise


# The expert's own assessment


def test_it_begins_with_the_answers_of_the_request_and_leaves_them_alone(world):
    expertise = world.accepted()
    before = fresh(expertise).assessment.answers
    client = client_of(world.dermatologist)
    assert url("completion", expertise) in page(client, "act", expertise)
    assert WOUND_ANSWERS["question"] in page(client, "completion", expertise)
    assert fresh(expertise).completion is None  # to look writes nothing
    saved = autosave(client, "completion_answers", expertise, revision="0", **DEEPER)
    assert (saved.status_code, saved.json()["revision"]) == (200, 1)
    found = fresh(expertise)
    assert found.assessment.answers == before
    assert found.completion.author_id == world.dermatologist.user_id
    assert found.completion.version == found.assessment.version
    assert (found.assessment.numbers()["longueur"], found.completion.numbers()["longueur"]) == (4, 5)
    assert Entry.objects.filter(verb="start_completion", subject_ref=expertise.act.ref).count() == 1


def test_twice_is_one_and_the_older_of_two_windows_is_told(world):
    expertise = world.accepted()
    by = world.dermatologist
    first = completing.start_completion(by=by, expertise=expertise, at=world.at)
    assert completing.start_completion(by=by, expertise=fresh(expertise), at=world.at) == first
    assert Entry.objects.filter(verb="start_completion", subject_ref=expertise.act.ref).count() == 1
    client = client_of(by)
    assert autosave(client, "completion_answers", expertise, revision="0", **DEEPER).status_code == 200
    late = autosave(client, "completion_answers", expertise, revision="0", **(DEEPER | {"longueur": "9"}))
    assert late.status_code == 409
    assert fresh(expertise).completion.numbers()["longueur"] == 5


def test_only_the_expert_who_accepted_may(world):
    expertise = world.accepted()
    for other in (world.nurse, world.doctor, world.second):
        with pytest.raises(Refused):
            completing.start_completion(by=other, expertise=fresh(expertise), at=world.at)
    nurse = client_of(world.nurse)
    assert nurse.get(url("completion", expertise)).status_code == 302
    assert press(nurse, url("completion", expertise), **DEEPER).status_code == 403
    assert autosave(nurse, "completion_answers", expertise, **DEEPER).status_code == 423
    assert url("completion", expertise) not in page(nurse, "act", expertise)
    stranger = client_of(world.stranger)
    assert stranger.get(url("completion", expertise)).status_code == 404
    assert autosave(stranger, "completion_answers", expertise, **DEEPER).status_code == 404
    assert fresh(expertise).completion is None


def test_not_before_it_is_accepted_nor_once_it_is_signed_nor_without_consent(world):
    sent = world.sent(to=world.dermatologist)
    with pytest.raises(Refused):
        completing.start_completion(by=world.dermatologist, expertise=sent, at=world.at)
    done = world.answered()
    with pytest.raises(NotPossible):
        completing.start_completion(by=world.dermatologist, expertise=done, at=world.at)
    expertise = world.accepted()
    expertise.act.patient.consents.update(withdrawn_at=world.at, withdrawn_by=world.nurse)
    with pytest.raises(Refused):
        completing.start_completion(by=world.dermatologist, expertise=expertise, at=world.at)


def test_the_requerant_sees_it_once_it_is_signed_and_the_report_says_what_differs(world):
    expertise = completed(world)
    nurse, expert = client_of(world.nurse), client_of(world.dermatologist)
    assert "Complété par l’expert" not in page(nurse, "act", expertise)
    assert "Pas encore signé" in page(expert, "act", expertise)
    assert "Complété par l’expert" in page(expert, "advice_preview", expertise)
    report = signing.sign(by=world.dermatologist, expertise=fresh(expertise), at=timezone.now())
    for client in (nurse, expert):
        assert "Complété par l’expert" in page(client, "act", expertise)
        text = client.get(reverse("teleexpertise:report", args=[report.ref])).content.decode()
        assert "Complété par l’expert" in text
    assert report.content["completion"]["answers"] == fresh(expertise).completion.answers
    assert report.content["completion"]["author"] == world.dermatologist.actor.label
    section = {one.key: one for one in reports.sheet_of(report, "fr").after}["completion"]
    said = {fact.label: fact.value for block in section.blocks for fact in block.facts}
    assert said["Longueur"] == "5 cm"
    assert said["Profondeur"] == "2 cm"
    assert "Largeur" not in said
    assert reports.render(report, "fr").startswith(b"%PDF")
    assert "COMPLETED BY THE EXPERT" in reports.as_text(report, "en")
    assert Entry.objects.filter(verb="complete_assessment", subject_ref=expertise.act.ref).count() == 1


def test_it_is_final_once_signed_and_a_correction_keeps_it(world):
    expertise = completed(world)
    signing.sign(by=world.dermatologist, expertise=expertise, at=timezone.now())
    assert fresh(expertise).completion.completed_at
    by = world.dermatologist
    signing.correct(by=by, expertise=expertise, reason="Côté", at=timezone.now())
    again = signing.sign_correction(by=by, expertise=expertise, at=timezone.now())
    assert again.content["completion"]["answers"] == fresh(expertise).completion.answers


def test_one_that_says_the_same_adds_nothing_to_the_report(world):
    expertise, _advice = world.advised()
    completing.start_completion(by=world.dermatologist, expertise=expertise, at=world.at)
    report = signing.sign(by=world.dermatologist, expertise=expertise, at=timezone.now())
    assert report.content["completion"] == {}
    assert "completion" not in {one.key for one in reports.sheet_of(report, "fr").after}


def test_what_is_missing_is_said_and_nothing_is_signed(world):
    expertise = completed(world)
    answered(expertise.completion, DEEPER | {"longueur": ""}, world)
    with pytest.raises(NotReady) as caught:
        signing.sign(by=world.dermatologist, expertise=fresh(expertise), at=timezone.now())
    assert [problem.code for problem in caught.value.problems] == ["completion"]
    client = client_of(world.dermatologist)
    seen = advising.draft_of(expertise).stamp
    asked = press(client, url("advice_preview", expertise), seen=seen)
    assert asked.headers["Location"] == url("completion", expertise) + "?manque"
    assert "error-summary" in client.get(asked.headers["Location"]).content.decode()
    assert not Report.objects.filter(act=expertise.act).exists()
    kept = press(client, url("completion", expertise), **(DEEPER | {"longueur": ""}))
    assert kept.status_code == 422
    assert press(client, url("completion", expertise), **DEEPER).status_code == 302
    signing.sign(by=world.dermatologist, expertise=fresh(expertise), at=timezone.now())


def test_what_was_not_read_is_not_signed(world):
    expertise = completed(world)
    client = client_of(world.dermatologist)
    seen = advising.draft_of(expertise).stamp
    answered(expertise.completion, DEEPER | {"longueur": "6"}, world)
    assert press(client, url("advice_preview", expertise), seen=seen).status_code == 409
    assert not Report.objects.filter(act=expertise.act).exists()


def test_it_can_be_taken_back_and_goes_with_the_expert_who_leaves(world):
    expertise = completed(world)
    client = client_of(world.dermatologist)
    assert press(client, url("completion", expertise), do="drop").status_code == 302
    assert fresh(expertise).completion is None
    pk = completing.start_completion(by=world.dermatologist, expertise=fresh(expertise), at=world.at).pk
    answering.decline(by=world.dermatologist, expertise=fresh(expertise), reason="Absent", at=world.at)
    assert fresh(expertise).completion is None
    assert not Response.objects.filter(pk=pk).exists()


def test_under_article_51_it_is_final_when_the_doctor_validates(world):
    nurse = world.article51()
    expertise = world.ready()
    expertise.act.project = world.project
    expertise.act.save(update_fields=["project"])
    sending.send(by=world.nurse, expertise=expertise, at=world.at)
    answering.accept(by=nurse, expertise=expertise, at=world.at)
    answered(completing.start_completion(by=nurse, expertise=expertise, at=world.at), DEEPER, world)
    advice = advising.draft_advice(by=nurse, expertise=expertise, at=world.at)
    advising.save_advice(by=nurse, advice=advice, revision=0, at=world.at, diagnosis="Escarre")
    signing.propose(by=nurse, expertise=expertise, at=world.at)
    with pytest.raises(NotPossible):
        completing.start_completion(by=nurse, expertise=fresh(expertise), at=world.at)
    assert "Complété par l’expert" in page(client_of(world.second), "validation", expertise)
    report = signing.validate(by=world.second, expertise=fresh(expertise), at=timezone.now())
    assert fresh(expertise).completion.completed_at
    assert report.content["completion"]["author"] == nurse.actor.label


# The PUSH score


def test_push_is_offered_in_the_draft_with_whose_it_is_and_its_total(world):
    expertise = world.ready()
    client = client_of(world.nurse)
    assert url("push", expertise) in page(client, "draft", expertise)
    shown = page(client, "push", expertise)
    assert "National Pressure Ulcer Advisory Panel" in shown
    assert "usage commercial soumis à son accord écrit" in shown
    assert fresh(expertise).push is None
    saved = autosave(client, "push_answers", expertise, revision="0", **SCORED)
    assert json.loads(saved.content)["values"]["push-total"] == "13"
    assert "Total PUSH 3.0" in page(client, "draft", expertise)
    sending.send(by=world.nurse, expertise=fresh(expertise), at=world.at)
    for reader in (world.nurse, world.dermatologist):
        text = page(client_of(reader), "act", expertise)
        assert "Total PUSH 3.0" in text
        assert "National Pressure Ulcer Advisory Panel" in text
    assert fresh(expertise).push.completed_at


def test_push_is_never_compulsory_but_not_sent_half_filled(world):
    expertise = world.ready()
    answered(completing.start_push(by=world.nurse, expertise=expertise, at=world.at), {"push-exsudat": "1"}, world)
    codes = [problem.code for problem in sending.problems(world.nurse, fresh(expertise), world.at)]
    assert codes == ["push"]
    client = client_of(world.nurse)
    assert "Le score PUSH est commencé" in page(client, "draft", expertise)
    press(client, url("push", expertise), do="drop")
    sending.send(by=world.nurse, expertise=fresh(expertise), at=world.at)
    assert fresh(expertise).push is None


def test_the_expert_may_score_what_the_requerant_did_not_and_it_is_signed(world):
    expertise, _advice = world.advised()
    client = client_of(world.dermatologist)
    assert url("push", expertise) in page(client, "act", expertise)
    assert autosave(client, "push_answers", expertise, revision="0", **SCORED).status_code == 200
    assert "Total PUSH 3.0" not in page(client_of(world.nurse), "act", expertise)
    report = signing.sign(by=world.dermatologist, expertise=fresh(expertise), at=timezone.now())
    assert "Total PUSH 3.0" in page(client_of(world.nurse), "act", expertise)
    assert report.content["push"]["scores"]["push-total"] == 13
    text = reports.as_text(report, "fr")
    assert "Total PUSH 3.0, sur 17 : 13" in text
    assert "National Pressure Ulcer Advisory Panel" in text


def test_a_score_that_went_with_the_request_is_final(world):
    expertise = world.ready()
    answered(completing.start_push(by=world.nurse, expertise=expertise, at=world.at), SCORED, world)
    sending.send(by=world.nurse, expertise=fresh(expertise), at=world.at)
    expertise = answering.accept(by=world.dermatologist, expertise=fresh(expertise), at=world.at)
    client = client_of(world.dermatologist)
    assert url("push", expertise) not in page(client, "act", expertise)
    assert autosave(client, "push_answers", expertise, **SCORED).status_code == 423
    answering.decline(by=world.dermatologist, expertise=expertise, reason="Absent", at=world.at)
    assert fresh(expertise).push.completed_at


def test_push_is_for_wounds_and_for_those_who_write(world):
    accepted = world.accepted()
    for other in (world.nurse, world.second):
        with pytest.raises(Refused):
            completing.start_push(by=other, expertise=fresh(accepted), at=world.at)
    draft = world.draft()
    with pytest.raises(Refused):
        completing.start_push(by=world.dermatologist, expertise=fresh(draft), at=world.at)
    assert client_of(world.stranger).get(url("push", draft)).status_code == 404
    Expertise.objects.filter(pk=draft.pk).update(form=Form.SHORT)
    with pytest.raises(Refused):
        completing.start_push(by=world.nurse, expertise=fresh(draft), at=world.at)
    assert client_of(world.nurse).get(url("push", draft)).status_code == 302
