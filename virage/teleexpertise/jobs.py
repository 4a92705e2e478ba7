"""What is done without anybody: reminders, hand-backs, alerts, the PDF of a signed report."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import close_old_connections
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from virage.acts.models import Report
from virage.teleexpertise.access import detailed
from virage.teleexpertise.actions import overtime, papers
from virage.teleexpertise.models import Expertise

logger = logging.getLogger(__name__)

BATCH = 200


@app.periodic(cron="* * * * *")
@app.task(name="teleexpertise.overtime", queueing_lock="teleexpertise.overtime")
def look_at_the_clock(timestamp: int) -> None:
    """Every minute, what is due. Safe to run twice and by two workers at once."""
    close_old_connections()
    run(timezone.now())


def run(at: datetime) -> int:
    """Do all that is due at `at`; returns how many requests were touched."""
    return (
        _each(overtime.without_consent(at), overtime.alert_consent, at)
        + _each(overtime.with_consent_again(at), overtime.resume, at)
        + _each(overtime.after_death(at), overtime.tell_of_death, at)
        + _each(overtime.left_alone(at), overtime.replace_expert, at)
        + _each(overtime.to_hand_back(at), overtime.hand_back, at)
        + _each(overtime.to_remind(at), overtime.remind, at)
    )


def _each(rows: QuerySet[Expertise], verb: Callable[..., bool], at: datetime) -> int:
    """One transaction for each row: one that fails doesn't hold back the others."""
    done = 0
    for expertise in detailed(rows)[:BATCH]:
        try:
            done += verb(expertise=expertise, at=at)
        except Exception:
            logger.exception("téléexpertise %s: %s failed", expertise.act.ref, verb.__name__)
    return done


@app.task(name="teleexpertise.make_report", retry=5)
def make_report(report_id: int) -> None:
    """Keep the PDF of a signed report; until then pages make it on the fly."""
    close_old_connections()
    keep_pdf_of(report_id, timezone.now())


def keep_pdf_of(report_id: int, at: datetime) -> None:
    papers.keep_pdf(report=Report.objects.select_related("act__patient").get(pk=report_id), at=at)
