from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from tests import ground
from tests.browser.house import ARGUMENTS


@pytest.fixture(scope="module", autouse=True)
def _async_unsafe() -> Iterator[None]:
    """Playwright's loop runs in this thread; the tests look into the database from it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def chromium(require_tool: Callable[..., str]) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=require_tool("chromium"), args=ARGUMENTS)
        yield browser
        connections.close_all()
        browser.close()


@pytest.fixture
def site(own_database: ground.Database) -> Iterator[ground.Site]:
    """The platform in a process of its own; the test fails when it has logged an error."""
    with ground.site(own_database) as running:
        yield running
    log = ground.session_folder() / f"site-{running.url.rpartition(':')[2]}.log"
    faults = [line for line in log.read_text().splitlines() if " ERROR " in line or line.startswith("Traceback")]
    assert not faults, log.read_text()
