"""What a second look at rights, races and files found: each of these once went wrong."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.http import QueryDict

from tests import factories
from tests.teleexpertise.world import LATER, NOW, WOUND_ANSWERS, World, fresh
from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.acts.access import is_involved
from virage.kernel.workflow import NotPossible
from virage.records.access import documents_of
from virage.records.actions import documents
from virage.records.actions.documents import Place
from virage.records.models.documents import Document
from virage.teleexpertise.access import inbox_of, may, visible
from virage.teleexpertise.actions import advising, answering, drafts, overtime, sending, signing
from virage.teleexpertise.actions.sending import NotReady
from virage.teleexpertise.models import Expertise

pytestmark = pytest.mark.django_db
SOON = LATER + timedelta(minutes=5)


@pytest.fixture
def world() -> World:
    return World()


def _both(world: World) -> Membership:
    """A doctor of the EHPAD who is also an expert of the pool."""
    both = factories.member(
        "doctor", "expert", organisation_=world.ehpad, user__profession="medecin", user__specialty="dermatologie"
    )
    both.teams.add(world.pool)
    return both


# Nobody answers oneself


def test_who_asks_a_pool_of_his_own_may_not_answer_himself(world: World) -> None:
    both = _both(world)
    expertise = sending.send(by=both, expertise=world.ready(by=both), at=NOW)
    assert "accept" not in may(both, expertise, NOW)
    assert expertise not in inbox_of(both, NOW)
    with pytest.raises(Refused, match="side"):
        answering.accept(by=both, expertise=fresh(expertise), at=NOW)
    assert expertise in inbox_of(world.second, NOW)
    answering.accept(by=world.second, expertise=fresh(expertise), at=NOW)


def test_a_request_is_not_sent_by_its_only_addressee(world: World) -> None:
    both = _both(world)
    expertise = world.ready(to=both)
    drafts.prepare(by=world.nurse, expertise=expertise, requester=both, at=NOW)
    with pytest.raises(NotReady, match="addressee_cannot_answer"):
        sending.send(by=both, expertise=expertise, at=NOW)


# A correction opens the record to the pool's doctors only while they have to validate it


def _to_correct(world: World) -> tuple[Membership, Expertise]:
    nurse = world.article51()
    expertise, _advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=expertise, at=NOW)
    signing.validate(by=world.second, expertise=expertise, at=NOW)
    signing.correct(by=nurse, expertise=expertise, reason="Erreur", at=LATER)
    signing.sign_correction(by=nurse, expertise=expertise, at=LATER)
    return nurse, expertise


def _sees(by: Membership, expertise: Expertise) -> bool:
    return visible(by, SOON).filter(pk=expertise.pk).exists()


def test_after_a_validated_correction_the_pool_no_longer_sees_the_act(world: World) -> None:
    nurse, expertise = _to_correct(world)
    assert _sees(world.dermatologist, expertise)
    signing.validate_correction(by=world.dermatologist, expertise=expertise, at=LATER)
    other = factories.dermatologist(organisation_=world.dermatologist.organisation)
    other.teams.add(world.pool)
    assert not _sees(other, expertise)
    assert _sees(nurse, expertise)
    assert _sees(world.second, expertise)  # validated the first version: part of his own file
    assert _sees(world.dermatologist, expertise)  # validated the second


def test_a_correction_given_up_closes_the_record_and_stops_the_reminders(world: World) -> None:
    nurse, expertise = _to_correct(world)
    advising.discard_correction(by=nurse, expertise=expertise, at=SOON)
    assert not _sees(world.dermatologist, expertise)
    assert fresh(expertise).validate_by is None
    assert fresh(expertise).remind_at is None


def test_a_proposal_sent_back_can_be_handed_back_by_the_clock(world: World) -> None:
    nurse = world.article51()
    expertise, _advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=expertise, at=NOW)
    signing.refuse_validation(by=world.second, expertise=expertise, note="Préciser", at=LATER)
    assert fresh(expertise).hand_back_at > expertise.due_at


# What is drawn on a signed report changes by a correction only


ARROW = {"kind": "arrow", "points": [[100, 100], [200, 200]]}


def _picture(world: World, expertise: Expertise, at: datetime = NOW) -> Document:
    """A photograph that is ready, without its files."""
    return Document.objects.create(
        patient=world.patient,
        wound=world.wound,
        folder=expertise.act.ref,
        client_id=uuid4(),
        content_type="image/jpeg",
        size=1,
        state="ready",
        uploaded_by_label="essai",
        created_at=at,
    )


def test_a_signed_drawing_is_changed_by_an_open_correction_only(world: World) -> None:
    expertise, _advice = world.advised()
    picture = _picture(world, expertise)
    who = {"by": world.dermatologist, "expertise": expertise, "document": picture}
    advising.save_drawing(**who, shapes=[ARROW], at=NOW)
    signing.sign(by=world.dermatologist, expertise=expertise, at=LATER)
    with pytest.raises(NotPossible):
        advising.save_drawing(**who, shapes=[], at=LATER)
    signing.correct(by=world.dermatologist, expertise=expertise, reason="Erreur", at=LATER)
    advising.save_drawing(**who, shapes=[], at=LATER)


def test_a_drawing_does_not_change_while_a_doctor_validates_the_correction(world: World) -> None:
    nurse, expertise = _to_correct(world)
    with pytest.raises(NotPossible):
        advising.save_drawing(
            by=nurse, expertise=expertise, document=_picture(world, expertise), shapes=[ARROW], at=SOON
        )


# A page that stands open adds nothing to a request that has left


def test_complements_of_an_expert_who_left_are_final_when_the_request_leaves_him(world: World) -> None:
    expertise = world.accepted()
    answering.ask_complements(by=world.dermatologist, expertise=expertise, text="Une autre vue ?", at=NOW)
    place = Place(world.patient, expertise.act.ref, world.wound, opened_at=LATER)
    added = _picture(world, expertise, at=LATER)
    Membership.objects.filter(pk=world.dermatologist.pk).update(ends_on=NOW.date())
    overtime.replace_expert(expertise=fresh(expertise), at=SOON)
    with pytest.raises(Refused, match="document_sealed"):
        documents.remove(by=world.nurse.actor, document=added, at=SOON)
    with pytest.raises(Refused, match="document_sealed"):
        documents.restore(by=world.nurse.actor, place=place, document=added, at=SOON)


@pytest.mark.parametrize("given_up", ["discard", "withdraw"])
def test_a_request_given_up_takes_no_more_documents(world: World, given_up: str) -> None:
    if given_up == "discard":
        expertise = world.draft()
        drafts.discard(by=world.nurse, expertise=expertise, at=SOON)
    else:
        expertise = world.accepted()
        answering.ask_complements(by=world.dermatologist, expertise=expertise, text="Une autre vue ?", at=NOW)
        sending.withdraw(by=world.nurse, expertise=expertise, reason="Guérie", at=SOON)
    place = Place(world.patient, expertise.act.ref, world.wound, opened_at=LATER)
    with pytest.raises(Refused, match="document_sealed"):
        documents.restore(by=world.nurse.actor, place=place, document=_picture(world, expertise, at=LATER), at=SOON)


# What is sent is what stands in the database


def test_a_sign_of_alarm_saved_a_moment_before_the_sending_is_not_passed_over(world: World) -> None:
    expertise = world.ready()
    world.answer_form(fresh(expertise), signes="sepsis")  # the page's autosave, after the sending has read the draft
    with pytest.raises(NotReady, match="red_flags_unseen"):
        sending.send(by=world.nurse, expertise=expertise, at=NOW)


def test_a_withdrawn_request_has_no_performer_any_more(world: World) -> None:
    expertise = world.accepted()
    sending.withdraw(by=world.nurse, expertise=expertise, reason="Guérie", at=SOON)
    assert fresh(expertise).act.performer is None
    assert not is_involved(world.dermatologist, fresh(expertise).act, SOON)


# An act opens the photographs of its wound as they were, not all those to come


def test_an_expert_sees_the_earlier_photographs_of_the_wound_and_none_of_a_draft_or_of_later(world: World) -> None:
    def asked(at: datetime, photographed: datetime) -> tuple[Expertise, Document]:
        expertise = world.ready()
        picture = _picture(world, expertise, at=photographed)
        return sending.send(by=world.nurse, expertise=expertise, at=at), picture

    _first, before = asked(NOW, NOW)
    other = factories.dermatologist()
    second = world.ready(to=other)
    own = _picture(world, second, at=LATER)
    sending.send(by=world.nurse, expertise=second, at=LATER)
    drafted = _picture(world, world.draft(), at=NOW)
    _third, later = asked(SOON, SOON)
    assert set(documents_of(other, SOON)) == {before, own}
    assert set(documents_of(world.nurse, SOON)) == {before, own, drafted, later}


# An alert that was read says nothing of the next one


def _autosave(world: World, expertise: Expertise, *signs: str) -> None:
    posted = QueryDict(mutable=True)
    posted.update(WOUND_ANSWERS)
    posted.setlist("signes", signs)
    drafts.save_assessment(by=world.nurse, expertise=fresh(expertise), posted=posted, at=SOON)


def _lacks(world: World, expertise: Expertise) -> bool:
    return "red_flags_unseen" in [one.code for one in sending.problems(world.nurse, fresh(expertise), SOON)]


def test_a_new_red_flag_is_read_even_when_another_one_was(world: World) -> None:
    expertise = world.ready()
    _autosave(world, expertise, "sepsis")
    sending.confirm_red_flags(by=world.nurse, expertise=fresh(expertise), at=SOON)
    assert not _lacks(world, expertise)
    _autosave(world, expertise, "sepsis", "wet_gangrene")
    assert _lacks(world, expertise)
    with pytest.raises(NotReady, match="red_flags_unseen"):
        sending.send(by=world.nurse, expertise=fresh(expertise), at=SOON)
    sending.confirm_red_flags(by=world.nurse, expertise=fresh(expertise), at=SOON)
    sending.send(by=world.nurse, expertise=fresh(expertise), at=SOON)


def test_a_red_flag_that_takes_the_place_of_the_one_read_is_read_too(world: World) -> None:
    expertise = world.ready()
    _autosave(world, expertise, "sepsis")
    sending.confirm_red_flags(by=world.nurse, expertise=fresh(expertise), at=SOON)
    _autosave(world, expertise, "wet_gangrene")
    assert _lacks(world, expertise)


def test_an_alert_that_was_read_stays_read_while_no_flag_is_added(world: World) -> None:
    expertise = world.ready()
    _autosave(world, expertise, "sepsis", "wet_gangrene")
    sending.confirm_red_flags(by=world.nurse, expertise=fresh(expertise), at=SOON)
    _autosave(world, expertise, "sepsis", "wet_gangrene")
    _autosave(world, expertise, "sepsis")
    assert not _lacks(world, expertise)
