"""What differs between places: one frozen value read from the environment variables, and every fault said at once."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

T = TypeVar("T")
YES, NO = {"1", "true", "yes", "on", "oui"}, {"0", "false", "no", "off", "non", ""}
LANGUAGES = ("fr", "en")
SHORTEST_SECRET = 50  # characters; what `manage.py check --deploy` asks for


class FaultsError(Exception):
    """Every variable that cannot be used: (variable, reason, what to do)."""

    def __init__(self, faults: list[tuple[str, str, str]]) -> None:
        self.faults = faults
        lines = [f"  {name}: {reason}. {remedy}." for name, reason, remedy in faults]
        super().__init__("Virage cannot start: check these environment variables.\n" + "\n".join(lines))


@dataclass(frozen=True)
class Environment:
    """The place where Virage runs. `database_url` None means the embedded PostgreSQL under `data_dir`."""

    database_url: str | None
    data_dir: Path
    host: str
    port: int
    public_url: str
    demo: bool
    debug: bool
    secret_key: str | None
    document_keys_dir: Path
    documents_dir: Path
    email: dict[str, Any] | None
    email_from: str
    allowed_hosts: tuple[str, ...]
    language: str
    worker_in_web: bool

    @property
    def embedded(self) -> bool:
        return self.database_url is None

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


class _Reader:
    """Takes variables one by one and keeps the faults for the end."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.faults: list[tuple[str, str, str]] = []

    def take(self, name: str, default: T, parse: Callable[[str], T], remedy: str) -> T:
        text = self.env.get(name, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            self.fault(name, str(error), remedy)
            return default

    def fault(self, name: str, reason: str, remedy: str) -> None:
        self.faults.append((name, reason, remedy))


def read(env: Mapping[str, str]) -> Environment:
    """Raises `FaultsError` with all that is wrong. Writes nothing, opens nothing."""
    reader = _Reader(env)
    database_url = reader.take("DATABASE_URL", None, _database_url, "Write postgresql://user:password@host:5432/name")
    data_dir = reader.take("DATA_DIR", Path("data"), Path, "Name a folder").expanduser().absolute()
    host = reader.take("HOST", "127.0.0.1", str, "Write an address of this machine")
    port = reader.take("PORT", 8000, _port, "Write a number from 1 to 65535")
    demo = reader.take("DEMO", database_url is None, _flag, "Write 1 or 0")
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, never bound
    environment = Environment(
        database_url=database_url,
        data_dir=data_dir,
        host=host,
        port=port,
        public_url=reader.take("PUBLIC_URL", f"http://{shown}:{port}", _web_url, "Write https://your.host"),
        demo=demo,
        debug=reader.take("DEBUG", False, _flag, "Write 1 or 0"),
        secret_key=reader.take("SECRET_KEY", None, str, "Write a random text"),
        document_keys_dir=_folder(reader, "DOCUMENT_KEYS_DIR", data_dir / "keys"),
        documents_dir=_folder(reader, "DOCUMENTS_DIR", data_dir / "documents"),
        email=reader.take("EMAIL_URL", None, email_settings, "Write smtp://user:password@host:587 or console:"),
        email_from=reader.take("EMAIL_FROM", "virage@localhost", _address, "Write an e-mail address"),
        allowed_hosts=reader.take("ALLOWED_HOSTS", (), _hosts, "Write host names with commas between them"),
        language=reader.take("LANGUAGE_CODE", "fr", _language, f"Write one of {', '.join(LANGUAGES)}"),
        worker_in_web=reader.take("WORKER_IN_WEB", database_url is None, _flag, "Write 1 or 0"),
    )
    if not environment.demo:
        _judge_real_use(environment, reader)
    if reader.faults:
        raise FaultsError(reader.faults)
    return environment


def read_or_exit(env: Mapping[str, str]) -> Environment:
    """For settings and entry points: a fault ends the process with code 2 and the whole list on stderr."""
    try:
        return read(env)
    except FaultsError as faults:
        print(faults, file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None


def _judge_real_use(environment: Environment, reader: _Reader) -> None:
    """Outside the demo nothing is guessed: secrets, hosts, address and mail are the operator's."""
    key = environment.secret_key
    if not environment.embedded and key is None:
        reader.fault("SECRET_KEY", "missing", "Write the same random text for every process of the installation")
    if key is not None and (len(key) < SHORTEST_SECRET or len(set(key)) < 10):
        reader.fault("SECRET_KEY", "too weak", f"Write at least {SHORTEST_SECRET} random characters")
    if environment.debug:
        reader.fault("DEBUG", "shows inner data to anyone outside the demo", "Remove it")
    if environment.embedded:
        return
    for name, value in (("ALLOWED_HOSTS", environment.allowed_hosts), ("EMAIL_URL", environment.email)):
        if not value:
            reader.fault(name, "missing", "Say it explicitly outside the demo")
    if not environment.https:
        reader.fault("PUBLIC_URL", "is not https", "Write the address that users type, with https://")


def secret_key(environment: Environment) -> str:
    """The given key, or one made once and kept in `data_dir`/keys (folder 0700, file 0600)."""
    if environment.secret_key:
        return environment.secret_key
    path = private_folder(environment.data_dir / "keys") / "secret_key"
    if not path.exists():
        draft = path.with_name(f"secret_key.{secrets.token_hex(8)}.tmp")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # another process was first: its key is the one
            os.link(draft, path)
        draft.unlink()
    key = path.read_text(encoding="ascii").strip()
    if len(key) < SHORTEST_SECRET:
        raise FaultsError([("SECRET_KEY", f"{path} is cut short", "Remove that file and start again")])
    return key


def private_folder(path: Path) -> Path:
    """Make a folder that only we can open; one that is there already keeps its rights."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


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


def email_settings(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings from console:, smtp:// (STARTTLS from port 587), smtps:// (TLS from the start)."""
    parts = urlsplit(url)
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("is neither console: nor an smtp address")
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and port == 587,
        "EMAIL_TIMEOUT": 20,  # seconds
    }


def _folder(reader: _Reader, name: str, default: Path) -> Path:
    return reader.take(name, default, Path, "Name a folder").expanduser().absolute()


def _flag(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise ValueError(f"{text!r} is neither yes nor no")


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError(f"{text!r} is not a port")
    return int(text)


def _database_url(text: str) -> str:
    """The address is never repeated in a message: it may hold a password."""
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError("is not a PostgreSQL address")
    if not parts.path.strip("/"):
        raise ValueError("names no database")
    if not parts.hostname and "host" not in dict(parse_qsl(parts.query)):
        raise ValueError("names neither a host nor a socket folder")
    return text


def _web_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"{text!r} is not the address of a site")
    return text.rstrip("/")


def _address(text: str) -> str:
    if "@" not in text or any(sign in text for sign in "\r\n"):
        raise ValueError(f"{text!r} is not an e-mail address")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    if "*" in hosts:
        raise ValueError("'*' lets any host name through")
    return hosts


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(f"{text!r} is not a language of Virage")
    return text
