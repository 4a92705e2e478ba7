"""Encrypted files on disk: `vault()` is the store that the settings name."""

from pathlib import Path

from django.conf import settings

from virage.records.storage.faults import AlteredError, KeyMissingError, MissingError, StorageError
from virage.records.storage.keys import Keys
from virage.records.storage.sealing import CHUNK
from virage.records.storage.vault import StoredFile, Vault

__all__ = [
    "CHUNK",
    "AlteredError",
    "KeyMissingError",
    "Keys",
    "MissingError",
    "StorageError",
    "StoredFile",
    "Vault",
    "vault",
]


def vault() -> Vault:
    """The store named by the settings."""
    return Vault(Path(settings.DOCUMENTS_DIR), Keys(Path(settings.DOCUMENT_KEYS_DIR)))
