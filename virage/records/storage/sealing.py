"""How one file is encrypted.

Format, version 1: `VRGD`, version (1 byte), length of the key id (1 byte), key id (ASCII), salt (32 bytes), nonce
prefix (7 bytes); then chunks of 64 KiB of plain text, each AES-256-GCM with its 16-byte tag. The key of a file is
HKDF-SHA256 of the named key and the salt, so nonces never meet across files. The nonce is prefix, chunk counter
(4 bytes), last-chunk flag (1 byte): a chunk that is moved, dropped, cut or added is found. Header and name are
authenticated with each chunk: a file that takes another's place is found too. (The STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizar, 2015.)
"""

import hashlib
import secrets
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from virage.records.storage.faults import AlteredError
from virage.records.storage.keys import Keys

CHUNK = 64 * 1024
_TAG = 16
_MAGIC = b"VRGD"
_VERSION = 1
_SALT = 32
_PREFIX = 7


class Sealer:
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
        """The bytes to write."""
        yield self._header
        for counter, (plain, last) in enumerate(_with_last(_regular(chunks))):
            self.digest.update(plain)
            self.size += len(plain)
            yield self._cipher.encrypt(_nonce(self._prefix, counter, last), plain, self._context)


class Header(NamedTuple):
    """What a stored file begins with."""

    raw: bytes
    key_id: str
    salt: bytes
    prefix: bytes


def header(name: str, file: BinaryIO) -> Header:
    """Read the beginning of a file; not authenticated before the first chunk is."""
    start = file.read(len(_MAGIC) + 2)
    if len(start) < len(_MAGIC) + 2 or start[:4] != _MAGIC or start[4] != _VERSION:
        raise AlteredError(f"{name} does not start as a stored file")
    rest = file.read(start[5] + _SALT + _PREFIX)
    if len(rest) != start[5] + _SALT + _PREFIX:
        raise AlteredError(f"{name} is cut in its header")
    key_id = rest[: start[5]].decode("ascii", "replace")
    return Header(start + rest, key_id, rest[start[5] : -_PREFIX], rest[-_PREFIX:])


def opened(name: str, file: BinaryIO, keys: Keys) -> Iterator[bytes]:
    """The plain chunks, each verified; the file is closed at the end."""
    with file:
        head = header(name, file)
        cipher = _cipher(keys.read(head.key_id), head.salt)
        context = head.raw + name.encode()
        pieces = iter(lambda: file.read(CHUNK + _TAG), b"")
        counter = -1
        for counter, (sealed, last) in enumerate(_with_last(pieces)):
            try:
                yield cipher.decrypt(_nonce(head.prefix, counter, last), sealed, context)
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
