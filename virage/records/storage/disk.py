"""Files and folders that are on the disk, whole, when these return."""

import os
from collections.abc import Iterable
from pathlib import Path

PARTIAL = ".part"
"""The ending of a file that is not finished."""


def write_synced(path: Path, chunks: Iterable[bytes]) -> None:
    """A new file that its owner alone may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """What was named in this folder survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
