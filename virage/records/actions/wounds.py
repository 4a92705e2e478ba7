"""Name a wound and place it on the body; correct that; note that it has healed, or opened again."""

from datetime import date, datetime

from django.db import transaction

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.entries import lock_patient, record
from virage.journal.moves import Overtaken
from virage.records.access import require_care
from virage.records.models import Patient, Wound

NAME_TAKEN = "wound_name_taken"


@transaction.atomic
def add_wound(
    *,
    by: Membership,
    patient: Patient,
    name: str,
    site: str,
    view: str,
    x: int,
    y: int,
    onset: date | None = None,
    at: datetime,
) -> Wound:
    """`x`, `y`: thousandths of the drawing. Refused when the patient has a wound of that name."""
    _check(by, patient, at=at)
    _check_name(patient, name)
    wound = Wound.objects.create(
        patient=patient, name=name, site=site, view=view, x=x, y=y, onset=onset, created_at=at
    )
    _note("add_wound", wound, by=by, at=at)
    return wound


@transaction.atomic
def edit_wound(
    *,
    by: Membership,
    wound: Wound,
    name: str,
    site: str,
    view: str,
    x: int,
    y: int,
    onset: date | None = None,
    revision: int | None = None,
    at: datetime,
) -> Wound:
    """Correct a wound's name, place or first day; nothing is written when nothing changed. `Overtaken` when the row
    is no longer of the `revision` that the user saw."""
    _check(by, wound.patient, at=at)
    if revision is not None and not Wound.objects.filter(pk=wound.pk, revision=revision).exists():
        raise Overtaken("edit_wound", "changed")
    _check_name(wound.patient, name, but=wound)
    values = {"name": name, "site": site, "view": view, "x": x, "y": y, "onset": onset}
    changed = sorted(key for key, value in values.items() if getattr(wound, key) != value)
    if changed:
        for key in changed:
            setattr(wound, key, values[key])
        wound.revision += 1
        wound.save(update_fields=[*changed, "revision"])
        _note("edit_wound", wound, by=by, at=at, data={"changed": changed})
    return wound


@transaction.atomic
def mark_healed(*, by: Membership, wound: Wound, on: date, at: datetime) -> Wound:
    """The wound has healed on that day. Noting it twice changes nothing."""
    _check(by, wound.patient, at=at)
    if Wound.objects.filter(pk=wound.pk, healed_on__isnull=True).update(healed_on=on):
        _note("heal_wound", wound, by=by, at=at)
        wound.healed_on = on
    return wound


@transaction.atomic
def reopen(*, by: Membership, wound: Wound, at: datetime) -> Wound:
    """It was noted as healed by mistake, or opened again."""
    _check(by, wound.patient, at=at)
    if Wound.objects.filter(pk=wound.pk, healed_on__isnull=False).update(healed_on=None):
        _note("reopen_wound", wound, by=by, at=at)
        wound.healed_on = None
    return wound


def _check(by: Membership, patient: Patient, *, at: datetime) -> None:
    """Wounds are named by those who may ask about them: not by a secretary."""
    require(by, Permission.PREPARE_REQUEST)
    require_care(by, patient, at=at)
    lock_patient(patient.ref)


def _check_name(patient: Patient, name: str, but: Wound | None = None) -> None:
    if patient.wounds.filter(name=name).exclude(pk=but.pk if but else None).exists():
        raise Refused(NAME_TAKEN)


def _note(verb: str, wound: Wound, *, by: Membership, at: datetime, data: dict[str, list[str]] | None = None) -> None:
    record(
        verb,
        by=by.actor,
        at=at,
        subject_kind="wound",
        subject_ref=wound.ref,
        patient_ref=wound.patient.ref,
        data=data,
    )
