"""A new key for the documents: new files have it at once, the others are encrypted again one by one.

Nothing is kept of how far it went: what a file needs is read in its own header. Killed at any instant, it goes on when
it is started again; readers and writers notice nothing.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from virage.journal.entries import PLATFORM, record
from virage.records.models.documents import Document
from virage.records.storage import StorageError, Vault

SETTLED = timedelta(hours=1)
"""How long after its successor was made nobody writes with a key any more (project default)."""


class BusyError(Exception):
    """Another rotation is under way."""


class InUseError(Exception):
    """No key can be retired yet: `left` files name an old one, or `settles_at` is still to come."""

    def __init__(self, left: int, settles_at: datetime | None = None) -> None:
        super().__init__("in use")
        self.left, self.settles_at = left, settles_at


@dataclass
class Rotation:
    """What was done: the key that all files have now, how many were encrypted again, and those that can't be read."""

    key_id: str
    renewed: int = 0
    unreadable: list[str] = field(default_factory=list)


def rotate(*, vault: Vault, at: datetime, tell: Callable[[int, int], None], anew: bool = False) -> Rotation:
    """Make a new key and encrypt every file with it; where a former rotation was cut, finish that one instead.

    `anew` makes a new key all the same: where files that can't be read would keep a rotation unfinished for ever.
    `tell` is given how many of how many files are done. Raises `BusyError`.
    """
    with _alone(vault):
        waiting = list(_behind(vault))
        if anew or not waiting:
            vault.keys.make_next()
            waiting = list(_behind(vault))
        done = Rotation(vault.keys.current())
        for count, name in enumerate(waiting, start=1):
            try:
                done.renewed += vault.renew(name)
            except StorageError:
                done.unreadable.append(name)
            tell(count, len(waiting))
        refs = {name.partition(".")[0] for name in waiting} - {name.partition(".")[0] for name in done.unreadable}
        Document.objects.filter(ref__in=refs).update(key_id=done.key_id)
        _trace("rotate_key", done.key_id, at, {"renewed": done.renewed, "unreadable": len(done.unreadable)})
    return done


def retire(*, vault: Vault, at: datetime) -> list[str]:
    """Delete every key but the current one, once no file names them; gives their ids.

    Raises `InUseError` when a file still does or a writer may, `BusyError` while a rotation is under way. Backups made
    before the rotation can't be read without the old keys: they are the operator's to keep or to let go.
    """
    with _alone(vault):
        current = vault.keys.current()
        settles_at = vault.keys.made_at(current) + SETTLED
        if at < settles_at:
            raise InUseError(0, settles_at)
        if left := sum(1 for _ in _behind(vault)):
            raise InUseError(left)
        old = [key_id for key_id in vault.keys.ids() if key_id != current]
        for key_id in old:
            _trace("retire_key", key_id, at, {})
            vault.keys.delete(key_id)
    return old


def _behind(vault: Vault) -> Iterator[str]:
    """The files that do not have the current key, those that can't be read among them."""
    current = vault.keys.current()
    for name in vault.names():
        try:
            if vault.key_of(name) != current:
                yield name
        except FileNotFoundError:
            continue
        except StorageError:
            if vault.exists(name):
                yield name


@contextmanager
def _alone(vault: Vault) -> Iterator[None]:
    """One rotation at a time; a killed one leaves no lock behind."""
    vault.keys.current()  # the folder is there
    with (vault.keys.folder / "rotation.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError from None
        yield


def _trace(verb: str, key_id: str, at: datetime, data: dict[str, int]) -> None:
    record(verb, by=PLATFORM, at=at, subject_kind="document_key", subject_ref=key_id, data=data)
