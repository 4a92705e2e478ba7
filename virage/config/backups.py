"""Everything that an installation holds, written to one file and put back: database, documents, and apart from them
the keys.

The database is dumped as of one instant; then the encrypted files are copied as they lie. A file is never changed once
written, and none is deleted meanwhile (`ui.holds`): what the dump names is in the archive.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from virage.config import archives
from virage.config.archives import DUMP, ArchiveError
from virage.config.dumps import Programs
from virage.ui.holds import holding

DRAFT, BEFORE = ".restoring", ".before-"
SECRET = "secret_key"  # noqa: S105 - the file of `environment.kept_secret`


class NotEmptyError(Exception):
    """There is something where the backup would go."""


def back_up(path: Path, *, at: datetime) -> dict[str, Any]:
    """Write the archive; returns what it says of itself."""
    programs = Programs(connection.settings_dict, server_major())
    with TemporaryDirectory(dir=path.parent, prefix=".virage-dump-") as draft, holding():
        with _snapshot() as snapshot:
            about = {"kind": "backup", "made_at": at.isoformat(timespec="seconds"), **_state()}
            programs.dump(Path(draft) / DUMP, snapshot)
        with archives.writing(path, about) as archive:
            archive.add(DUMP, Path(draft) / DUMP)
            for file in document_files():
                archive.add(f"documents/{file.relative_to(settings.DOCUMENTS_DIR)}", file)
        return about | {"documents": archive.files - 1, "bytes": archive.bytes}


def back_up_keys(path: Path, *, at: datetime) -> int:
    """The keys' folder in an archive of its own; how many files."""
    folder = Path(settings.DOCUMENT_KEYS_DIR)
    with archives.writing(path, {"kind": "keys", "made_at": at.isoformat(timespec="seconds")}) as archive:
        for file in key_files(folder):
            archive.add(f"keys/{file.relative_to(folder)}", file)
    return archive.files


def document_files() -> Iterator[Path]:
    """The files of the store; what a crash left half-written is not one."""
    for folder in sorted(Path(settings.DOCUMENTS_DIR).glob("??/??")):
        yield from sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))


def key_files(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith(".") and file.suffix not in {".tmp", ".lock"}
    )


@contextmanager
def _snapshot() -> Iterator[str]:
    """One instant of the database, that another program may look at too."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _state() -> dict[str, Any]:
    """What a restore compares: the server, the migrations, and what the journal ended with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(sum(length), 0) FROM journal_chain")
        chains, entries = cursor.fetchone()
    return {
        "postgresql": server_major(),
        "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
        "chains": chains,
        "entries": int(entries),
    }


def server_major() -> int:
    with connection.cursor() as cursor:
        return cursor.connection.info.server_version // 10000


def prepare(path: Path, keys: Path | None, *, overwrite: bool) -> dict[str, Any]:
    """Everything that may stop a restore, looked at before anything is changed; what the archive says of itself."""
    about = archives.checked(path)
    if about.get("kind") != "backup":
        raise ArchiveError(f"{path} is no backup of a database: it holds keys")
    if keys is not None and archives.checked(keys).get("kind") != "keys":
        raise ArchiveError(f"{keys} holds no keys")
    if about["postgresql"] > server_major():
        raise ArchiveError(
            f"{path} comes from PostgreSQL {about['postgresql']}, and this server is {server_major()}: "
            "restore on a server of that version or a later one"
        )
    known = set(MigrationLoader(None).disk_migrations)
    ours = [tuple(one) for one in about["migrations"] if one[0] in {app for app, _name in known}]
    for app, name in sorted(set(ours) - known):
        raise ArchiveError(f"{path} comes from a later version of Virage ({app}.{name} is not known here)")
    if others := _others():
        raise NotEmptyError(f"{others} other session(s) use this database: stop the platform and its workers first")
    if not overwrite:
        _check_empty()
    return about


def _others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def _check_empty() -> None:
    if tables := connection.introspection.table_names():
        raise NotEmptyError(f"the database holds {len(tables)} tables: restore in an empty one, or say --overwrite")
    if next(document_files(), None):
        raise NotEmptyError(f"{settings.DOCUMENTS_DIR} holds documents: choose an empty folder, or say --overwrite")


def restore(path: Path, keys: Path | None, *, at: datetime) -> Path | None:
    """Put back what `prepare` has looked at; the folder where the documents from before lie, when there were any.

    The documents are unpacked beside the present ones; the database changes as a whole or not at all; then the two
    sets change places. Stopped between these, the same command again ends it.
    """
    root = Path(settings.DOCUMENTS_DIR)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = root / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    programs = Programs(connection.settings_dict, server_major())
    try:
        archives.unpack(path, "documents/", draft / "documents")
        archives.unpack(path, DUMP, draft / DUMP)
        if keys is not None:
            _put_keys(keys, draft / "keys", at)
        connections.close_all()
        programs.restore(draft / DUMP / DUMP)
        return _change_places(root, draft / "documents", at)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put_keys(archive: Path, draft: Path, at: datetime) -> None:
    """Those that are missing; one that differs from the present one is a matter for a person. But the secret that a
    new installation made for itself when it was started gives way to the one that the restored data know."""
    archives.unpack(archive, "keys/", draft)
    folder = Path(settings.DOCUMENT_KEYS_DIR)
    pairs = [(file, folder / file.relative_to(draft)) for file in key_files(draft)]
    differ = [target for file, target in pairs if target.exists() and target.read_bytes() != file.read_bytes()]
    for target in differ:
        if target.name != SECRET:
            raise ArchiveError(f"{target} is another key than that of the archive: move one of the two away first")
    for target in differ:
        target.rename(target.with_name(f".{SECRET}{BEFORE}{at:%Y%m%d-%H%M%S}"))
    for file, target in pairs:
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            target.chmod(0o600)


def _change_places(root: Path, restored: Path, at: datetime) -> Path | None:
    former = sorted(root.glob("??"))
    aside = root / f"{BEFORE}{at:%Y%m%d-%H%M%S}" if former else None
    if aside:
        aside.mkdir(mode=0o700)
        for folder in former:
            folder.rename(aside / folder.name)
    for folder in sorted(restored.glob("??")):
        folder.rename(root / folder.name)
    return aside
