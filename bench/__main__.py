"""Build a demo world of 50,000 acts in a folder of its own, measure, print a table. Some minutes on two cores.

CPU is the server process's own time (`process_time`); the database server's is not in it, the wall clock has both.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection, connections, transaction

ACTS_PER_STEP = 100


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--acts", type=int, default=50_000, help="acts in the database (default 50,000)")
    parser.add_argument("--times", type=int, default=40, help="requests of each kind (default 40)")
    arguments = parser.parse_args()
    with _place() as folder:
        os.environ["DATA_DIR"] = str(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "virage.config.settings"
        # What reads the environment, or needs Django, is imported when it is there.
        from virage.config import launcher  # noqa: PLC0415
        from virage.config.environment import read_or_exit  # noqa: PLC0415

        environment = read_or_exit(os.environ)
        with launcher.database(environment):
            django.setup()
            from bench import pages, process  # noqa: PLC0415

            _fill(arguments.acts)
            rows = pages.measure(arguments.times)
            connections.close_all()
            rows += process.measure(environment)
    _print(arguments.acts, rows)
    return 0


@contextmanager
def _place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="virage-bench-"))
    folder.chmod(0o711)
    for name in ("DATABASE_URL", "DEMO", "DEBUG", "PORT", "HOST", "PUBLIC_URL", "DOCUMENTS_DIR", "DOCUMENT_KEYS_DIR"):
        os.environ.pop(name, None)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(acts: int) -> None:
    start = time.monotonic()
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        call_command("demo", scale=acts // ACTS_PER_STEP, stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"world of {acts} acts built in {time.monotonic() - start:.0f} s", file=sys.stderr)


def _print(acts: int, rows: list[tuple[str, str, str]]) -> None:
    """A table in Markdown, as docs/performance.md has it."""
    print(f"\n{acts} acts, Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| what | measured | aim |\n|---|---|---|")
    for what, measured, aim in rows:
        print(f"| {what} | {measured} | {aim} |")


if __name__ == "__main__":
    sys.exit(main())
