"""The platform as processes of their own on a throw-away folder, and who kills them."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from pathlib import Path

from virage.config.postgres import Server

ROOT = Path(__file__).resolve().parents[2]
WEBS = ("web 1", "web 2")
WORKER, DATABASE = "worker", "postgres"
START_SECONDS = 180


class House:
    """Starts, kills and starts again; what ends by itself is started again too, as a service manager does."""

    def __init__(self, folder: Path, mail: str) -> None:
        self.folder = folder
        self.server = Server(folder / "postgres")
        self.ports = {name: _free_port() for name in WEBS}
        self.env = {
            "DATABASE_URL": self.server.url(),
            "DATA_DIR": str(folder),
            "DEMO": "1",
            "EMAIL_URL": mail,
            "PUBLIC_URL": "http://127.0.0.1",
            "RATE_FACTOR": "1000",
            "WORKER_IN_WEB": "0",
            "DJANGO_SETTINGS_MODULE": "virage.config.settings",
        }
        self.kills: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """The first web server fills the database; the others follow."""
        self.server.start()
        self._spawn(WEBS[0])
        self.wait_until_up(WEBS[0])
        for name in (WEBS[1], WORKER):
            self._spawn(name)
        self.wait_until_up(WEBS[1])

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=60)
            process.kill()
        self.server.stop()

    def kill(self, name: str) -> None:
        """SIGKILL, then a new start at once."""
        self.kills[name] += 1
        if name == DATABASE:
            self._kill_database()
        else:
            self._running[name].kill()
            self._running[name].wait()
            self._spawn(name)

    def keep_up(self) -> None:
        """Start again what ended by itself."""
        for name, process in list(self._running.items()):
            if process.poll() is not None:
                self.ended[name] += 1
                self._spawn(name)

    def up(self) -> list[str]:
        """The web servers that answer."""
        return [name for name in WEBS if _answers(self.ports[name])]

    def wait_until_up(self, *names: str) -> None:
        end = time.monotonic() + START_SECONDS
        while not (set(names) or set(WEBS)) <= set(self.up()):
            self.keep_up()
            if time.monotonic() > end:
                raise SystemExit(f"{names or WEBS} did not start: see the logs in {self.folder}")
            time.sleep(0.1)

    def _spawn(self, name: str) -> None:
        port = {"PORT": str(self.ports[name])} if name in WEBS else {}
        run = ["-m", "virage.config.run"] if name in WEBS else ["manage.py", "procrastinate", "worker"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, *run], cwd=ROOT, env=os.environ | self.env | port, stdout=log, stderr=log
            )

    def _kill_database(self) -> None:
        """The postmaster and all its servants at once, as a power cut does."""
        pid = int((self.server.data / "postmaster.pid").read_text().splitlines()[0])
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        time.sleep(0.05)
        self.server.start()


class Killer:
    """Chooses whom to kill and when, from a seed."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.chance = random.Random(seed)

    def work(self, kills: int) -> None:
        """So many kills; one web server at least has answered since the last."""
        for number in range(kills):
            end = time.monotonic() + START_SECONDS
            while not self.house.up():
                self.house.keep_up()
                if time.monotonic() > end:
                    raise SystemExit("no web server answers any more")
                time.sleep(0.1)
            time.sleep(self.chance.uniform(0.05, 2.5))
            self.house.keep_up()
            self.house.kill(self.chance.choice((*WEBS, WORKER, DATABASE)))
            if (number + 1) % 50 == 0:
                print(f"{number + 1} kills", file=sys.stderr, flush=True)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sante/pret/", timeout=3):
            return True
    except (OSError, ValueError):
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
