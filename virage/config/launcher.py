"""Django with its database under it: the embedded PostgreSQL is started, or joined, for as long as a command runs."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django
import psycopg
from django.core.management import call_command, execute_from_command_line

from virage.config import addresses
from virage.config.binaries import PostgresError
from virage.config.environment import Environment, read_or_exit
from virage.config.postgres import Server

SERVING = {"procrastinate", "runserver"}  # commands that live by the time limits of requests and jobs
WITHOUT_DATABASE = {"help", "version", "messages", "collectstatic", "check", "startapp"}


@contextmanager
def database(environment: Environment) -> Iterator[bool]:
    """Yields True when the embedded database is still empty. A server that cannot be had ends the process (code 2)."""
    if not environment.embedded:
        yield False
        return
    server = Server(addresses.postgres_home(environment.data_dir))
    try:
        server.start()
        yield _is_empty(server.url())
    except PostgresError as error:
        sys.exit(_refusal(str(error)))
    finally:
        server.stop()


def manage(argv: list[str]) -> int:
    """`manage.py`: a command on an empty embedded database finds the tables made."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "virage.config.settings")
    if len(argv) > 1 and argv[1] not in SERVING:  # a migration or a backup takes the time it takes
        os.environ.setdefault("DATABASE_TIMEOUTS", "0,0,0")
    if len(argv) < 2 or argv[1] in WITHOUT_DATABASE or argv[1].startswith("-"):
        execute_from_command_line(argv)
        return 0
    with database(read_or_exit(os.environ)) as empty:
        if empty and argv[1] not in {"migrate", "makemigrations", "restore"}:
            django.setup()
            call_command("migrate", verbosity=0, interactive=False)
        execute_from_command_line(argv)
    return 0


def _is_empty(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT to_regclass('django_migrations') IS NULL").fetchone()
        return bool(row and row[0])


def _refusal(message: str) -> int:
    print(message, file=sys.stderr)  # noqa: T201
    return 2
