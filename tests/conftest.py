"""Fixtures of every test: a database with the demo world, cloned per worker; a private clone for real commits."""

import os
import secrets
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command, get_commands
from django.db import connections, transaction
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from tests import ground

CHROMIUM = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
NO_FLUSH = (
    "A flush would empty the demo world for every later test. Take the fixture `own_database` instead: "
    "a private clone with real commits, dropped after the test."
)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # workers of xdist have left already
        ground.remove_session_folder()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    mark = item.get_closest_marker("django_db")
    flushes = mark is not None and (mark.kwargs.get("transaction") or mark.kwargs.get("reset_sequences"))
    names = set(getattr(item, "fixturenames", ()))
    if flushes or names & {"transactional_db", "live_server", "django_db_reset_sequences"}:
        pytest.fail(NO_FLUSH, pytrace=False)
    if "own_database" in names and (mark is not None or "db" in names):
        pytest.fail("`own_database` replaces `db` and the mark django_db: take one of them.", pytrace=False)


def _use(name: str) -> None:
    """Every connection made from now on, in any thread, goes to that database."""
    connections.close_all()
    connections.settings["default"]["NAME"] = name
    host = ground.server().socket
    connections.settings["default"] |= {"HOST": str(host), "CONN_MAX_AGE": 0}


def _fill_template() -> None:
    """Migrations, then reference data and the demo world by the product's own commands."""
    ground.clone(draft := f"draft_{secrets.token_hex(4)}", template="template0")
    _use(draft)
    call_command("migrate", verbosity=0, interactive=False)
    for command in ("reference", "demo") if ground.WORLD else ("reference",):
        if command in get_commands():
            with transaction.atomic():
                call_command(command, stdout=StringIO())
    connections.close_all()
    ground.rename(draft, ground.TEMPLATE)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In place of pytest-django's: one clone of the template per worker."""
    server = ground.server()
    server.start()
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with django_db_blocker.unblock():
        with ground.alone("fill"):
            if not ground.exists(ground.TEMPLATE):
                _fill_template()
        ground.clone(name)
        _use(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    server.stop()


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ground.Database]:
    """A private clone for tests with real commits, threads, other processes; `.url` is a DATABASE_URL."""
    before = connections.settings["default"]["NAME"]
    database = ground.clone(f"own_{secrets.token_hex(6)}")
    with django_db_blocker.unblock():
        _use(database.name)
        yield database
        _use(before)
    ground.drop(database.name)


@pytest.fixture
def site(own_database: ground.Database) -> Iterator[ground.Site]:
    """The platform in a process of its own, with its worker, on a private clone: `.url`, `.database`, `.process`."""
    with ground.site(own_database) as running:
        yield running


@pytest.fixture
def require_tool() -> object:
    """`require_tool("pdftotext")` gives its path, or skips the test; in CI it fails."""
    return ground.require_tool


@pytest.fixture
def chromium(require_tool: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser with a camera that films a test card. The tests may look into the database meanwhile."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=require_tool("chromium"), args=CHROMIUM)
        yield browser
        connections.close_all()  # those of Playwright's loop, which the end of the database would not find
        browser.close()


@pytest.fixture
def live_site(own_database: ground.Database, settings: Any, tmp_path: Path) -> Iterator[LiveServer]:
    """The site served from this very process, on a private clone and a folder of its own for documents."""
    settings.DOCUMENTS_DIR, settings.DOCUMENT_KEYS_DIR = tmp_path / "documents", tmp_path / "keys"
    server = LiveServer("127.0.0.1")
    settings.PUBLIC_URL = server.url
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    yield server
    server.stop()
