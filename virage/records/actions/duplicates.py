"""Two records about one person: suspected at entry, proposed by one person, merged by another, undone.

Both chains of the journal say it. The record that does not stay is closed: its chain goes on in the survivor's, so
that whoever acts on it at that moment is told (`journal.refusals.Moved`), and its address leads to the survivor.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.entries import lock_patient, move_chain, record
from virage.journal.models import Entry
from virage.journal.moves import Overtaken, move
from virage.kernel.workflow import NotPossible
from virage.records.access import identities_of, require_identity, require_lasting_care
from virage.records.actions.merging import move_all, move_back
from virage.records.models import Duplicate, DuplicateState, Likeness, Patient
from virage.records.reports.duplicates import among
from virage.records.rules.duplicates import STRONG
from virage.records.rules.identity import Traits
from virage.records.states import DUPLICATE

MOST_SUSPECTED = 20  # of one entry: more would be a list, not a doubt
MOST_ASKED = ((timedelta(hours=1), 20), (timedelta(days=1), 60))  # of one person (project default)


def suspect(*, patient: Patient, at: datetime) -> None:
    """Put on the list the records that are very likely about the same person, whoever may see them. Two who open
    records of one person at one moment wait here for one another, so that the latter sees the former's."""
    _wait_for_twins(patient)
    everyone = Patient.objects.filter(merged_into__isnull=True)
    found = [twin for twin in among(everyone, patient.traits, but=patient) if twin.why in STRONG]
    for twin in found[:MOST_SUSPECTED]:
        _pair(patient, twin.patient, why=twin.why, at=at)


def _wait_for_twins(patient: Patient) -> None:
    """Locks until the end of the transaction, on what strong likenesses have in common, always in one order. Taken
    after the patient's chain, and nothing is locked after them."""
    keys = [f"twin:{patient.birth_date}"] + ([f"twin:{patient.ins}"] if patient.ins else [])
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


@transaction.atomic
def known_elsewhere(*, by: Membership, traits: Traits, at: datetime) -> bool:
    """Whether a record that this person may not see is very likely about the same person. Nothing more is said; each
    question is counted, and past `MOST_ASKED` the answer is always no, so that the form cannot be used to fish. The
    record that was found keeps who was told."""
    require(by, Permission.EDIT_PATIENTS)
    asker = by.user.ref
    record("seek_twin", by=by.actor, at=at, subject_kind="user", subject_ref=asker)
    asked = Entry.objects.filter(verb="seek_twin", subject_kind="user", subject_ref=asker)
    if any(asked.filter(at__gt=at - span).count() > most for span, most in MOST_ASKED):
        return False
    closed = Patient.objects.filter(merged_into__isnull=True).exclude(pk__in=identities_of(by, at).values("pk"))
    found = [twin.patient for twin in among(closed, traits) if twin.why in STRONG][:MOST_SUSPECTED]
    for patient in sorted(found, key=lambda row: row.ref):  # chains are locked in one order, as in `_lock`
        _note("tell_twin", patient, by=by, at=at)
    return bool(found)


@transaction.atomic
def point_out(*, by: Membership, patient: Patient, other: Patient, at: datetime) -> Duplicate:
    """Put a pair on the list by hand, to compare the two; a pair that is there already stays as it is."""
    require(by, Permission.EDIT_PATIENTS)
    _check_both(by, (patient, other), at=at)
    if patient.pk == other.pk:
        raise Refused("same_record")
    _lock(patient, other)
    case, created = _pair(patient, other, why=Likeness.BY_HAND, at=at)
    if created:
        for row in case.patients:
            _note("point_out", row, by=by, at=at)
    return case


@transaction.atomic
def propose_merge(*, by: Membership, case: Duplicate, kept: Patient, reason: str, at: datetime) -> Duplicate:
    """Say that two records are about one person, why, and which one stays."""
    require(by, Permission.EDIT_PATIENTS)
    _check(by, case, "propose_merge", at=at)
    if kept.pk not in (case.one_id, case.other_id):
        raise ValueError("one of the two stays")
    if not reason.strip():
        raise Refused("text_needed")
    facts = {"kept": kept, "reason": reason.strip(), "proposed_by": by, "proposed_at": at}
    _step("propose_merge", case, by=by, at=at, **facts, decided_by=None, decided_at=None)
    return case


@transaction.atomic
def withdraw_proposal(*, by: Membership, case: Duplicate, at: datetime) -> None:
    """The one who proposed it, or one who may merge, takes the proposal back."""
    if case.proposed_by is None or case.proposed_by.user_id != by.user_id:
        require(by, Permission.MERGE_PATIENTS)
    _check(by, case, "withdraw_proposal", at=at)
    _step("withdraw_proposal", case, by=by, at=at)


