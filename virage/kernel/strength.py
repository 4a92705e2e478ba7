"""Secrets that would be found: too short, too plain, the one of everybody's example, in a folder that others read."""

import stat
from typing import Any

SHORTEST_SECRET = 50  # characters; what `manage.py check --deploy` asks for
SHORTEST_PASSWORD = 12  # characters, of the database's role
COMMON = ("password", "motdepasse", "postgres", "virage", "changeme", "secret", "azerty", "qwerty", "admin")
HERE = ("", "localhost", "127.0.0.1", "::1")


def faults(key: str, database: dict[str, Any] | None, email: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(variable, reason, what to do) for each; `database` is None for the embedded one, which takes no password."""
    judged = [
        ("SECRET_KEY", weak_key(key), f"Write at least {SHORTEST_SECRET} random characters"),
        (
            "DATABASE_URL",
            weak_password(database) if database else "",
            f"Choose a random password of at least {SHORTEST_PASSWORD} characters",
        ),
        ("EMAIL_URL", bare_mail(email), "Write smtps://… or smtp://…:587"),
    ]
    return [(name, reason, remedy) for name, reason, remedy in judged if reason]


def weak_key(key: str) -> str:
    """Why this key would be found; '' when it is sound, or not said at all."""
    if key and (len(key) < SHORTEST_SECRET or len(set(key)) < 10 or key.startswith("django-insecure")):
        return "too weak"
    return ""


def weak_password(database: dict[str, Any]) -> str:
    """A Unix socket may do without a password: PostgreSQL knows who stands at the other end."""
    host, password = str(database["HOST"]), str(database["PASSWORD"])
    if not password:
        return "" if host.startswith("/") or _has_certificate(database) else "has no password"
    plain = password.lower().strip("0123456789!*.-_")
    if len(password) < SHORTEST_PASSWORD or len(set(password)) < 6 or plain in (*COMMON, database["USER"].lower()):
        return "has a password that would be guessed"
    return ""


def _has_certificate(database: dict[str, Any]) -> bool:
    return bool({"sslcert", "passfile", "service"} & set(database["OPTIONS"]))


def bare_mail(email: dict[str, Any]) -> str:
    """A password of the mail server that would cross a network in clear."""
    if email["password"] and not (email["tls"] or email["ssl"]) and email["host"] not in HERE:
        return "would send its password in clear"
    return ""


def is_open(mode: int | None) -> bool:
    """Whether a folder of this mode may be read or entered by others. None: not there yet, it will be made closed."""
    return mode is not None and bool(stat.S_IMODE(mode) & 0o077)


def open_folder(folder: str) -> tuple[str, str, str]:
    return "DOCUMENT_KEYS_DIR", f"{folder} is open to other users of this machine", f"Close it: chmod 700 '{folder}'"
