"""What differs between places: one frozen value read from the environment variables, and every fault said at once."""

import hashlib
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from virage.config import addresses, identity, sessions, sms, values
from virage.kernel import strength

T = TypeVar("T")
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


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
    secret_key: str
    document_keys_dir: Path
    documents_dir: Path
    scanner: str
    email: dict[str, Any]
    sms: sms.Gateway
    allowed_hosts: tuple[str, ...]
    language: str
    worker_in_web: bool
    trusted_proxies: int
    running: "Running"
    providers: tuple[identity.Provider, ...]
    sessions: sessions.Lengths

    @property
    def embedded(self) -> bool:
        return self.database_url is None

    @property
    def database(self) -> dict[str, Any]:
        """Django's DATABASES entry."""
        home = addresses.postgres_home(self.data_dir)
        url = self.database_url or addresses.socket_url(addresses.socket_folder(home))
        return addresses.with_timeouts(addresses.database_settings(url), *self.running.timeouts)

    @property
    def hashed_statics(self) -> bool:
        """Real installations run `collectstatic`; the demo serves files where they lie."""
        return not (self.demo or self.debug)


@dataclass(frozen=True)
class Running:
    """How it is kept within bounds and watched. `timeouts` in seconds: a statement, a lock, an idle transaction."""

    timeouts: tuple[int, int, int]
    rate_factor: int
    log_format: str
    metrics_token: str
    metrics_networks: tuple[str, ...]


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
    """Raises `FaultsError` with all that is wrong. Writes nothing, opens nothing; a missing SECRET_KEY stays ''."""
    reader = _Reader(env)
    database_url = reader.take("DATABASE_URL", None, values.database_url, "Write postgresql://user:password@host/name")
    data_dir = reader.take("DATA_DIR", Path("data"), Path, "Name a folder").expanduser().absolute()
    host = reader.take("HOST", "127.0.0.1", str, "Write an address of this machine")
    port = reader.take("PORT", 8000, values.port, "Write a number from 1 to 65535")
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, never bound
    public_url = reader.take("PUBLIC_URL", f"http://{shown}:{port}", values.web_url, "Write https://your.host")
    demo = reader.take("DEMO", database_url is None, values.flag, "Write 1 or 0")
    environment = Environment(
        database_url=database_url,
        data_dir=data_dir,
        host=host,
        port=port,
        public_url=public_url,
        demo=demo,
        debug=reader.take("DEBUG", False, values.flag, "Write 1 or 0"),
        secret_key=reader.take("SECRET_KEY", "", str, "Write a random text"),
        document_keys_dir=_folder(reader, "DOCUMENT_KEYS_DIR", data_dir / "keys"),
        documents_dir=_folder(reader, "DOCUMENTS_DIR", data_dir / "documents"),
        scanner=reader.take("CLAMAV", "", values.scanner, "Write host:3310 or /run/clamav/clamd.ctl"),
        email=_email(reader),
        sms=sms.read(reader.take),
        allowed_hosts=reader.take(
            "ALLOWED_HOSTS", _default_hosts(public_url), values.hosts, "Write host names with commas between them"
        ),
        language=reader.take("LANGUAGE_CODE", "fr", values.language, f"Write one of {', '.join(values.LANGUAGES)}"),
        worker_in_web=reader.take("WORKER_IN_WEB", database_url is None, values.flag, "Write 1 or 0"),
        trusted_proxies=reader.take("TRUSTED_PROXIES", 0, values.proxies, "Write how many of yours a request passes"),
        running=_running(reader),
        providers=identity.read(env, reader.take, reader.fault),
        sessions=sessions.read(reader.take, demo=demo),
    )
    if not environment.demo:
        _judge_real_use(environment, reader)
    if reader.faults:
        raise FaultsError(reader.faults)
    return environment


def _email(reader: _Reader) -> dict[str, Any]:
    sender = reader.take("EMAIL_FROM", "virage@localhost", values.address, "Write an e-mail address")
    remedy = "Write smtp://user:password@host:587 or console:"
    return reader.take(
        "EMAIL_URL", addresses.no_email(sender), lambda url: addresses.email_settings(url, sender), remedy
    )


