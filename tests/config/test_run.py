"""`make run` as a user has it: one process, started, used, interrupted, killed, started again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.urls import reverse

from virage.config import addresses

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90  # seconds, for two busy cores


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="virage-run-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def environment(place: Path, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(place / "data"),
        "PORT": str(port),
        "DEMO": "0",  # the world is tried elsewhere; here it would cost its building at each test
        "WORKER_IN_WEB": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def launch(place: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "virage.config.run"], cwd=ROOT, env=environment(place, port), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{reverse('account_login')}", timeout=30) as response:
            return response.status == 200
    except OSError:
        return False


@contextmanager
def running(place: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = launch(place, port)
    try:
        end = time.monotonic() + PATIENCE
        while not answers(port):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < end, "no answer"
            time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def servers(place: Path) -> list[int]:
    """Database servers on this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"/postgres") and os.fsencode(place) in b" ".join(words):
            found.append(int(entry.parent.name))
    return found


def database_url(place: Path) -> str:
    return addresses.socket_url(addresses.socket_folder(addresses.postgres_home(place / "data")))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_of_it_and_the_next_start_finds_everything(place: Path, port: int, number: int) -> None:
    with running(place, port) as process:
        with psycopg.connect(database_url(place)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        process.send_signal(number)
        output = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 0, output
    assert f"http://127.0.0.1:{port}" in output
    assert servers(place) == []
    assert not answers(port)
    with running(place, port), psycopg.connect(database_url(place)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)
    assert servers(place) == []


def test_after_a_kill_the_next_start_takes_over(place: Path, port: int) -> None:
    with running(place, port) as process:
        process.kill()
        process.wait()
        assert servers(place) != [], "the database outlives its owner"
    with running(place, port):
        pass
    assert servers(place) == []


def test_a_signal_while_it_starts_leaves_nothing_running(place: Path, port: int) -> None:
    process = launch(place, port)
    end = time.monotonic() + PATIENCE
    while not (place / "data" / "postgres" / "started").exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert servers(place) == []


def test_a_busy_port_is_said_with_another_to_take(place: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        process = launch(place, taken)
        output = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 2
    assert f"127.0.0.1:{taken}" in output
    assert "PORT=" in output
    assert not (place / "data" / "postgres").exists(), "nothing was started"


def test_wrong_settings_are_said_without_a_traceback(place: Path, port: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "virage.config.run"], cwd=ROOT, text=True, capture_output=True, check=False,
        env=environment(place, port) | {"PORT": "eight", "LANGUAGE_CODE": "xx"},
    )  # fmt: skip
    assert done.returncode == 2
    assert "PORT" in done.stderr
    assert "LANGUAGE_CODE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_joins_the_database_and_the_worker_does_its_job(place: Path, port: int) -> None:
    code = "from procrastinate.contrib.django import app; app.configure_task('ui.forget_done').defer(timestamp=0)"
    with running(place, port):
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", code], cwd=ROOT, text=True,
            env=environment(place, port), capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        status, end = None, time.monotonic() + PATIENCE
        while status != ("succeeded",):
            assert time.monotonic() < end, status
            time.sleep(0.1)
            with psycopg.connect(database_url(place)) as connection:
                status = connection.execute(
                    "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'ui.forget_done' LIMIT 1"
                ).fetchone()
    assert servers(place) == []


def test_a_command_alone_finds_its_tables_made_and_leaves_no_server(place: Path, port: int) -> None:
    code = "from django.contrib.auth import get_user_model as g; print('users', g().objects.count())"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code], cwd=ROOT, text=True,
        env=environment(place, port), capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "users 0" in done.stdout
    assert servers(place) == []
