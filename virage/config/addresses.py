"""Addresses written as one variable, turned into what Django's settings want. Pure."""

import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

EMBEDDED_NAME = "virage"  # of the database and of its only role
LONGEST_SOCKET = 107  # bytes that Linux takes in sun_path, without the final zero
SOCKET_FILE = ".s.PGSQL.5432"


def database_settings(url: str) -> dict[str, Any]:
    """Django's DATABASES entry. `postgresql:///name?host=/socket/folder&user=x` is a Unix socket."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options = {name: value for name, value in query.items() if name not in {"host", "user", "port", "password"}}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": query.get("user") or unquote(parts.username or ""),
        "PASSWORD": query.get("password") or unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,  # seconds; HTTP runs in WSGI threads that live on
        "CONN_HEALTH_CHECKS": True,
    }


def with_timeouts(settings: dict[str, Any], statement: int, lock: int, idle: int) -> dict[str, Any]:
    """A query without end, a lock that nobody gives back and a transaction left open are ended by the server.
    What the address itself says in `options` comes last and wins."""
    waits = {"statement_timeout": statement, "lock_timeout": lock, "idle_in_transaction_session_timeout": idle}
    said = " ".join(f"-c {name}={seconds}s" for name, seconds in waits.items() if seconds)
    options = dict(settings["OPTIONS"])
    if said:
        options["options"] = f"{said} {options.get('options', '')}".strip()
    return settings | {"OPTIONS": options}


def postgres_home(data_dir: Path) -> Path:
    """Where the embedded PostgreSQL lives in the data folder."""
    return data_dir / "postgres"


def socket_folder(home: Path) -> Path:
    """The folder of the server's socket: beside the data, or a short name under /tmp when that path is too long."""
    folder = home / "socket"
    if len(os.fsencode(folder / SOCKET_FILE)) <= LONGEST_SOCKET:
        return folder
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path("/tmp") / f"virage-{digest}"  # noqa: S108 - made 0700, refused when somebody else's


def socket_url(folder: Path, database: str = EMBEDDED_NAME) -> str:
    return f"postgresql:///{quote(database)}?host={quote(str(folder))}&user={EMBEDDED_NAME}"


def email_settings(url: str, sender: str) -> dict[str, Any]:
    """From console:, smtp:// (STARTTLS on port 587) or smtps:// (TLS from the first byte)."""
    parts = urlsplit(url)
    if parts.scheme == "console":
        return _email("console", sender)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("is neither console: nor an smtp address")
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    return _email("smtp", sender) | {
        "host": parts.hostname,
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "ssl": parts.scheme == "smtps",
        "tls": parts.scheme == "smtp" and port == 587,
    }


def no_email(sender: str) -> dict[str, Any]:
    """Messages stay in the outbox's table, where the demo shows them."""
    return _email("dummy", sender)


def _email(backend: str, sender: str) -> dict[str, Any]:
    return {
        "backend": f"django.core.mail.backends.{backend}.EmailBackend",
        "host": "",
        "port": 0,
        "user": "",
        "password": "",
        "ssl": False,
        "tls": False,
        "sender": sender,
    }
