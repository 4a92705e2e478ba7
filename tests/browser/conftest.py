from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

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
