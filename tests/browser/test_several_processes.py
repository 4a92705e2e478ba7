"""Nothing is kept in a process: two web processes and two workers behind a proxy behave as one."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser

from tests import ground
from tests.browser import test_main_path
from tests.config.proxied import free_port, started

pytestmark = pytest.mark.browser

NGINX = """
{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; events {{}}
http {{
  log_format behind "$upstream_addr"; access_log {folder}/access.log behind;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  client_max_body_size 27m;
  upstream webs {{ server 127.0.0.1:{webs[0]}; server 127.0.0.1:{webs[1]}; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://webs; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""
PATIENCE = 120  # seconds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def site(own_database: ground.Database, folder: Path) -> Iterator[ground.Site]:
    """nginx, two web processes without a worker inside, two workers, on one database and one folder of documents."""
    nginx = ground.require_tool("nginx", "/usr/sbin/nginx")
    port, webs = free_port(), [free_port(), free_port()]
    env = {name: value for name, value in os.environ.items() if name not in ground.VARIABLES} | {
        "DJANGO_SETTINGS_MODULE": "virage.config.settings",
        "DATABASE_URL": own_database.url,
        "DEMO": "1",
        "WORKER_IN_WEB": "0",
        "TRUSTED_PROXIES": "1",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(user=user, folder=folder, webs=webs, port=port))
    run, worker = [sys.executable, "-m", "virage.config.run"], [sys.executable, "manage.py", "procrastinate", "worker"]
    with ExitStack() as stack:
        processes: list[subprocess.Popen[bytes]] = []
        for web in webs:
            log = folder / f"web-{web}.log"
            processes.append(stack.enter_context(started(run, env | {"PORT": str(web)}, log)))
            _wait_for(web, log)
        for number in (1, 2):
            stack.enter_context(started(worker, env, folder / f"worker-{number}.log"))
        command = [nginx, "-e", "stderr", "-c", str(folder / "nginx.conf")]
        stack.enter_context(started(command, env, folder / "nginx.log"))
        _wait_for(port, folder / "nginx.log")
        yield ground.Site(f"http://127.0.0.1:{port}", own_database, processes[0])


def _wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            if log.name == "nginx.log" or "Ctrl-C" in log.read_text():
                return
        except OSError:
            pass
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


def test_the_main_path_through_two_web_processes_and_two_workers(
    chromium: Browser, site: ground.Site, folder: Path
) -> None:
    documents = ground.session_folder() / "data"
    test_main_path.test_from_the_nurses_phone_to_the_monthly_state(chromium, site, documents)
    served = (folder / "access.log").read_text().split()
    shares = sorted(served.count(upstream) for upstream in set(served))
    assert len(shares) == 2
    assert shares[0] > 20, "one of the two hardly served"
    with psycopg.connect(site.database.url) as connection:
        assert connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() == (2,)
    for log in folder.glob("w*.log"):
        faults = [line for line in log.read_text().splitlines() if " ERROR " in line or line.startswith("Traceback")]
        assert not faults, log.read_text()
