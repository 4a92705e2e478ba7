"""Move everything that points to one patient to another, and back: whatever package it belongs to.

The foreign keys are asked of Django, so that a table added above this package is not forgotten. What may not stand
twice at one patient is told apart first (names of wounds, parties of the care team); any other row that a constraint
of its table refuses at the survivor stays where it is, and the manifest says so.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from virage.records.models import CareTeamMember, Patient, Wound

OWN = {("records.Patient", "merged_into")} | {("records.Duplicate", name) for name in ("one", "other", "kept")}
"""Keys that say which records were merged: they stay."""

Manifest = dict[str, Any]


def holders() -> Iterator[tuple[type[models.Model], str]]:
    """Every table and column that points to a patient, but those of the merge itself."""
    for relation in Patient._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            model, column = relation.related_model, relation.field.attname
            if (model._meta.label, relation.field.name) not in OWN:
                yield model, column


def move_all(gone: Patient, kept: Patient, *, at: datetime) -> Manifest:
    """Point everything to `kept`. The caller holds both locks."""
    changes = [*_tell_wounds_apart(gone, kept), *_end_double_access(gone, kept, at)]
    moved, left = [], []
    for model, column in holders():
        rows = model._base_manager.filter(**{column: gone.pk})
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        stay = _point(model, column, keys, kept)
        there = {"table": model._meta.label, "column": column}
        moved += [there | {"rows": [key for key in keys if key not in stay]}] if len(stay) < len(keys) else []
        left += [there | {"rows": stay}] if stay else []
    return {"moved": moved, "left": left, "changes": changes}


def move_back(manifest: Manifest, gone: Patient, kept: Patient) -> None:
    """What was moved points to `gone` again, and what was changed is as before, where nobody changed it since."""
    for part in manifest["moved"]:
        rows = apps.get_model(part["table"])._base_manager.filter(pk__in=part["rows"], **{part["column"]: kept.pk})
        rows.update(**{part["column"]: gone.pk})
    for change in manifest["changes"]:
        name = change["column"]
        rows = apps.get_model(change["table"])._base_manager.filter(pk=change["row"], **{name: change["to"]})
        rows.update(**{name: change["from"]})


def count(patient: Patient) -> dict[str, int]:
    """How many rows of each table point to a patient, by label of the table; those with none left out."""
    found: dict[str, int] = {}
    for model, column in holders():
        if number := model._base_manager.filter(**{column: patient.pk}).count():
            found[model._meta.label] = found.get(model._meta.label, 0) + number
    return found


def _point(model: type[models.Model], column: str, keys: list[Any], kept: Patient) -> list[Any]:
    """Point these rows to `kept`; the keys of those that may not stand there."""
    if _fits(model, column, keys, kept):
        return []
    return [key for key in keys if not _fits(model, column, [key], kept)]


def _fits(model: type[models.Model], column: str, keys: list[Any], kept: Patient) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=keys).update(**{column: kept.pk})
    except IntegrityError:
        return False
    return True


def _tell_wounds_apart(gone: Patient, kept: Patient) -> Iterator[Manifest]:
    """Two wounds of one name become "Escarre" and "Escarre (2)"."""
    taken = set(kept.wounds.values_list("name", flat=True)) | set(gone.wounds.values_list("name", flat=True))
    for wound in gone.wounds.filter(name__in=kept.wounds.values("name")):
        number = 2
        while (name := f"{wound.name[:90]} ({number})") in taken:
            number += 1
        taken.add(name)
        Wound.objects.filter(pk=wound.pk).update(name=name)
        yield _change(wound, "name", wound.name, name)


def _end_double_access(gone: Patient, kept: Patient, at: datetime) -> Iterator[Manifest]:
    """A party that has both records open keeps one row: two would never be closed together."""
    held = {_party(row) for row in CareTeamMember.objects.filter(patient=kept, ends_at__isnull=True)}
    for row in CareTeamMember.objects.filter(patient=gone, ends_at__isnull=True, starts_at__lte=at):
        if _party(row) in held:
            CareTeamMember.objects.filter(pk=row.pk).update(ends_at=at)
            yield _change(row, "ends_at", None, at.isoformat())


def _party(row: CareTeamMember) -> tuple[Any, ...]:
    return row.user_id, row.team_id, row.organisation_id, row.scope


def _change(row: models.Model, column: str, before: Any, after: Any) -> Manifest:
    return {"table": row._meta.label, "row": row.pk, "column": column, "from": before, "to": after}
