"""The web process: how long from its start to its first answer, and how much memory it holds."""

import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from virage.config import addresses
from virage.config.environment import Environment

Row = tuple[str, str, str]
STARTS = 3
PAGES = 60
COMMAND = [sys.executable, "-m", "virage.config.run"]
ROOT = Path(__file__).resolve().parents[1]


def measure(environment: Environment) -> list[Row]:
    url = addresses.socket_url(addresses.socket_folder(addresses.postgres_home(environment.data_dir)))
    rows = []
    for worker, words in (("0", "web process"), ("1", "web process with the worker inside, as in `make run`")):
        found = [_start(environment, url, worker) for _number in range(STARTS)]
        cold = statistics.median(seconds for seconds, _memory in found)
        memory = statistics.median(memory for _seconds, memory in found)
        rows.append((f"{words}: start to first answer", f"{cold:.1f} s", "3 s"))
        rows.append((f"{words}: memory after {PAGES} pages", f"{memory:.0f} MB", "150 MB"))
    return rows


def _start(environment: Environment, url: str, worker: str) -> tuple[float, float]:
    """(seconds, megabytes); the database is there and up to date, as at a restart."""
    port = _free_port()
    env = dict(os.environ) | {"DATABASE_URL": url, "DEMO": "1", "WORKER_IN_WEB": worker, "PORT": str(port)}
    env |= {"DATA_DIR": str(environment.data_dir)}
    began = time.monotonic()
    process = subprocess.Popen(COMMAND, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        seconds = _first_answer(process, port, began)
        for _number in range(PAGES):
            _ask(port, "/compte/connexion/")
        return seconds, _memory(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _first_answer(process: subprocess.Popen[bytes], port: int, began: float) -> float:
    while process.poll() is None and time.monotonic() - began < 120:
        if _ask(port, "/sante/pret/"):
            return time.monotonic() - began
        time.sleep(0.02)
    raise SystemExit("the web process did not start")


def _ask(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return bool(answer.read())
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _memory(pid: int) -> float:
    """Resident memory in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
