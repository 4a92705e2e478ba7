"""The jobs by which lines come, by the names that others defer them by."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from tests.billing.performed import complete_record, performed_act
from virage.acts.models import Act
from virage.billing import jobs
from virage.billing.models import Line

pytestmark = pytest.mark.django_db


def test_the_names_are_those_that_others_defer() -> None:
    app.perform_import_paths()
    assert {"billing.bill_performed", "billing.sweep", "billing.sweep_all"} <= set(app.tasks)


def test_two_signatures_in_one_minute_may_both_ask() -> None:
    for _signature in range(2):
        app.configure_task("billing.bill_performed").defer()


def test_a_fresh_act_is_billed_by_either_job() -> None:
    act = performed_act(at=timezone.now() - timedelta(minutes=1))
    jobs.bill_performed()
    jobs.sweep(0)
    assert Line.objects.get(act=act).state == "due"


def test_an_old_act_waits_for_the_night() -> None:
    act = performed_act(at=timezone.now() - timedelta(days=40))
    jobs.sweep(0)
    assert not Line.objects.filter(act=act).exists()
    jobs.sweep_all(0)
    assert Line.objects.filter(act=act).exists()


def test_the_sweep_judges_again_what_was_completed() -> None:
    act = performed_act(at=timezone.now() - timedelta(hours=1), complete=False)
    jobs.bill_performed()
    complete_record(Act.objects.get(pk=act.pk))
    Line.objects.filter(act=act).update(recheck_at=timezone.now() - timedelta(seconds=1))
    jobs.sweep(0)
    assert Line.objects.get(act=act).state == "due"
