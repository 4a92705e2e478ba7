"""What a killed worker had in hand is done by the next one."""

import asyncio
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from tests import ground
from virage.ui.models import Submission


def _work() -> None:
    """A worker on the test's database, until the queue is empty."""

    async def run() -> None:
        worker_app = app.with_connector(app.connector.get_worker_connector())
        async with worker_app.open_async():
            await worker_app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    asyncio.run(run())


def _statuses(task: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [task])
        return [row[0] for row in cursor.fetchall()]


def test_a_job_whose_worker_died_goes_back_to_the_queue_and_is_done(own_database: ground.Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        app.configure_task("ui.forget_done").defer(timestamp=0)
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = 'ui.forget_done'")
    app.configure_task("ui.take_up_stalled").defer(timestamp=0)
    _work()
    _work()
    assert _statuses("ui.forget_done") == ["succeeded"]


def test_a_job_in_the_hands_of_a_living_worker_is_left_to_it(own_database: ground.Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        app.configure_task("ui.forget_done").defer(timestamp=0)
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE task_name = 'ui.forget_done'",
            cursor.fetchone(),
        )
    app.configure_task("ui.take_up_stalled").defer(timestamp=0)
    _work()
    assert _statuses("ui.forget_done") == ["doing"]


def test_keys_of_forms_are_forgotten_after_two_days(own_database: ground.Database) -> None:
    now = timezone.now()
    for key, age in (("old", timedelta(days=2, minutes=1)), ("young", timedelta(days=2) - timedelta(minutes=1))):
        Submission.objects.create(key=key, user_id=1, created_at=now - age)
    app.configure_task("ui.forget_submissions").defer(timestamp=0)
    _work()
    assert _statuses("ui.forget_submissions") == ["succeeded"]
    assert list(Submission.objects.filter(user_id=1, key__in=["old", "young"]).values_list("key", flat=True)) == [
        "young"
    ]


def test_every_night_somebody_forgets_them() -> None:
    assert "ui.forget_submissions" in {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
