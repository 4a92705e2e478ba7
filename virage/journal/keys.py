"""The installation's signing keys: Ed25519, in a folder of their own outside the database.

`<id>.pem` is a private key (0600), `<id>.pub` what may be given to anyone: the public key and, after a rotation, the
signature of the key before it, by which whoever trusts the old key can trust the new one. The newest id signs.
"""

import base64
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from virage.journal.canonical import canonical


class SigningKeyError(Exception):
    """A key that is named is not there, or cannot be read: says which and where."""


class SigningKeys:
    """The keys in one folder (0700), made when the first signature is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def ids(self) -> list[str]:
        """Of the keys whose public part is here, oldest first."""
        return sorted(path.stem for path in self.folder.glob("j[0-9]*.pub"))

    def current(self) -> str:
        """The id of the key that signs; the first one is made in an empty folder."""
        found = sorted(path.stem for path in self.folder.glob("j[0-9]*.pem"))
        if not found:
            if self.ids():
                raise SigningKeyError(f"{self.folder} has public keys but none to sign with: put the .pem file back")
            return self._make("j0001", "")
        self._publish(found[-1], found[-2] if len(found) > 1 else "")
        return found[-1]

    def rotate(self) -> str:
        """Make the next key, vouched for by the one that signs now."""
        old = self.current()
        return self._make(f"j{int(old[1:]) + 1:04d}", old)

    def sign(self, statement: dict[str, Any]) -> tuple[str, str]:
        """The id of the key that signs, and its signature of the statement with that id in it (base64)."""
        key_id = self.current()
        return key_id, _encoded(self._private(key_id).sign(canonical(statement | {"key": key_id})))

    def holds(self, statement: dict[str, Any], key_id: str, signature: str) -> bool:
        """Whether this key signed that statement. Raises `SigningKeyError` for a key that is not here."""
        return verified(self.public(key_id)["public"], statement | {"key": key_id}, signature)

    def public(self, key_id: str) -> dict[str, str]:
        """What may be given away of a key: id, public key (base64 of 32 bytes), who vouches for it and how."""
        try:
            return json.loads((self.folder / f"{key_id}.pub").read_text("ascii"))
        except (OSError, ValueError):
            raise SigningKeyError(f"public key {key_id} is not in {self.folder}") from None

    def _make(self, key_id: str, before: str) -> str:
        """Of two processes that make the same key at once, the first wins and both use it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write_once(self.folder / f"{key_id}.pem", private)
        self._publish(key_id, before)
        return key_id

    def _publish(self, key_id: str, before: str) -> None:
        path = self.folder / f"{key_id}.pub"
        if path.exists():
            return
        raw = self._private(key_id).public_key().public_bytes_raw()
        card = {"id": key_id, "public": _encoded(raw), "by": before}
        signature = _encoded(self._private(before).sign(canonical(card))) if before else ""
        _write_once(path, canonical(card | {"signature": signature}))

    def _private(self, key_id: str) -> Ed25519PrivateKey:
        try:
            key = serialization.load_pem_private_key((self.folder / f"{key_id}.pem").read_bytes(), password=None)
        except (OSError, ValueError):
            raise SigningKeyError(f"signing key {key_id} can't be read in {self.folder}") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise SigningKeyError(f"signing key {key_id} is not an Ed25519 key")
        return key


def verified(public: str, statement: dict[str, Any], signature: str) -> bool:
    """Whether the holder of that public key (base64) signed the statement."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), canonical(statement))
    except (InvalidSignature, ValueError):
        return False
    return True


def vouched(card: dict[str, str], older: dict[str, str]) -> bool:
    """Whether the key of `older` signed the card of the key that came after it."""
    body = {name: card[name] for name in ("id", "public", "by")}
    return card["by"] == older["id"] and verified(older["public"], body, card["signature"])


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _write_once(path: Path, data: bytes) -> None:
    """Whole or not at all, 0600, on disk when this returns; what is there already stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def signing_keys() -> SigningKeys:
    """Those that the settings name."""
    return SigningKeys(Path(settings.JOURNAL_KEYS_DIR))
