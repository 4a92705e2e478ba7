"""Encrypted files on disk, one per document rendition or piece, with keys kept outside the database.

A name is a document's reference, with a suffix for a rendition: `<ref>`, `<ref>.view`, `<ref>.thumb`, `<ref>.raw`; or
that of a piece under way: `<ref>.piece`.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from virage.records.storage.disk import PARTIAL, sync_folder, write_synced
from virage.records.storage.faults import MissingError, StorageError
from virage.records.storage.keys import Keys
from virage.records.storage.sealing import Sealer, header, opened

_NAME = re.compile(r"[A-Za-z0-9_-]{8,64}(\.[a-z]{1,10})?\Z")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was written: SHA-256 (hexadecimal) and size in bytes of the plain content, and the key's id."""

    sha256: str
    size: int
    key_id: str


class Vault:
    """The encrypted files under `root`."""

    def __init__(self, root: Path, keys: Keys) -> None:
        self.root = Path(root)
        self.keys = keys

    def path(self, name: str) -> Path:
        """Where a name lies: two levels of folders by the hash of its reference, so that none holds too many."""
        if not _NAME.match(name):
            raise StorageError("malformed file name")
        shard = hashlib.sha256(name.partition(".")[0].encode()).hexdigest()
        return self.root / shard[:2] / shard[2:4] / name

    def write(self, name: str, chunks: Iterable[bytes]) -> StoredFile:
        """Encrypt `chunks` under `name`: whole and on disk when this returns, or not there at all."""
        target = self.path(name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = target.with_name(f".{name}-{secrets.token_hex(4)}{PARTIAL}")
        writer = Sealer(name, self.keys)
        try:
            write_synced(temporary, writer.seal(chunks))
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
        return StoredFile(writer.digest.hexdigest(), writer.size, writer.key_id)

    def read(self, name: str) -> Iterator[bytes]:
        """The plain content, chunk by chunk, each verified before it is given; a cut is told at the end."""
        try:
            file = self.path(name).open("rb")
        except FileNotFoundError:
            raise MissingError(f"{name} is not in the store") from None
        return opened(name, file, self.keys)

    def read_all(self, name: str) -> bytes:
        """The whole plain content, verified to its end before a byte is given."""
        return b"".join(self.read(name))

    def names(self) -> Iterator[str]:
        """Every stored file, in no order that means anything; those that come meanwhile may be left out."""
        for folder in sorted(self.root.glob("??/??")):
            yield from sorted(entry.name for entry in os.scandir(folder) if _NAME.match(entry.name))

    def key_of(self, name: str) -> str:
        """The id of the key that the file names."""
        try:
            with self.path(name).open("rb") as file:
                return header(name, file).key_id
        except FileNotFoundError:
            raise MissingError(f"{name} is not in the store") from None

    def renew(self, name: str) -> bool:
        """Encrypt the file again with the current key; False when it has it already or is gone.

        Who reads meanwhile keeps the file that was opened; there is one under the name at every instant. A file that
        is deleted meanwhile may come back as an orphan, for the sweep. A name is written once, but for two workers
        that clean the same document: then the newer file stays.
        """
        target = self.path(name)
        try:
            before = target.stat()
            if self.key_of(name) == self.keys.current():
                return False
            plain = self.read_all(name)
        except (FileNotFoundError, MissingError):
            return False
        temporary = target.with_name(f".{name}-{secrets.token_hex(4)}{PARTIAL}")
        try:
            write_synced(temporary, Sealer(name, self.keys).seal([plain]))
            if not target.exists() or target.stat().st_ino != before.st_ino:
                return False
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(target.parent)
        return True

    def exists(self, name: str) -> bool:
        """Whether a file has this name."""
        return self.path(name).exists()

    def delete(self, name: str) -> None:
        """Remove the file; nothing happens when it is already gone."""
        self.path(name).unlink(missing_ok=True)

    def sweep_orphans(self, known: Callable[[list[str]], set[str]], older_than: datetime) -> list[str]:
        """Delete what no row knows and was written before `older_than`; return the names.

        `known` is given the names of one folder at a time and answers those to keep. Unfinished temporary files go by
        the same age. The age leaves time for the transaction whose row is not there yet.
        """
        swept = []
        for folder in sorted(self.root.glob("??/??")):
            old = [entry.name for entry in os.scandir(folder) if entry.stat().st_mtime < older_than.timestamp()]
            names = [name for name in old if _NAME.match(name)]
            gone = [name for name in old if name.endswith(PARTIAL)] + sorted(set(names) - known(names))
            for name in gone:
                (folder / name).unlink(missing_ok=True)
            swept += gone
        return swept
