"""Apply the rules of retention, one after the other, and note what each let go."""

import logging
from datetime import UTC, datetime, timedelta

from django.db import transaction

from virage.journal.entries import PLATFORM, record
from virage.privacy.models import Run
from virage.privacy.record import RULES, Rule, limit

logger = logging.getLogger(__name__)

HOUR, MINUTE = 3, 53  # UTC, each night


def apply_all(*, at: datetime) -> list[Run]:
    """Apply every rule, until nothing of it is left; what each did. One that fails does not hold up the others."""
    return [_apply(rule, at) for rule in RULES if rule.apply is not None]


def _apply(rule: Rule, at: datetime) -> Run:
    before, count, failed = limit(rule, at), 0, False
    assert rule.apply is not None
    try:
        while done := rule.apply(before, at):
            count += done
    except Exception:
        logger.exception("%s could not be applied", rule.name)
        failed = True
    return _noted(rule, before, count, failed, at)


@transaction.atomic
def _noted(rule: Rule, before: datetime, count: int, failed: bool, at: datetime) -> Run:
    run = Run.objects.create(rule=rule.name, before=before, count=count, failed=failed, created_at=at)
    if count or failed:
        data = {"rule": rule.name, "count": count, "failed": failed}
        record("apply_retention", by=PLATFORM, at=at, subject_kind="retention", subject_ref=run.ref, data=data)
    return run


def next_run(at: datetime) -> datetime:
    """When the job applies them next."""
    today = at.astimezone(UTC).replace(hour=HOUR, minute=MINUTE, second=0, microsecond=0)
    return today if today > at else today + timedelta(days=1)