def _running(reader: _Reader) -> Running:
    return Running(
        timeouts=reader.take("DATABASE_TIMEOUTS", (60, 15, 300), values.seconds, "Write seconds: 60,15,300"),
        rate_factor=reader.take(
            "RATE_FACTOR", 1, values.factor, "Write how many times the usual limits may be passed"
        ),
        log_format=reader.take("LOG_FORMAT", "", values.log_format, f"Write one of {', '.join(values.LOG_FORMATS)}"),
        metrics_token=reader.take("METRICS_TOKEN", "", values.token, "Write at least 24 random characters"),
        metrics_networks=reader.take("METRICS_NETWORKS", (), values.networks, "Write addresses: 192.0.2.0/24,::1"),
    )


def read_or_exit(env: Mapping[str, str]) -> Environment:
    """For settings and entry points: a fault ends the process with code 2 and the whole list on stderr."""
    try:
        environment = read({"DATA_DIR": default_data_dir(Path.cwd(), os.geteuid())} | _said(env))
        keys = environment.document_keys_dir
        if not environment.demo and strength.is_open(keys.stat().st_mode if keys.is_dir() else None):
            raise FaultsError([strength.open_folder(str(keys))])
        return replace(environment, secret_key=environment.secret_key or kept_secret(environment.data_dir))
    except FaultsError as faults:
        print(faults, file=sys.stderr)  # noqa: T201
    except OSError as error:
        fault = ("DATA_DIR", f"{error.filename} cannot be used ({error.strerror})", "Choose a folder that is yours")
        print(FaultsError([fault]), file=sys.stderr)  # noqa: T201
    raise SystemExit(2)


def default_data_dir(here: Path, user: int) -> str:
    """./data; for root in a folder closed to others (its home), a place that the database's user can reach."""
    own = here.resolve() / "data"
    closed = any(not folder.stat().st_mode & 0o001 for folder in own.parents)
    if user != 0 or not closed or (own / "postgres" / "data").exists():
        return str(own)
    return f"/var/lib/virage-{hashlib.sha256(os.fsencode(own)).hexdigest()[:12]}"


def _said(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if value.strip()}


def _judge_real_use(environment: Environment, reader: _Reader) -> None:
    """Outside the demo nothing is guessed: secrets, hosts, address and mail are the operator's."""
    database = environment.database if environment.database_url else None
    reader.faults += strength.faults(environment.secret_key, database, environment.email)
    if environment.debug:
        reader.fault("DEBUG", "shows inner data to anyone outside the demo", "Remove it")
    if environment.embedded:
        return
    remedies = {
        "SECRET_KEY": "Write the same random text for every process of the installation",
        "ALLOWED_HOSTS": "Write the host names that users type",
        "EMAIL_URL": "Write smtp://user:password@host:587, or console: if no mail shall leave",
        "PUBLIC_URL": "Write the address that users type, with https://",
    }
    for name, remedy in remedies.items():
        if not reader.env.get(name, "").strip():
            reader.fault(name, "missing, and DEMO is not set", remedy)
    if reader.env.get("PUBLIC_URL", "").startswith("http://"):
        reader.fault("PUBLIC_URL", "is not https", remedies["PUBLIC_URL"])


def kept_secret(data_dir: Path) -> str:
    """A key made once and kept in `data_dir`/keys (folder 0700, file 0600), whole or not at all."""
    path = data_dir / "keys" / "secret_key"
    if not data_dir.exists():
        data_dir.mkdir(parents=True, exist_ok=True)  # another process may be as far
        data_dir.chmod(0o711)  # the embedded server's user passes through, and sees nothing
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"secret_key.{secrets.token_hex(8)}.tmp")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # another process was first: its key is the one
            os.link(draft, path)
        draft.unlink()
    key = path.read_text(encoding="ascii").strip()
    if len(key) < strength.SHORTEST_SECRET:
        raise FaultsError([("SECRET_KEY", f"{path} is cut short", "Remove that file and start again")])
    return key


def _default_hosts(public_url: str) -> tuple[str, ...]:
    host = urlsplit(public_url).hostname or ""
    return LOCAL_HOSTS if host in LOCAL_HOSTS else (*LOCAL_HOSTS, host)


def _folder(reader: _Reader, name: str, default: Path) -> Path:
    return reader.take(name, default, Path, "Name a folder").expanduser().absolute()
