"""The keys of documents: files outside the database."""

import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

from virage.records.storage.disk import PARTIAL, sync_folder, write_synced
from virage.records.storage.faults import KeyMissingError

_KEY_ID = re.compile(r"[a-z0-9-]{1,40}\Z")


class Keys:
    """32-byte files `<key id>.key` (0600) in one folder (0700); `current` names the one that writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def current(self) -> str:
        """The id of the newest key by name (`k0001`, `k0002`…); makes the first one in an empty folder."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ids = self.ids()
        return ids[-1] if ids else self.make("k0001")

    def ids(self) -> list[str]:
        """Every key that there is, the oldest first."""
        return sorted(
            (path.stem for path in self.folder.glob("k[0-9][0-9][0-9][0-9]*.key")), key=lambda key_id: int(key_id[1:])
        )

    def make_next(self) -> str:
        """A new key, from now on the one that writes."""
        return self.make(f"k{int(self.current()[1:]) + 1:04d}")

    def made_at(self, key_id: str) -> datetime:
        """When the key was made, by the clock of the disk."""
        return datetime.fromtimestamp(self._path(key_id).stat().st_mtime, tz=UTC)

    def delete(self, key_id: str) -> None:
        """Forget a key: what it encrypted is lost for ever."""
        self._path(key_id).unlink(missing_ok=True)
        sync_folder(self.folder)

    def make(self, key_id: str) -> str:
        """Write a new random key; of two processes that make the same one at once, the first wins."""
        temporary = self.folder / f".{secrets.token_hex(8)}{PARTIAL}"
        write_synced(temporary, [secrets.token_bytes(32)])
        try:
            os.link(temporary, self._path(key_id))
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
        sync_folder(self.folder)
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
