"""`move` is the only writer of a state: a conditional UPDATE and its entry, in one transaction."""

from datetime import datetime
from typing import Any

from django.db import models, transaction

from virage.journal.entries import Actor, record
from virage.journal.refusals import Overtaken
from virage.kernel.workflow import Workflow

__all__ = ["Overtaken", "move"]


@transaction.atomic
def move(
    row: models.Model,
    verb: str,
    *,
    workflow: Workflow,
    by: Actor,
    at: datetime,
    patient_ref: str = "",
    data: dict[str, Any] | None = None,
    field: str = "state",
    **changes: Any,
) -> None:
    """Take `row` through `verb`, with `changes` to other columns, or raise `NotPossible` or `Overtaken`.

    `row.state` (or the column named by `field`) is the state that the caller saw; it is written only if the database
    still holds it.
    """
    seen: str = getattr(row, field)
    target = workflow.next(seen, verb)
    manager = type(row)._default_manager
    if not manager.filter(**{"pk": row.pk, field: seen}).update(**{field: target}, **changes):
        raise Overtaken(verb, manager.values_list(field, flat=True).get(pk=row.pk))
    for name, value in {field: target, **changes}.items():
        setattr(row, name, value)
    record(
        verb,
        by=by,
        at=at,
        subject_kind=row._meta.model_name or "",
        subject_ref=row.ref,
        patient_ref=patient_ref,
        data={"from": seen, "to": target} | (data or {}),
    )
