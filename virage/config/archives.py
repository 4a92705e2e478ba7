"""The file of a backup: a tar of `database.dump`, `documents/…` as they lie encrypted, and last `manifest.jsonl`.

The manifest's first line says what the archive is; each line after it a member's name, size and SHA-256; its last one
the SHA-256 of the lines before. An archive without its manifest was cut; one whose members differ from it was damaged.
Keys have an archive of their own.
"""

import hashlib
import io
import json
import os
import re
import secrets
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST, DUMP = "manifest.jsonl", "database.dump"
MEMBER = re.compile(
    r"database\.dump|documents/[0-9a-f]{2}/[0-9a-f]{2}/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}"
    r"|keys/(?:[a-z]{1,20}/)?[A-Za-z0-9_-][A-Za-z0-9_.-]{0,59}"
)
PIECE = 1024 * 1024


class ArchiveError(Exception):
    """The archive can't be used; the message says why. Nothing was changed."""


class Writer:
    """Adds files one by one, and keeps the manifest for the end."""

    def __init__(self, tar: tarfile.TarFile, manifest: IO[bytes]) -> None:
        self.tar = tar
        self.manifest = manifest
        self.files = self.bytes = 0

    def add(self, name: str, path: Path) -> None:
        """One file under that name. Whoever deletes it meanwhile must be held off before (`ui.holds`)."""
        with path.open("rb") as file:
            member = tarfile.TarInfo(name)
            member.size, member.mode = os.fstat(file.fileno()).st_size, 0o600
            hashed = _Hashed(file)
            self.tar.addfile(member, hashed)  # type: ignore[arg-type]
        self.files += 1
        self.bytes += member.size
        self._note({"name": name, "size": member.size, "sha256": hashed.digest.hexdigest()})

    def _note(self, line: dict[str, Any]) -> None:
        self.manifest.write(json.dumps(line, sort_keys=True).encode() + b"\n")


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


@contextmanager
def writing(path: Path, about: dict[str, Any]) -> Iterator[Writer]:
    """An archive at `path`, readable by its owner alone: whole and on disk at the end, or not there at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, tempfile.TemporaryFile(dir=path.parent) as manifest:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                writer = Writer(tar, manifest)
                yield writer
                _close(writer, about)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _close(writer: Writer, about: dict[str, Any]) -> None:
    first = json.dumps({"format": FORMAT, "files": writer.files, "bytes": writer.bytes} | about, sort_keys=True)
    writer.manifest.seek(0)
    body = first.encode() + b"\n" + writer.manifest.read()
    body += json.dumps({"sha256": hashlib.sha256(body).hexdigest()}).encode() + b"\n"
    member = tarfile.TarInfo(MANIFEST)
    member.size, member.mode = len(body), 0o600
    writer.tar.addfile(member, io.BytesIO(body))


def checked(path: Path) -> dict[str, Any]:
    """What the archive says of itself, once every byte of it was compared with its manifest."""
    found: dict[str, tuple[int, str]] = {}
    manifest = b""
    try:
        with tarfile.open(path, mode="r:") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isfile() else None
                if file is None or manifest or member.name in found:
                    raise ArchiveError(f"{path} holds something that no backup holds: {member.name}")
                if member.name == MANIFEST:
                    manifest = file.read()
                elif MEMBER.fullmatch(member.name):
                    found[member.name] = (member.size, hashlib.file_digest(file, "sha256").hexdigest())  # type: ignore[arg-type]
                else:
                    raise ArchiveError(f"{path} holds something that no backup holds: {member.name}")
    except FileNotFoundError:
        raise ArchiveError(f"{path} is not there") from None
    except (tarfile.TarError, OSError) as error:
        raise ArchiveError(f"{path} is cut or damaged ({error})") from None
    if not manifest:
        raise ArchiveError(f"{path} is cut: it has no manifest")
    return _judged(path, manifest, found)


def _judged(path: Path, manifest: bytes, found: dict[str, tuple[int, str]]) -> dict[str, Any]:
    try:
        first, *lines, last = [json.loads(line) for line in manifest.splitlines()]
        body = manifest[: manifest.rstrip(b"\n").rindex(b"\n") + 1]
        if last["sha256"] != hashlib.sha256(body).hexdigest():
            raise ArchiveError(f"{path} is damaged: its manifest is not what was written")
        said = {line["name"]: (line["size"], line["sha256"]) for line in lines}
        version = first["format"]
    except (ValueError, KeyError, TypeError):
        raise ArchiveError(f"{path} is damaged: its manifest can't be read") from None
    if version != FORMAT:
        raise ArchiveError(f"{path} was made by another version of Virage (format {version})")
    for name in sorted(said.keys() ^ found.keys()):
        raise ArchiveError(f"{path} is damaged: {name} is {'missing' if name in said else 'not in its manifest'}")
    for name, value in found.items():
        if value != said[name]:
            raise ArchiveError(f"{path} is damaged: {name} is not what was written")
    return first


def unpack(path: Path, wanted: str, folder: Path) -> int:
    """The members whose name starts with `wanted`, in a folder of ours, under the rest of their name; how many."""
    count = 0
    with tarfile.open(path, mode="r:") as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file is None or not member.name.startswith(wanted) or not MEMBER.fullmatch(member.name):
                continue
            target = folder / (member.name.removeprefix(wanted) or member.name)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
                while piece := file.read(PIECE):
                    copy.write(piece)
                copy.flush()
                os.fsync(copy.fileno())
            count += 1
    return count


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
