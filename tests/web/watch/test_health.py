"""What machines ask: one word, no more; each question has its own answer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from tests import factories
from virage.notifications.models import Message
from virage.web.watch import health

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def documents(settings, tmp_path: Path) -> Path:
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    return settings.DOCUMENTS_DIR


def worker_was_seen(at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def defer(at: datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at) VALUES ('default', 'test', %s)", [at]
        )


def asked(client: Client, name: str) -> tuple[int, str]:
    answer = client.get(reverse(name))
    return answer.status_code, answer.content.decode()


def test_it_lives_without_its_database(client: Client, monkeypatch: pytest.MonkeyPatch, documents: Path) -> None:
    def away(*_: object) -> None:
        raise OperationalError("connection to db.test failed")

    monkeypatch.setattr(connection, "cursor", away)
    assert asked(client, "alive") == (200, "ok\n")
    assert asked(client, "ready") == (503, "not ok\n")
    assert asked(client, "working") == (503, "not ok\n")


def test_it_is_ready_with_its_tables_and_its_folder(client: Client, documents: Path) -> None:
    assert asked(client, "ready") == (200, "ok\n")
    assert list(documents.iterdir()) == [], "the probe leaves nothing"


def test_it_is_not_ready_when_nothing_can_be_kept(client: Client, documents: Path) -> None:
    documents.write_text("a file where the folder should be")
    assert asked(client, "ready") == (503, "not ok\n")


def test_it_is_not_ready_before_its_migrations(client: Client, documents: Path) -> None:
    health._looked_at.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'records'")
    assert asked(client, "ready") == (503, "not ok\n")
    health._looked_at.cache_clear()


def test_nothing_is_sent_there(client: Client) -> None:
    client.force_login(factories.nurse().user)
    assert client.post(reverse("ready")).status_code == 405


def test_work_goes_on_with_a_worker_that_gives_signs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers; DELETE FROM procrastinate_jobs")
    Message.objects.all().delete()
    assert not health.goes_on(AT), "no worker"
    worker_was_seen(AT - timedelta(seconds=20))
    assert health.goes_on(AT)
    assert not health.goes_on(AT + timedelta(minutes=2)), "silent for two minutes"


@pytest.mark.parametrize("late, good", [(timedelta(minutes=5), True), (timedelta(minutes=11), False)])
def test_work_that_waits_for_long_is_told(late: timedelta, good: bool) -> None:
    Message.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    worker_was_seen(AT)
    defer(AT + timedelta(days=1))  # not due
    defer(AT - late)
    assert health.goes_on(AT) is good


@pytest.mark.parametrize("late, good", [(timedelta(minutes=14), True), (timedelta(minutes=16), False)])
def test_a_message_that_waits_for_long_is_told(late: timedelta, good: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    Message.objects.all().delete()
    worker_was_seen(AT)
    Message.objects.create(
        once="a", template="x", address="x@essai.invalid", language="fr", created_at=AT, due_at=AT - late
    )
    assert health.goes_on(AT) is good
