"""Forms in the database: published once and frozen, drafts that refuse nothing, answers that become final."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.http import QueryDict
from django.utils.translation import override

from tests.questionnaires.samples import LINES, WOUND, questionnaire, shipped, typed
from virage.questionnaires.actions import (
    Conflict,
    Frozen,
    Invalid,
    blank,
    complete,
    load_library,
    publish,
    save_answers,
    save_posted,
    start,
)
from virage.questionnaires.models import QuestionnaireVersion, Response
from virage.questionnaires.reports.reading import as_text, changes, latest, sections

AT = datetime(2026, 3, 1, 13, 2, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 13, 5, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(db):
    load_library(AT)


@pytest.fixture
def draft(library):
    return start(version=latest("plaie-evaluation"), author_id=7, author_label="Camille Fictive", at=AT)


def filled(draft):
    save_answers(response=draft, posted=WOUND, at=AT)
    return draft


def test_the_library_is_loaded_once(library):
    count = QuestionnaireVersion.objects.count()
    assert load_library(LATER) == ()
    assert QuestionnaireVersion.objects.count() == count
    assert latest("push-3").version == "1.0.0"


def test_the_command_says_what_it_did(db, capsys):
    QuestionnaireVersion.objects.filter(url__endswith="/push-3").delete()
    call_command("load_questionnaires")
    assert "published https://virage.example/fhir/Questionnaire/push-3|1.0.0" in capsys.readouterr().out
    call_command("load_questionnaires")
    assert "there already" in capsys.readouterr().out


def test_another_text_under_a_published_version_is_refused(library):
    with pytest.raises(Frozen, match="higher version"):
        publish(definition=shipped("push-3") | {"title": "Autre"}, at=LATER)


def test_the_newest_version_is_the_one_to_use(library):
    for version in ("1.9.0", "1.10.0"):
        publish(definition=shipped("push-3") | {"version": version}, at=LATER)
    assert latest("push-3").version == "1.10.0"


def test_a_form_that_is_not_published_is_not_found(library):
    QuestionnaireVersion.objects.create(
        url="https://virage.example/fhir/Questionnaire/brouillon", version="1", title="x", definition=questionnaire()
    )
    with pytest.raises(QuestionnaireVersion.DoesNotExist):
        latest("brouillon")


@pytest.mark.postgres15
def test_the_database_refuses_to_change_a_published_form(library):
    row = latest("push-3")
    row.title = "Autre"
    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
        QuestionnaireVersion.objects.filter(pk=row.pk).update(published_at=None)


def test_a_form_that_is_not_published_can_be_changed(db):
    row = QuestionnaireVersion.objects.create(url="https://x.example/Q/b", version="1", title="x", definition={})
    row.title = "y"
    row.save()
    assert QuestionnaireVersion.objects.get(pk=row.pk).title == "y"


def test_a_draft_is_kept_with_its_area_and_its_problems(draft):
    saved = save_answers(
        response=draft, posted=typed(longueur="4,5", largeur="2", douleur="12", apparition="hier"), at=AT
    )
    assert [(problem.key, problem.code) for problem in saved.problems] == [
        ("apparition", "not_a_date"),
        ("douleur", "too_high"),
    ]
    kept = Response.objects.get(pk=draft.pk)
    assert kept.scores == {"surface": 7.07}
    assert kept.answers["questionnaire"] == "https://virage.example/fhir/Questionnaire/plaie-evaluation|1.0.0"
    assert kept.answers["status"] == "in-progress"
    assert kept.values()["apparition"][0].raw == "hier"
    assert kept.revision == draft.revision == 1


def test_answers_that_are_no_longer_asked_are_dropped(draft):
    save_answers(response=draft, posted=typed(type="escarre", escarre__stade="3"), at=AT)
    assert draft.codes("escarre-stade") == ("3",)
    save_answers(response=draft, posted=typed(type="brulure", escarre__stade="3"), at=LATER)
    assert "escarre-stade" not in draft.values()


def test_saving_the_same_again_changes_nothing(draft):
    filled(draft)
    saved = save_answers(response=draft, posted=WOUND, at=LATER, revision=0)
    assert saved.revision == 1
    assert Response.objects.get(pk=draft.pk).updated_at == AT


def test_a_later_revision_is_not_overwritten(draft):
    filled(draft)
    with pytest.raises(Conflict) as clash:
        save_answers(response=draft, posted=typed(question="Autre onglet"), at=LATER, revision=0)
    assert clash.value.revision == 1
    assert Response.objects.get(pk=draft.pk).text("question") == "Quel pansement proposer ?"


def test_completing_says_what_is_missing_and_changes_nothing(draft):
    save_answers(response=draft, posted={**WOUND, "douleur": []}, at=AT)
    with pytest.raises(Invalid) as refused:
        complete(response=draft, at=LATER)
    assert [(problem.link_id, problem.code) for problem in refused.value.problems] == [("douleur", "required")]
    assert Response.objects.get(pk=draft.pk).completed_at is None


def test_a_completed_response_is_never_edited(draft):
    complete(response=filled(draft), at=LATER)
    assert draft.completed_at == LATER
    assert draft.answers["status"] == "completed"
    with pytest.raises(Frozen):
        save_answers(response=draft, posted=typed(question="Autre"), at=LATER)
    with pytest.raises(Frozen):
        complete(response=draft, at=LATER)
    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
        Response.objects.filter(pk=draft.pk).update(answers={})


def test_an_expert_completes_a_copy_and_leaves_the_original(draft):
    complete(response=filled(draft), at=AT)
    copy = start(version=draft.version, author_id=8, author_label="Dominique Fictif", at=LATER, based_on=draft)
    assert copy.values() == draft.values()
    save_answers(response=copy, posted={**WOUND, "odeur": ["forte"]}, at=LATER)
    assert "odeur" not in Response.objects.get(pk=draft.pk).values()


def test_a_follow_up_takes_over_the_questions_it_shares(draft):
    filled(draft)
    again = start(version=latest("plaie-suivi"), author_id=7, author_label="Camille Fictive", at=LATER, based_on=draft)
    assert again.numbers()["longueur"] == draft.numbers()["longueur"]
    assert again.scores == draft.scores
    assert "type" not in again.values()


def post(**fields):
    data = QueryDict(mutable=True)
    for name, values in typed(**fields).items():
        data.setlist(name, values)
    return data


def test_autosave_answers_as_the_page_expects(draft):
    body, status = save_posted(draft, post(revision="0", longueur="4,5", largeur="2", douleur="x"), AT)
    assert status == 200
    assert body["saved_time"] == "14:02"  # in Paris
    assert body["revision"] == 1
    assert body["values"] == {"surface": "7,07"}
    assert body["problems"] == [
        {"key": "douleur", "code": "not_an_integer", "text": "Ce n'est pas un nombre entier.", "warning": False}
    ]
    assert "escarre-stade" not in body["enabled"]
    assert "longueur" in body["enabled"]


def test_autosave_speaks_the_readers_language(draft):
    with override("en"):
        body, _ = save_posted(draft, post(longueur="4.5", largeur="2", douleur="12"), AT)
    assert body["values"] == {"surface": "7.07"}
    assert body["problems"][0]["text"] == "This value is too large: 10 at most."


def test_autosave_from_two_tabs(draft):
    save_posted(draft, post(revision="0", question="Premier onglet"), AT)
    assert save_posted(draft, post(revision="0", question="Second onglet"), LATER) == (
        {"conflict": True, "revision": 1},
        409,
    )
    assert save_posted(draft, post(revision="1", question="Second onglet"), LATER)[1] == 200


def test_autosave_after_completion(draft):
    complete(response=filled(draft), at=AT)
    assert save_posted(draft, post(question="Trop tard"), LATER) == ({"completed": True}, 423)


@pytest.mark.parametrize("revision", ["", "-1", "x", "9" * 40, "²"])
def test_a_revision_that_is_no_number_does_not_fail(draft, revision):
    assert save_posted(draft, post(revision=revision, question="?"), AT)[1] == 200


def test_repeated_lines_and_units(library):
    publish(definition=LINES, at=AT)
    advice = start(version=latest("lignes"), author_id=8, author_label="Dominique Fictif", at=AT)
    posted = {**typed(diagnostic="Ulcère veineux", pansement=["Hydrofibre", "", "Compression"], reevaluation="3")}
    saved = save_answers(response=advice, posted={**posted, "reevaluation@unit": [""]}, at=AT)
    assert [problem.code for problem in saved.problems] == ["unit_missing"]
    save_answers(response=advice, posted={**posted, "reevaluation@unit": ["wk"]}, at=AT)
    complete(response=advice, at=LATER)
    words = as_text(advice, "fr")
    assert "Pansement proposé : Hydrofibre ; Compression" in words
    assert "Revoir dans : 3 semaines" in words
    assert "See again in : 3 weeks" in as_text(advice, "en")


def test_only_what_changed_is_read_and_what_was_taken_out_is_said(draft):
    filled(draft)
    later = start(version=draft.version, author_id=8, author_label="Dominique Fictif", at=AT, based_on=draft)
    assert changes(later, draft, "fr") == ()
    posted = {name: words for name, words in WOUND.items() if name != "douleur"} | {"longueur": ["5"]}
    save_answers(response=later, posted=posted, at=LATER)
    found = {line.key: line.text for section in changes(later, draft, "fr") for line in section.lines}
    assert found == {"longueur": "5 cm", "surface": "7,85 cm²", "douleur": "réponse retirée"}
    english = {line.key: line.text for section in changes(later, draft, "en") for line in section.lines}
    assert english["douleur"] == "answer taken out"


def test_a_blank_is_what_start_would_keep_and_keeps_nothing(draft):
    filled(draft)
    before = Response.objects.count()
    shown = blank(version=draft.version, author_id=8, author_label="Dominique Fictif", at=AT, based_on=draft)
    assert shown.values() == draft.values()
    assert (shown.pk, Response.objects.count()) == (None, before)


def test_answers_are_read_group_by_group(draft):
    filled(draft)
    found = {section.title: {line.key: line.text for line in section.lines} for section in sections(draft, "fr")}
    assert found["Taille"] == {"longueur": "4,5 cm", "largeur": "2 cm", "surface": "7,07 cm²"}
    assert found["La plaie"] == {"type": "Ulcère de jambe veineux", "apparition": "01/2026"}
    assert "Pouls et IPS" not in found
