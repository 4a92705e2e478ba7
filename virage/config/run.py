"""`make run`: database, tables, demo world, web server and worker in one process; Ctrl-C or SIGTERM ends all of it.

Order of the end: no new request, the requests under way, the jobs under way, the database server.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from types import FrameType

import django
import uvicorn
from django.core.management import call_command, get_commands
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.urls import get_resolver

from virage.config import launcher
from virage.config.environment import Environment, read_or_exit
from virage.config.worker import Worker

GRACE = 20  # seconds given to requests under way
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Web(uvicorn.Server):
    """uvicorn without its own signal handlers: it would raise the signal again before the database is stopped."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def main() -> int:
    for number in SIGNALS:
        signal.signal(number, _leave)
    environment = read_or_exit(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "virage.config.settings")
    listener = _listen(environment)
    say("Virage démarre… / Virage is starting…")
    with listener, launcher.database(environment):
        django.setup()
        prepare(environment)
        asyncio.run(serve(environment, listener))
        connections.close_all()
    say("Virage est arrêté, rien n'est perdu. / Virage has stopped, nothing is lost.")
    return 0


def prepare(environment: Environment) -> None:
    """Tables, reference data and, in the demo, a world to try: all of it only where it is missing."""
    get_resolver().url_patterns  # noqa: B018 - an installation that cannot show its pages stops here
    with connection.cursor() as cursor:  # what prepares may last; the connection is closed with it
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("  base de données… / database…")
        call_command("migrate", verbosity=0, interactive=False)
    commands = get_commands()
    if "reference" in commands:
        call_command("reference", verbosity=0)
    if environment.hashed_statics:
        call_command("collectstatic", verbosity=0, interactive=False)
    if environment.demo and "demo" in commands:
        with transaction.atomic():  # a world is there as a whole or not at all
            call_command("demo", stdout=StringIO())
    connection.close()


async def serve(environment: Environment, listener: socket.socket) -> None:
    """Until a signal: the web server, and the worker beside it on a loop of its own thread."""
    config = uvicorn.Config(
        "virage.config.asgi:application", log_config=None, access_log=False, server_header=False,
        proxy_headers=False, timeout_graceful_shutdown=GRACE,
    )  # fmt: skip
    web = Web(config)

    def end() -> None:
        web.force_exit = web.should_exit  # the second time nobody is waited for
        web.should_exit = True

    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, end)
    worker = Worker(on_failure=end) if environment.worker_in_web else None
    if worker:
        worker.start()
    welcome = asyncio.create_task(_when_started(web, lambda: _welcome(environment)))
    try:
        await web.serve(sockets=[listener])
    finally:
        welcome.cancel()
        if worker:
            await asyncio.to_thread(worker.stop)


async def _when_started(web: uvicorn.Server, act: Callable[[], None]) -> None:
    while not web.started:
        await asyncio.sleep(0.02)
    await asyncio.to_thread(act)


def _welcome(environment: Environment) -> None:
    say(f"\n  Virage : {environment.public_url}\n  données / data : {environment.data_dir}\n")
    if environment.demo and "demo" in get_commands():
        call_command("demo", "--sign-ins")
    connections.close_all()
    say("\n  Ctrl-C arrête tout / stops everything.")


def _listen(environment: Environment) -> socket.socket:
    """Before anything else: a busy port is said at once."""
    family = socket.AF_INET6 if ":" in environment.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((environment.host, environment.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        say(
            f"{environment.host}:{environment.port} cannot be used ({error.strerror}). "
            f"Choose another port: PORT={environment.port % 65535 + 1} make run",
            error=True,
        )
        raise SystemExit(2) from None
    return listener


def _leave(number: int, frame: FrameType | None) -> None:
    """A signal before the server listens: unwind, so that the database is stopped too."""
    raise SystemExit(0 if number == signal.SIGINT else 128 + number)


def say(words: str, *, error: bool = False) -> None:
    print(words, file=sys.stderr if error else sys.stdout, flush=True)


if __name__ == "__main__":
    sys.exit(main())