@transaction.atomic
def set_aside(*, by: Membership, case: Duplicate, at: datetime) -> None:
    """They are two persons: the pair leaves the list. It may be proposed again."""
    require(by, Permission.MERGE_PATIENTS)
    _check(by, case, "set_aside", at=at)
    _step("set_aside", case, by=by, at=at, decided_by=by, decided_at=at)


@transaction.atomic
def merge(*, by: Membership, case: Duplicate, at: datetime) -> Duplicate:
    """Another person than the one who proposed it confirms: everything of the one record goes to the other."""
    require(by, Permission.MERGE_PATIENTS)
    if case.proposed_by is not None and case.proposed_by.user_id == by.user_id:
        raise Refused("merge_needs_another")
    _check(by, case, "merge", at=at)
    gone, kept = _fresh(case)
    _step("merge", case, by=by, at=at, decided_by=by, decided_at=at)
    manifest = move_all(gone, kept, at=at)
    Duplicate.objects.filter(pk=case.pk).update(manifest=manifest)
    Patient.objects.filter(pk=gone.pk).update(merged_into=kept)
    move_chain(gone.ref, to=kept.ref)
    case.manifest = manifest
    return case


@transaction.atomic
def undo_merge(*, by: Membership, case: Duplicate, at: datetime) -> Duplicate:
    """Bring the record back with what was its own; what came since stays with the survivor. Refused while the
    survivor itself is merged into a third: that merge is undone first."""
    require(by, Permission.MERGE_PATIENTS)
    _still(case, "undo_merge")
    kept, gone = case.kept, case.gone
    if kept is None or gone is None:
        raise NotPossible(DUPLICATE.name, case.state, "undo_merge")
    if Patient.objects.filter(pk=kept.pk, merged_into__isnull=False).exists():
        raise Refused("merged_since")
    require_identity(by, kept, at=at)
    _lock(gone, kept)
    case.manifest = Duplicate.objects.values_list("manifest", flat=True).get(pk=case.pk)
    _step("undo_merge", case, by=by, at=at)
    move_back(case.manifest, gone, kept)
    Patient.objects.filter(pk=gone.pk).update(merged_into=None)
    move_chain(gone.ref, to="")
    return case


def _pair(patient: Patient, other: Patient, *, why: str, at: datetime) -> tuple[Duplicate, bool]:
    one, two = sorted((patient, other), key=lambda row: row.pk)
    return Duplicate.objects.get_or_create(one=one, other=two, defaults={"why": why, "created_at": at})


def _check(by: Membership, case: Duplicate, verb: str, *, at: datetime) -> None:
    """Both records open to this person, both locked, and the pair still as it was seen."""
    _still(case, verb)
    _check_both(by, case.patients, at=at)
    _lock(*case.patients)


def _still(case: Duplicate, verb: str) -> None:
    state = Duplicate.objects.values_list("state", flat=True).get(pk=case.pk)
    if state != case.state:
        raise Overtaken(verb, state)


def _check_both(by: Membership, patients: tuple[Patient, Patient], *, at: datetime) -> None:
    """Both open to this person, and not by an emergency alone: a merge opens each to who cares for the other."""
    for patient in patients:
        require_identity(by, patient, at=at)
        require_lasting_care(by, patient, at=at)


def _lock(*patients: Patient) -> None:
    """Both chains, always in one order: two merges of the same records wait for one another. That of a merged record
    may be taken: its undoing needs it."""
    for ref in sorted(patient.ref for patient in patients):
        lock_patient(ref, moved_too=True)


def _fresh(case: Duplicate) -> tuple[Patient, Patient]:
    """The one that goes and the one that stays, as they are now; one that was merged meanwhile cannot be again."""
    rows = {row.pk: row for row in Patient.objects.filter(pk__in=(case.one_id, case.other_id))}
    if case.kept_id is None or any(row.merged_into_id for row in rows.values()):
        raise Overtaken("merge", DuplicateState.MERGED)
    gone = case.other_id if case.kept_id == case.one_id else case.one_id
    return rows[gone], rows[case.kept_id]


def _step(verb: str, case: Duplicate, *, by: Membership, at: datetime, **changes: Any) -> None:
    """Move the pair's state on the survivor's chain, or the older record's; say it on the other's chain too."""
    first = case.kept or changes.get("kept") or case.one
    second = case.other if first.pk == case.one_id else case.one
    data = {"one": case.one.ref, "other": case.other.ref}
    move(case, verb, workflow=DUPLICATE, by=by.actor, at=at, patient_ref=first.ref, data=data, **changes)
    record(
        verb,
        by=by.actor,
        at=at,
        subject_kind="duplicate",
        subject_ref=case.ref,
        patient_ref=second.ref,
        data=data | {"to": case.state},
        moved_too=True,
    )


def _note(verb: str, patient: Patient, *, by: Membership, at: datetime) -> None:
    record(verb, by=by.actor, at=at, subject_kind="patient", subject_ref=patient.ref, patient_ref=patient.ref)
