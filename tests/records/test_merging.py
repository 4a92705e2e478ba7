"""Nothing that points to a patient is forgotten, in whatever package; two who merge or sign at one moment."""

import threading
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connections, models

from tests import factories
from tests.factories import NOW
from tests.records.test_patients import TRAITS
from tests.teleexpertise.signed import signed
from tests.teleexpertise.world import World
from virage.accounts.access import Refused
from virage.acts.models import Act
from virage.journal.moves import Overtaken
from virage.journal.verify import faults
from virage.kernel.workflow import NotPossible
from virage.records.actions import duplicates as actions
from virage.records.actions.merging import OWN, count, holders, move_all, move_back
from virage.records.actions.patients import create_patient
from virage.records.actions.wounds import add_wound
from virage.records.models import CareTeamMember, Duplicate, Patient
from virage.teleexpertise.actions import signing

LATER = NOW + timedelta(days=1)


def test_every_foreign_key_to_a_patient_is_moved_or_is_of_the_merge_itself():
    pointing = {
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Patient
    }
    moved = {(model._meta.label, model._meta.get_field(column).name) for model, column in holders()}
    assert pointing == moved | OWN
    assert ("acts.Act", "patient") in moved


def test_a_unique_row_that_the_survivor_has_already_stays_behind(db, monkeypatch):
    """Any table's constraint that the two records' rows would break together."""
    by = factories.nurse()
    kept, gone = (factories.patient(cared_by=by.organisation) for _one in range(2))
    monkeypatch.setattr("virage.records.actions.merging._tell_wounds_apart", lambda *_rows: ())
    mine, theirs, free = (
        factories.wound(kept, name="A"),
        factories.wound(gone, name="A"),
        factories.wound(gone, name="B"),
    )
    manifest = move_all(gone, kept, at=NOW)
    assert {"table": "records.Wound", "column": "patient_id", "rows": [theirs.pk]} in manifest["left"]
    for row, patient in ((mine, kept), (theirs, gone), (free, kept)):
        row.refresh_from_db()
        assert row.patient == patient
    move_back(manifest, gone, kept)
    assert count(gone) == {"records.Wound": 2, "records.CareTeamMember": 1}


@pytest.fixture
def world(db) -> World:
    return World()


def second(world: World) -> Patient:
    """Another record of the same patient, open to the same people."""
    found = world.patient
    other = factories.patient(birth_name=found.birth_name, first_names=found.first_names, birth_date=found.birth_date)
    for row in CareTeamMember.objects.filter(patient=found, scope=""):
        row.pk, row.patient = None, other
        row.save()
    return other


def test_a_signed_act_goes_with_its_patient_and_comes_back(world):
    report = signed(world)
    gone, kept = world.patient, second(world)
    before = {
        model: set(model._base_manager.filter(**{column: gone.pk}).values_list("pk", flat=True))
        for model, column in holders()
    }
    assert before[Act]
    manifest = move_all(gone, kept, at=LATER)
    assert count(gone) == {}
    report.refresh_from_db()
    assert Act.objects.get(pk=report.act_id).patient == kept
    assert report.content["patient"]["ref"] == gone.ref  # what was signed stays as it was signed
    move_back(manifest, gone, kept)
    after = {
        model: set(model._base_manager.filter(**{column: gone.pk}).values_list("pk", flat=True))
        for model, column in holders()
    }
    assert after == before


def at_once(*steps):
    """Each step in a thread of its own, at one moment; what each raised."""
    raised: list[Exception | None] = [None] * len(steps)
    ready = threading.Barrier(len(steps))

    def run(place, step):
        try:
            ready.wait()
            step()
        except (Overtaken, NotPossible, Refused) as error:
            raised[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, step)) for place, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def prepared():
    nurse = factories.nurse()
    doctors = [factories.doctor(organisation_=nurse.organisation) for _one in range(2)]
    pair = [factories.patient(cared_by=nurse.organisation) for _one in range(3)]
    case = actions.point_out(by=nurse, patient=pair[0], other=pair[1], at=NOW)
    actions.propose_merge(by=nurse, case=case, kept=pair[0], reason="Même personne.", at=NOW)
    return nurse, doctors, pair, case


def test_two_who_open_a_record_of_one_person_at_one_moment_are_found(own_database):
    nurses = [factories.nurse() for _one in range(4)]
    raised = at_once(*(lambda by=by: create_patient(by=by, traits=TRAITS, at=NOW) for by in nurses))
    assert raised == [None] * 4
    assert Duplicate.objects.filter(one__birth_name=TRAITS["birth_name"]).count() == 6  # each pair of the four


def test_of_two_who_confirm_at_one_moment_one_is_told(own_database):
    _nurse, doctors, pair, case = prepared()
    raised = at_once(
        *(lambda by=by: actions.merge(by=by, case=Duplicate.objects.get(pk=case.pk), at=LATER) for by in doctors)
    )
    assert sorted(error is None for error in raised) == [False, True]
    assert Patient.objects.get(pk=pair[1].pk).merged_into_id == pair[0].pk
    assert list(faults()) == []


def test_two_merges_that_cross_leave_no_circle(own_database):
    """A into B while B goes into C: whatever comes first, one survivor of each, and everything at the survivors."""
    nurse, doctors, (a, b, c), first = prepared()
    second_case = actions.point_out(by=nurse, patient=a, other=c, at=NOW)
    actions.propose_merge(by=nurse, case=second_case, kept=c, reason="Même personne.", at=NOW)
    at_once(
        lambda: actions.merge(by=doctors[0], case=Duplicate.objects.get(pk=first.pk), at=LATER),
        lambda: actions.merge(by=doctors[1], case=Duplicate.objects.get(pk=second_case.pk), at=LATER),
    )
    rows = Patient.objects.filter(pk__in=[a.pk, b.pk, c.pk])
    assert any(row.merged_into_id is None for row in rows)
    for row in rows:
        if row.merged_into_id:
            assert count(row) == {}
    assert list(faults()) == []


def test_what_is_written_while_the_record_is_merged_is_at_the_survivor_or_is_told(own_database):
    for number in range(5):
        nurse, doctors, (kept, gone, _third), case = prepared()
        name = f"Pendant {number}"
        raised = at_once(
            lambda by=doctors[0], case=case: actions.merge(by=by, case=Duplicate.objects.get(pk=case.pk), at=LATER),
            lambda by=nurse, patient=gone, name=name: add_wound(
                by=by, patient=patient, name=name, site="sacrum", view="back", x=1, y=1, at=LATER
            ),
        )
        assert raised[0] is None
        assert count(Patient.objects.get(pk=gone.pk)) == {}
        assert kept.wounds.filter(name=name).exists() is (raised[1] is None)
    assert list(faults()) == []


def test_an_act_that_is_signed_while_its_record_is_merged(own_database):
    world = World()
    gone, kept = world.patient, second(world)
    case = actions.point_out(by=world.nurse, patient=gone, other=kept, at=NOW)
    actions.propose_merge(by=world.nurse, case=case, kept=kept, reason="Même personne.", at=NOW)
    expertise, _advice = world.advised()
    raised = at_once(
        lambda: actions.merge(by=world.doctor, case=Duplicate.objects.get(pk=case.pk), at=LATER),
        lambda: signing.sign(by=world.dermatologist, expertise=expertise, at=LATER),
    )
    assert raised[0] is None
    assert count(Patient.objects.get(pk=gone.pk)) == {}
    act = Act.objects.get(pk=expertise.act_id)
    assert act.patient == kept
    assert (act.performed_at is not None) is (raised[1] is None)
    assert list(faults()) == []
