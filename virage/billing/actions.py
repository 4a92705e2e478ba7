"""Turn performed acts into lines, once each, and judge the unfinished ones again."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.acts.models import Act
from virage.billing.models import Line, LineState
from virage.billing.record import IDENTIFYING, judged_columns, no_more_needed, payer_columns, with_old_number
from virage.billing.states import VERBS, WORKFLOW
from virage.journal.entries import PLATFORM, Actor, lock_patient, record
from virage.journal.moves import move
from virage.records.actions.patients import forget_nir

logger = logging.getLogger(__name__)
BATCH = 500
Work = Callable[[int, datetime], bool]
RELATED = (
    "patient__residence",
    "requester__user",
    "requester_organisation",
    "performer__user",
    "performer__organisation",
    "project__programme",
)


def bill_performed(*, at: datetime, since: datetime | None = None, limit: int = BATCH) -> int:
    """Write the line of each performed act that has none; how many were written.

    Safe to run twice and by several workers at once: the patient's chain is locked, then the line looked for again.
    An act that cannot be judged is logged and does not hold up the others. `since`: acts performed from then on.
    """
    acts = Act.objects.filter(performed_at__isnull=False, line__isnull=True)
    if since:
        acts = acts.filter(performed_at__gte=since)
    waiting = acts.order_by("performed_at", "pk").values_list("pk", "ref", "patient__ref")[:limit]
    return sum(_guarded(_bill, act, "act %s", ref, patient, at) for act, ref, patient in waiting)


def recheck(*, at: datetime, limit: int = BATCH) -> int:
    """Judge again the lines whose time has come (a record completed later, a number that was lacking)."""
    due = Line.objects.filter(recheck_at__lte=at).order_by("recheck_at")
    waiting = due.values_list("pk", "ref", "act__patient__ref")[:limit]
    return sum(_guarded(_recheck, line, "line %s", ref, patient, at) for line, ref, patient in waiting)


@transaction.atomic
def rejudge(*, line: Line, by: Membership, at: datetime) -> Line:
    """An officer of the region asks for a fresh judgement of a line under which nothing is due yet."""
    require(by, Permission.SEE_REGION_LINES)
    if by.organisation.region != line.region:
        raise Refused("other_region")
    lock_patient(line.act.patient.ref)
    return _judge_again(_line(line.pk), by.actor, at)


def forget_numbers(*, before: datetime, at: datetime, limit: int = BATCH) -> int:
    """Take the patient's number out of the lines that were sent to the payer before that; how many."""
    old = with_old_number(before).order_by("created_at").values_list("pk", "ref", "act__patient__ref")[:limit]
    return sum(_guarded(_forget_number, line, "line %s", ref, patient, at) for line, ref, patient in old)


def forget_requesters_numbers(*, before: datetime, at: datetime, limit: int = BATCH) -> int:
    """Take the number out of the records of the patients for whom it served before that, and serves no more."""
    found = no_more_needed(before).order_by("pk").values_list("pk", "ref", "ref")[:limit]
    return sum(_guarded(forget_nir, patient, "patient %s", ref, ref, at) for patient, ref, _same in found)


def _forget_number(pk: int, at: datetime) -> bool:
    line = _line(pk)
    if "nir" not in line.payer_data:
        return False
    kept = {name: value for name, value in line.payer_data.items() if name not in IDENTIFYING}
    line.payer_data = kept | {"missing": [], "forgotten_on": at.date().isoformat()}
    line.recheck_at = None
    line.save(update_fields=["payer_data", "recheck_at"])
    _note("forget_number", line, PLATFORM, at)
    return True


def _guarded(
    work: Callable[[int, datetime], bool], pk: int, what: str, ref: str, patient_ref: str, at: datetime
) -> int:
    try:
        with transaction.atomic():
            lock_patient(patient_ref)
            return int(work(pk, at))
    except Exception:
        logger.exception("Billing failed for " + what, ref)  # noqa: G003 (a constant, and a reference: no health data)
        return 0


def _bill(pk: int, at: datetime) -> bool:
    if Line.objects.filter(act_id=pk).exists():
        return False
    act = Act.objects.select_related(*RELATED).get(pk=pk)
    line = Line(act=act, created_at=at, **judged_columns(act, created_at=at, at=at))
    line.save(force_insert=True)
    _note("bill", line, PLATFORM, at)
    return True


def _recheck(pk: int, at: datetime) -> bool:
    line = _line(pk)
    if line.recheck_at is None or line.recheck_at > at:
        return False
    _judge_again(line, PLATFORM, at)
    return True


def _line(pk: int) -> Line:
    return Line.objects.select_related(*(f"act__{path}" for path in RELATED)).get(pk=pk)


def _judge_again(line: Line, by: Actor, at: datetime) -> Line:
    """What is due stays due: only what the payer needs is looked up again."""
    if line.state == LineState.DUE:
        columns = payer_columns(line, at)
    else:
        columns = judged_columns(line.act, created_at=line.created_at, at=at)
    state = columns.pop("state", line.state)
    if state != line.state:
        move(
            line,
            VERBS[state],
            workflow=WORKFLOW,
            by=by,
            at=at,
            patient_ref=line.act.patient.ref,
            data={"reasons": columns["reasons"]},
            **columns,
        )
        return line
    changed = line.reasons != columns.get("reasons", line.reasons)
    for name, value in columns.items():
        setattr(line, name, value)
    line.save(update_fields=[*columns])
    if changed:
        _note("rejudge", line, by, at)
    return line


def _note(verb: str, line: Line, by: Actor, at: datetime) -> None:
    record(
        verb,
        by=by,
        at=at,
        subject_kind="line",
        subject_ref=line.ref,
        patient_ref=line.act.patient.ref,
        data={"act": line.act.ref, "state": line.state, "reasons": line.reasons},
    )
