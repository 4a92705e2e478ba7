"""The worker of the jobs inside the web process: a thread with its own loop, stopped after the job under way."""

import asyncio
import logging
import threading
from collections.abc import Callable

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

logger = logging.getLogger("virage.worker")


class Worker:
    def __init__(self, on_failure: Callable[[], None]) -> None:
        self._on_failure = on_failure
        self._thread = threading.Thread(target=self._run, name="worker")
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Waits for the jobs under way; those that wait stay in the table for the next start."""
        if self._loop and self._task and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._work())
        except asyncio.CancelledError:
            return
        except Exception:
            logger.exception("The worker has stopped; the web server stops too")
            self._on_failure()
        finally:
            self._ready.set()

    async def _work(self) -> None:
        """Jobs are fetched over connections of the worker's own; actions go on deferring through Django's."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._ready.set()
        connector = app.connector
        if not isinstance(connector, DjangoConnector):
            raise TypeError("the jobs' app is not bound to Django's database")
        worker_app = app.with_connector(connector.get_worker_connector())
        async with worker_app.open_async():
            await worker_app.run_worker_async(name="web", concurrency=2, install_signal_handlers=False)
