"""What the tests stand on: the session's folder, its PostgreSQL with one template database, and required tools."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from virage.config.postgres import Server, mark

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "template_virage"
WORLD = os.environ.get("VIRAGE_TEST_WORLD", "1") != "0"  # 0: forms only, for a quick run of tests that make their own
PREFIX = "virage-tests-"
FOLDER_VARIABLE = "VIRAGE_TEST_FOLDER"  # set by the first process of the session, inherited by xdist's workers
VARIABLES = [
    "DATABASE_URL",
    "HOST",
    "PORT",
    "PUBLIC_URL",
    "DEMO",
    "DEBUG",
    "DOCUMENTS_DIR",
    "DOCUMENT_KEYS_DIR",
    "EMAIL_URL",
    "EMAIL_FROM",
    "ALLOWED_HOSTS",
    "LANGUAGE_CODE",
    "TRUSTED_PROXIES",
    "WORKER_IN_WEB",
    "DATABASE_TIMEOUTS",
    "RATE_FACTOR",
    "LOG_FORMAT",
    "METRICS_TOKEN",
    "METRICS_NETWORKS",
    "CLAMAV",
]
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "60"}


@dataclass(frozen=True)
class Database:
    """A database of one test: its name, and its address for another process (DATABASE_URL)."""

    name: str
    url: str


def session_folder() -> Path:
    """One folder for the whole session; the database server's user may pass through it."""
    if FOLDER_VARIABLE not in os.environ:
        sweep()
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        (folder / "owner").write_text(mark(os.getpid()))
        folder.chmod(0o711)
        os.environ[FOLDER_VARIABLE] = str(folder)
    return Path(os.environ[FOLDER_VARIABLE])


def sweep() -> None:
    """Stop the servers and remove the folders of sessions that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError, ValueError):
            owner = (folder / "owner").read_text()
            if mark(int(owner.partition(".")[0])) != owner:
                Server(folder / "postgres").stop()
                shutil.rmtree(folder, ignore_errors=True)


def remove_session_folder() -> None:
    server().stop()
    shutil.rmtree(session_folder(), ignore_errors=True)


def server() -> Server:
    """The session's server: whoever comes first starts it, the last to leave stops it."""
    given = os.environ.get("VIRAGE_TEST_PG_BIN")
    return Server(session_folder() / "postgres", bin_dir=Path(given) if given else None, options=FAST)


@contextmanager
def alone(what: str) -> Iterator[None]:
    """One process of the session at a time: a template cannot be cloned while somebody fills or clones it."""
    with (session_folder() / f"{what}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def exists(name: str) -> bool:
    with psycopg.connect(server().url("postgres")) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def clone(name: str, template: str = TEMPLATE) -> Database:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with alone("clone"), psycopg.connect(server().url("postgres"), autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    return Database(name, server().url(name))


def rename(name: str, to: str) -> None:
    with psycopg.connect(server().url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))


def drop(name: str) -> None:
    with psycopg.connect(server().url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def require_tool(*names: str) -> str:
    """The path of the first of these programs. Where it is missing the test is skipped, or fails in CI."""
    for name in names:
        if path := shutil.which(name):
            return path
    return _absent(f"{' or '.join(names)} is not installed")


def require_folder(path: Path) -> Path:
    """A folder of data beside the project (never in CI's duties)."""
    if not path.is_dir():
        pytest.skip(f"no folder {path.name} beside the project")
    return path


def _absent(reason: str) -> str:
    if os.environ.get("VIRAGE_REQUIRE_TOOLS") == "1":
        pytest.fail(f"{reason}, and nothing may be skipped here (VIRAGE_REQUIRE_TOOLS=1)")
    pytest.skip(reason)


@dataclass(frozen=True)
class Site:
    """The platform running as a user has it, on a private clone of the demo world."""

    url: str
    database: Database
    process: subprocess.Popen[str]


@contextmanager
def site(database: Database, port: int = 0) -> Iterator[Site]:
    """`make run` on that database, with its worker; stopped and its words shown when the test has failed."""
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
        port = free.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    env |= {"DATABASE_URL": database.url, "DEMO": "1", "WORKER_IN_WEB": "1", "PORT": str(port)}
    env |= {
        "DJANGO_SETTINGS_MODULE": "virage.config.settings",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONFAULTHANDLER": "1",
    }
    with (session_folder() / f"site-{port}.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "virage.config.run"], cwd=ROOT, env=env, text=True, stdout=log, stderr=log
        )
        try:
            _wait_until_it_answers(process, port, Path(log.name))
            yield Site(f"http://127.0.0.1:{port}", database, process)
        finally:
            process.terminate()
            process.wait(timeout=60)
            sys.stdout.write(Path(log.name).read_text())  # pytest shows it when the test fails


def _wait_until_it_answers(process: subprocess.Popen[str], port: int, log: Path) -> None:
    end = time.monotonic() + 90
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            if "Ctrl-C" in log.read_text():
                return
        if process.poll() is not None or time.monotonic() > end:
            process.send_signal(signal.SIGABRT)  # a process that hangs says where (PYTHONFAULTHANDLER)
            process.wait()
            raise AssertionError(f"the site did not start:\n{log.read_text()}")
        time.sleep(0.1)
