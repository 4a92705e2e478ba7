"""The platform as docs/operating.md says to run it: processes of uvicorn behind nginx, with the environment of real use."""

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage, HTTPSConnection
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests import ground

HOST = "virage.example"
SAMPLE = ground.ROOT / "docs" / "deployment" / "nginx.conf"
PATIENCE = 60  # seconds


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def certificate(folder: Path) -> None:
    """fullchain.pem and key.pem of HOST, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    text: str


@dataclass(frozen=True)
class Front:
    """nginx, the processes behind it, and where each writes."""

    port: int
    plain_port: int
    processes: list[subprocess.Popen[bytes]]
    folder: Path

    def asks(self, method: str, path: str, body: bytes | None = None, host: str = HOST, **headers: str) -> Answer:
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        connection = HTTPSConnection(host, self.port, timeout=30, context=context)
        bare = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        with bare, closing(connection):
            connection.sock = context.wrap_socket(bare, server_hostname=host)
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read().decode())

    @property
    def log(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("web-*.log")))


def configuration(folder: Path, port: int, plain_port: int, webs: list[int]) -> str:
    """The sample with the ports and folders of the test; everything else as an operator would have it."""
    sample = SAMPLE.read_text("utf-8")
    changes = {
        "server 127.0.0.1:8001;": f"server 127.0.0.1:{webs[0]};",
        "server 127.0.0.1:8002;": f"server 127.0.0.1:{webs[-1]};" if len(webs) > 1 else "",
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/virage/tls": str(folder),
        "/var/log/nginx/virage.log": str(folder / "access.log"),
    }
    for old, new in changes.items():
        assert old in sample, old
        sample = sample.replace(old, new)
    places = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;"
    user = "user root;" if os.geteuid() == 0 else ""
    return f"{user}{main} events {{}} http {{ {places} {sample} }}"


@contextmanager
def front(database: ground.Database, folder: Path, count: int = 2) -> Iterator[Front]:
    nginx = ground.require_tool("nginx", "/usr/sbin/nginx")
    port, plain_port, webs = free_port(), free_port(), [free_port() for _ in range(count)]
    certificate(folder)
    env = environment(database, folder, port)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ground.ROOT, env=env, check=True
    )
    (folder / "nginx.conf").write_text(configuration(folder, port, plain_port, webs))
    with ExitStack() as stack:
        processes = [stack.enter_context(started(_uvicorn(web), env, folder / f"web-{web}.log")) for web in webs]
        stack.enter_context(
            started([nginx, "-e", "stderr", "-c", str(folder / "nginx.conf")], env, folder / "nginx.log")
        )
        for wanted in (*webs, port):
            _wait_for(wanted, folder)
        yield Front(port, plain_port, processes, folder)


def environment(database: ground.Database, folder: Path, port: int) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in ground.VARIABLES}
    (folder / "keys").mkdir(mode=0o700)
    return env | {
        "DJANGO_SETTINGS_MODULE": "virage.config.settings",
        "DATABASE_URL": database.url,
        "DATA_DIR": str(folder),
        "DOCUMENT_KEYS_DIR": str(folder / "keys"),
        "SECRET_KEY": "q7Z-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
        "PUBLIC_URL": f"https://{HOST}:{port}",
        "ALLOWED_HOSTS": HOST,
        "EMAIL_URL": "console:",
        "TRUSTED_PROXIES": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _uvicorn(port: int) -> list[str]:
    """The line of docs/deployment/virage-web@.service."""
    unit = (SAMPLE.parent / "virage-web@.service").read_text("utf-8")
    line = next(line for line in unit.splitlines() if line.startswith("ExecStart=")).removeprefix("ExecStart=")
    words = line.replace("%i", str(port)).split()
    return [str(Path(sys.executable).parent / Path(words[0]).name), *words[1:]]


@contextmanager
def started(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ground.ROOT, env=env, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _wait_for(port: int, folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            logs = "".join(path.read_text() for path in folder.glob("*.log"))
            assert time.monotonic() < end, f"nobody on {port}:\n{logs}"
            time.sleep(0.1)
