"""Secrets of second factors, sealed: whoever reads the database alone cannot make codes."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12  # bytes


def seal(text: str) -> str:
    nonce = os.urandom(NONCE)
    sealed = AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, text.encode(), None)
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str) -> str:
    """With the installation's key or one that it had before (SECRET_KEY_FALLBACKS). InvalidTag when none fits."""
    body = base64.b64decode(sealed)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(secret)).decrypt(body[:NONCE], body[NONCE:], None).decode()
        except InvalidTag:
            continue
    raise InvalidTag


def _key(secret: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"virage second factors").derive(secret.encode())
