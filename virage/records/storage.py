"""Encrypted files on disk, one per document rendition, with keys kept outside the database.

Format, version 1: `VRGD`, version (1 byte), length of the key id (1 byte), key id (ASCII), salt (32 bytes), nonce
prefix (7 bytes); then chunks of 64 KiB of plain text, each AES-256-GCM with its 16-byte tag. The key of a file is
HKDF-SHA256 of the named key and the salt, so nonces never meet across files. The nonce is prefix, chunk counter
(4 bytes), last-chunk flag (1 byte): a chunk that is moved, dropped, cut or added is found. Header and name are
authenticated with each chunk: a file that takes another's place is found too. (The STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizar, 2015.)

A name is a document's reference, with a suffix for a rendition: `<ref>`, `<ref>.view`, `<ref>.thumb`, `<ref>.raw`.
"""

import hashlib
import os
import re
import secrets
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

CHUNK = 64 * 1024
_TAG = 16
_MAGIC = b"VRGD"
_VERSION = 1
_SALT = 32
_PREFIX = 7
_NAME = re.compile(r"[A-Za-z0-9_-]{8,64}(\.[a-z]{1,10})?\Z")
_KEY_ID = re.compile(r"[a-z0-9-]{1,40}\Z")
_PARTIAL = ".part"


class StorageError(Exception):
    """The file can't be given back as it was stored; the message says why, never with its content."""


class MissingError(StorageError):
    """No such file."""


class AlteredError(StorageError):
    """Changed, cut, reordered, or put in the place of another since it was written."""


class KeyMissingError(StorageError):
    """The key that the file names is not in the keys' folder."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was written: SHA-256 (hexadecimal) and size in bytes of the plain content, and the key's id."""

    sha256: str
    size: int
    key_id: str


class Keys:
    """32-byte files `<key id>.key` (0600) in one folder (0700); `current` names the one that writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def current(self) -> str:
        """The id of the newest key by name (`k0001`, `k0002`…); makes the first one in an empty folder."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ids = sorted(path.stem for path in self.folder.glob("k[0-9]*.key"))
        return ids[-1] if ids else self.make("k0001")

    def make(self, key_id: str) -> str:
        """Write a new random key; of two processes that make the same one at once, the first wins."""
        temporary = self.folder / f".{secrets.token_hex(8)}{_PARTIAL}"
        _write_synced(temporary, [secrets.token_bytes(32)])
        try:
            os.link(temporary, self._path(key_id))
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
        _sync_folder(self.folder)
        return key_id

    def read(self, key_id: str) -> bytes:
        """The 32 bytes of a key."""
        try:
            key = self._path(key_id).read_bytes()
        except FileNotFoundError:
            raise KeyMissingError(f"document key {key_id} is not in the keys' folder") from None
        if len(key) != 32:
            raise KeyMissingError(f"document key {key_id} is not 32 bytes long")
        return key

    def _path(self, key_id: str) -> Path:
        if not _KEY_ID.match(key_id):
            raise KeyMissingError("the key id is malformed")
        return self.folder / f"{key_id}.key"


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
        temporary = target.with_name(f".{name}-{secrets.token_hex(4)}{_PARTIAL}")
        writer = _Sealer(name, self.keys)
        try:
            _write_synced(temporary, writer.seal(chunks))
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return StoredFile(writer.digest.hexdigest(), writer.size, writer.key_id)

    def read(self, name: str) -> Iterator[bytes]:
        """The plain content, chunk by chunk, each verified before it is given; a cut is told at the end."""
        try:
            file = self.path(name).open("rb")
        except FileNotFoundError:
            raise MissingError(f"{name} is not in the store") from None
        return _opened(name, file, self.keys)

    def read_all(self, name: str) -> bytes:
        """The whole plain content, verified to its end before a byte is given."""
        return b"".join(self.read(name))

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
            gone = [name for name in old if name.endswith(_PARTIAL)] + sorted(set(names) - known(names))
            for name in gone:
                (folder / name).unlink(missing_ok=True)
            swept += gone
        return swept


class _Sealer:
    """Encrypts one file while it counts and hashes what goes through."""

    def __init__(self, name: str, keys: Keys) -> None:
        self.digest = hashlib.sha256()
        self.size = 0
        self.key_id = keys.current()
        salt, self._prefix = secrets.token_bytes(_SALT), secrets.token_bytes(_PREFIX)
        label = self.key_id.encode()
        self._header = _MAGIC + bytes([_VERSION, len(label)]) + label + salt + self._prefix
        self._cipher = _cipher(keys.read(self.key_id), salt)
        self._context = self._header + name.encode()

    def seal(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        yield self._header
        for counter, (plain, last) in enumerate(_with_last(_regular(chunks))):
            self.digest.update(plain)
            self.size += len(plain)
            yield self._cipher.encrypt(_nonce(self._prefix, counter, last), plain, self._context)


def _opened(name: str, file: BinaryIO, keys: Keys) -> Iterator[bytes]:
    with file:
        start = file.read(len(_MAGIC) + 2)
        if len(start) < len(_MAGIC) + 2 or start[:4] != _MAGIC or start[4] != _VERSION:
            raise AlteredError(f"{name} does not start as a stored file")
        rest = file.read(start[5] + _SALT + _PREFIX)
        key_id, salt, prefix = rest[: start[5]], rest[start[5] : -_PREFIX], rest[-_PREFIX:]
        if len(rest) != start[5] + _SALT + _PREFIX:
            raise AlteredError(f"{name} is cut in its header")
        cipher = _cipher(keys.read(key_id.decode("ascii", "replace")), salt)
        context = start + rest + name.encode()
        pieces = iter(lambda: file.read(CHUNK + _TAG), b"")
        counter = -1
        for counter, (sealed, last) in enumerate(_with_last(pieces)):
            try:
                yield cipher.decrypt(_nonce(prefix, counter, last), sealed, context)
            except InvalidTag:
                raise AlteredError(f"{name} was altered at chunk {counter}") from None
        if counter < 0:
            raise AlteredError(f"{name} has lost its content")


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"virage document 1").derive(key))


def _nonce(prefix: bytes, counter: int, last: bool) -> bytes:
    return prefix + struct.pack(">IB", counter, last)


def _regular(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in chunks of exactly 64 KiB but the last; one empty chunk for nothing at all."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    yield bytes(held)


def _with_last(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    held = next(pieces, None)
    while held is not None:
        following = next(pieces, None)
        yield held, following is None
        held = following


def _write_synced(path: Path, chunks: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def vault() -> Vault:
    """The store named by the settings."""
    return Vault(Path(settings.DOCUMENTS_DIR), Keys(Path(settings.DOCUMENT_KEYS_DIR)))
