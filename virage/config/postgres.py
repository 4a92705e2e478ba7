"""The embedded PostgreSQL: in a folder of ours, reached by a Unix socket only, stopped by the last who uses it.

Everything here survives a SIGKILL at any instant: the next start cleans up, adopts a server left running, or lets
PostgreSQL recover its own data.
"""

import fcntl
import os
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

from virage.config import addresses, binaries
from virage.config.binaries import PostgresError

START_SECONDS, STOP_SECONDS = 120, 60  # recovery after a crash can be long
ORPHANS_SECONDS = 60  # a servant of a killed server ends after the statement under way at the latest
ORPHANS = b"pre-existing shared memory block"
LARGEST_LOG = 5_000_000  # bytes kept of the server's own messages
# A refused row must not put a patient's data in the server's log: no statement, no values, no detail.
QUIET = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_min_messages": "error",
}


class Server:
    """One PostgreSQL on one folder. `start()` returns the address of the database `virage`; use as a context too."""

    def __init__(self, home: Path, bin_dir: Path | None = None, options: Mapping[str, str] | None = None) -> None:
        self.home = home.absolute()
        self.data = self.home / "data"
        self.socket = addresses.socket_folder(self.home)
        self.options = dict(options or {})
        self._wanted_bin = bin_dir
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, database: str = addresses.EMBEDDED_NAME) -> str:
        return addresses.socket_url(self.socket, database)

    def start(self) -> str:
        """Make, start or join the server; twice is once."""
        self.servant = binaries.servant_for(self.home)
        self._make_home()
        with self._locked():
            self._make_socket()
            self._forget_the_dead()
            if not self._answers():
                self._launch()
            (self.home / "users" / mark(os.getpid())).touch()
            self._make_database()
        return self.url()

    def stop(self) -> None:
        """Leave; the last who leaves stops the server, if one of us started it."""
        if not os.access(self.home / "users", os.W_OK):
            return
        with self._locked():
            (self.home / "users" / mark(os.getpid())).unlink(missing_ok=True)
            self._forget_the_dead()
            pid = self._pid()
            if pid is not None and not any((self.home / "users").iterdir()) and self._ours(pid):
                self._shut_down(pid)
        if self._child is not None and self._child.returncode is None:
            self._child.returncode = 0  # it outlives us on purpose: Python shall not warn of it
        self._child = None

    # Folders

    def _make_home(self) -> None:
        """Folders that we make get the narrowest rights that work; folders that were there are left alone."""
        try:
            with suppress(FileExistsError):
                self.home.parent.mkdir(parents=True)
                if self.servant.popen:
                    self.home.parent.chmod(0o711)  # the server's user passes through, and sees nothing
            if not self.home.exists():
                self._make_own_home()
        except OSError as error:
            raise PostgresError(f"{self.home} cannot be made ({error.strerror}). Choose another DATA_DIR") from None
        if self.home.stat().st_uid != self.servant.uid:
            raise PostgresError(f"{self.home} belongs to another user. Start as that user, or choose another DATA_DIR")
        binaries.require_reach(self.servant, self.home)
        for folder in (self.home / "users", self.home / "programs"):
            folder.mkdir(mode=0o755, exist_ok=True)

    def _make_socket(self) -> None:
        """The folder where it listens; made under the lock."""
        with suppress(FileExistsError):
            self.socket.mkdir(mode=0o700)
            self.servant.own(self.socket)
        state = self.socket.lstat()
        if state.st_uid != self.servant.uid or not stat.S_ISDIR(state.st_mode) or state.st_mode & 0o077:
            raise PostgresError(f"{self.socket} is not a private folder of '{self.servant.name}'. Remove it")

    def _make_own_home(self) -> None:
        """Put there whole, with its owner: of two processes that start at once, one finds the other's."""
        draft = self.home.with_name(f"{self.home.name}.{os.getpid()}")
        draft.mkdir(mode=0o700)
        self.servant.own(draft)
        try:
            draft.rename(self.home)
        except OSError:
            draft.rmdir()
            if not self.home.is_dir():
                raise

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.home / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _forget_the_dead(self) -> None:
        for user in (self.home / "users").iterdir():
            if mark(int(user.name.split(".")[0])) != user.name:
                user.unlink()

    # The server

    def _launch(self) -> None:
        self.bin = binaries.usable_bin(self.servant, self.home, self._wanted_bin)
        self._drop_stale_locks()
        version = binaries.major_version(self.bin, self.servant)
        if not self.data.exists():
            self._initialise(version)
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(version):
            raise PostgresError(
                f"{self.data} was made by PostgreSQL {found} and this is PostgreSQL {version}. "
                "Start the older version of Virage and dump the data, or choose another DATA_DIR"
            )
        settings = QUIET | {
            "listen_addresses": "",
            "unix_socket_directories": '"{}"'.format(str(self.socket).replace('"', '""')),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
        }
        command = [str(self.bin / "postgres"), "-D", str(self.data)]
        for name, value in (settings | self.options).items():
            command += ["-c", f"{name}={value}"]
        end = time.monotonic() + ORPHANS_SECONDS
        while not self._begun(command):
            if time.monotonic() > end:
                raise PostgresError(f"The database server did not start. Its last words: {self._last_words()}")
            time.sleep(0.1)

    def _begun(self, command: list[str]) -> bool:
        """Start the server; False while servants of one that was killed still hold its memory: they end by
        themselves, and PostgreSQL rightly starts no other beside them."""
        before = self._log().stat().st_size if self._log().exists() else 0
        with self._log().open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches us, and we stop the server when the rest is done.
            self._child = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=binaries.PLAIN, cwd="/",
                start_new_session=True, **self.servant.popen,
            )  # fmt: skip
        try:
            (self.home / "started").write_text(mark(self._child.pid))
            self._wait_for_answer()
        except BaseException as fault:  # a signal, a full disk: leave no server behind
            self._shut_down(self._child.pid)
            if isinstance(fault, PostgresError) and ORPHANS in self._log().read_bytes()[before:]:
                return False
            raise
        return True

    def _initialise(self, version: int) -> None:
        """initdb in a draft folder, renamed when done: a crash leaves a draft that the next start removes."""
        for leftover in self.home.glob("draft-*"):
            shutil.rmtree(leftover)
        draft = self.home / f"draft-{secrets.token_hex(4)}"
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if version >= 17 else []
        command = [
            str(self.bin / "initdb"), "-D", str(draft), "-U", addresses.EMBEDDED_NAME, "-E", "UTF8",
            "--locale=C.UTF-8", *locale, "--auth-local=trust", "--auth-host=reject",
            *(["--no-sync"] if self.options.get("fsync") == "off" else []),
        ]  # fmt: skip
        done = subprocess.run(  # noqa: S603
            command, check=False, capture_output=True, text=True, env=binaries.PLAIN, cwd="/", **self.servant.popen
        )
        if done.returncode:
            raise PostgresError(f"The database could not be made in {self.home}: {done.stderr.strip()}")
        draft.rename(self.data)

    def _drop_stale_locks(self) -> None:
        """After a crash another program may have got the dead server's number, and PostgreSQL would wait for it."""
        pid = self._pid()
        if pid is not None and not self._is_server(pid):
            for path in (self.data / "postmaster.pid", self.socket / f"{addresses.SOCKET_FILE}.lock"):
                path.unlink(missing_ok=True)

    def _wait_for_answer(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._child is not None and self._child.poll() is not None:
                raise PostgresError(f"The database server did not start. Its last words: {self._last_words()}")
            if time.monotonic() > end:
                raise PostgresError(f"The database server did not answer in {START_SECONDS} s: see {self._log()}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        """Whether a server listens on our socket. One that recovers its data is waited for."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=10).close()
            except psycopg.OperationalError as error:
                pid = self._pid()
                waiting = pid is not None and self._is_server(pid) and " starting up" in str(error)
                if not waiting or time.monotonic() > end:
                    return False
                time.sleep(0.05)
            else:
                return True

    def _make_database(self) -> None:
        name = addresses.EMBEDDED_NAME
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _shut_down(self, pid: int) -> None:
        """Fast shutdown: open transactions are rolled back, everything acknowledged is on the disk."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        end = time.monotonic() + STOP_SECONDS
        while mark(pid) and (self._child is None or self._child.pid != pid or self._child.poll() is None):
            if time.monotonic() > end:
                raise PostgresError(f"The database server (process {pid}) did not stop in {STOP_SECONDS} s")
            time.sleep(0.02)
        if self._child is not None and self._child.pid == pid:
            self._child.wait()

    def _pid(self) -> int | None:
        with suppress(FileNotFoundError, ValueError, IndexError):
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        return None

    def _ours(self, pid: int) -> bool:
        with suppress(FileNotFoundError):
            return (self.home / "started").read_text() == mark(pid)
        return False

    def _is_server(self, pid: int) -> bool:
        """A PostgreSQL process works in its data folder; one that we may not look at is not ours."""
        if not Path("/proc/self").exists():
            return bool(mark(pid))
        with suppress(OSError):
            return Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.data.resolve()
        return False

    def _log(self) -> Path:
        path = self.home / "server.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        return path

    def _last_words(self) -> str:
        return " / ".join(self._log().read_text(errors="replace").splitlines()[-5:]) or "none"


def mark(pid: int) -> str:
    """A process told apart from a later one with the same number by the instant of its start; '' when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return ""
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            return f"{pid}.0"
        return ""
    return "" if fields[0] == "Z" else f"{pid}.{fields[19]}"
