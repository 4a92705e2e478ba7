"""What all acts have in common."""

from datetime import timedelta

import pytest

from tests.teleexpertise.world import LATER, NOW, World
from virage.accounts.access import Refused
from virage.acts import actions
from virage.acts.access import acts_of
from virage.acts.models import Kind, RecordEntry
from virage.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def test_whoever_takes_part_records_an_incident_and_others_may_not(world: World) -> None:
    act = world.accepted().act
    for who in (world.nurse, world.colleague, world.dermatologist):
        actions.record_incident(by=who, act=act, occurred_at=NOW, description="Coupure du réseau", at=LATER)
    assert act.incidents.count() == 3
    assert Entry.objects.filter(verb="record_incident", subject_ref=act.ref).count() == 3
    with pytest.raises(Refused, match="not_involved"):
        actions.record_incident(by=world.stranger, act=act, occurred_at=NOW, description="Rien", at=LATER)


@pytest.mark.parametrize(
    ("words", "when", "reason"), [("  ", NOW, "text_needed"), ("Coupure", LATER + timedelta(days=1), "in_the_future")]
)
def test_an_incident_has_words_and_happened(world: World, words: str, when: object, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        actions.record_incident(by=world.nurse, act=world.sent().act, occurred_at=when, description=words, at=LATER)  # type: ignore[arg-type]


def test_a_report_is_hashed_and_entered_in_every_file_once_for_each_version(world: World) -> None:
    act = world.answered().act
    first = act.reports.get()
    assert first.content_hash == actions.hash_of(first.content)
    again = actions.write_report(
        act=act, content={"items": []}, signed_by=world.dermatologist, at=LATER, correction_reason="Erreur"
    )
    assert again.version == 2
    entries = RecordEntry.objects.filter(act=act).values_list("report__version", "membership_id")
    assert sorted(entries) == sorted(
        (version, who.pk) for version in (1, 2) for who in (world.nurse, world.dermatologist)
    )


def test_a_follow_up_is_proposed_once(world: World) -> None:
    act = world.answered().act
    rows = {
        actions.follow_up(by=world.dermatologist, act=act, kind=Kind.TELECONSULTATION, reason="", at=LATER).pk
        for _ in range(2)
    }
    assert len(rows) == 1


def test_acts_are_seen_by_the_care_team_and_by_those_they_were_opened_to(world: World) -> None:
    draft, sent = world.draft().act, world.sent().act
    assert set(acts_of(world.nurse, NOW)) == {sent}
    assert set(acts_of(world.dermatologist, NOW)) == {sent}
    assert not acts_of(world.stranger, NOW).exists()
    assert draft.requested_at is None
