"""The database written to one file and read back, by PostgreSQL's own programs of the server's version."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from virage.config.binaries import PostgresError, wheel_bin

DEBIAN = "/usr/lib/postgresql/{major}/bin"
NOT_KEPT = ("django_session", "shared_cache")  # who was signed in then is not signed in after a restore
PIECE = 1024 * 1024
EMPTIED = b"""BEGIN;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


class Programs:
    """pg_dump, pg_restore and psql of one major version, and how they reach the database of Django's settings."""

    def __init__(self, settings: dict[str, Any], major: int) -> None:
        self.folder = programs_of(major)
        options = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"]}
        known = {name: value for name, value in options.items() if value}
        self.address = make_conninfo(dbname=settings["NAME"], **known, **settings.get("OPTIONS", {}))
        self.environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PGAPPNAME": "virage backup"}
        if settings["PASSWORD"]:
            self.environment["PGPASSWORD"] = settings["PASSWORD"]

    def dump(self, path: Path, snapshot: str) -> None:
        """What the database was in that snapshot, in PostgreSQL's own compressed form."""
        command = [
            str(self.folder / "pg_dump"), f"--dbname={self.address}", "--format=custom", "--no-owner",
            "--no-privileges", "--no-comments", f"--snapshot={snapshot}", f"--file={path}",
            *(f"--exclude-table-data={table}" for table in NOT_KEPT),
        ]  # fmt: skip
        done = subprocess.run(command, env=self.environment, check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            raise PostgresError(f"pg_dump: {_last(done.stderr)}")

    def restore(self, dump: Path) -> None:
        """In place of all that is there, in one transaction: as a whole or not at all.

        The last word is ours: whatever stops before COMMIT leaves the database as it was.
        """
        reader = [str(self.folder / "pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)]
        writer = [str(self.folder / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, self.address]
        with tempfile.TemporaryFile() as said:
            script = subprocess.Popen(reader, stdout=subprocess.PIPE, stderr=said, env=self.environment)  # noqa: S603
            psql = subprocess.Popen(writer, stdin=subprocess.PIPE, stderr=said, env=self.environment)  # noqa: S603
            assert script.stdout  # for the type checker: both are pipes
            assert psql.stdin
            with suppress(BrokenPipeError):  # psql has stopped at a fault: its words say which
                psql.stdin.write(EMPTIED)
                shutil.copyfileobj(script.stdout, psql.stdin, PIECE)
            script.stdout.close()
            read = script.wait()
            with suppress(BrokenPipeError):
                psql.stdin.write(b"\nCOMMIT;\n" if read == 0 else b"\nROLLBACK;\n")
                psql.stdin.close()
            written = psql.wait()
            said.seek(0)
            if read or written:
                raise PostgresError(f"the database was left as it was: {_last(said.read().decode(errors='replace'))}")


def programs_of(major: int) -> Path:
    """The folder of the programs of that version: in the wheel, on the path, or where Debian puts them."""
    on_path = shutil.which("pg_dump")
    folders = [wheel_bin(), Path(on_path).parent if on_path else None, Path(DEBIAN.format(major=major))]
    for folder in folders:
        if folder is not None and (folder / "psql").exists() and _major(folder / "pg_dump") == major:
            return folder
    raise PostgresError(
        f"pg_dump of PostgreSQL {major} is not here: install the client programs of the server's version "
        f"(Debian: apt install postgresql-client-{major})"
    )


def _major(program: Path) -> int | None:
    try:
        done = subprocess.run([str(program), "--version"], check=False, capture_output=True, text=True)  # noqa: S603
        return int(done.stdout.split()[2].split(".")[0])
    except (OSError, IndexError, ValueError):
        return None


def _last(words: str) -> str:
    """The first complaint of a program: the others follow from it."""
    lines = [line for line in words.splitlines() if "error" in line.lower()] or words.splitlines()
    return lines[0].strip() if lines else "no reason was given"
