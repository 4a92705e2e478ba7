"""`make soak` at a size that fits here: processes are killed while people work, and nothing is lost or doubled."""

import os
import re
import subprocess
import sys

from django.core.mail import EmailMessage, get_connection

from bench.soak.sink import Sink
from tests import ground

KILLS = 10


def test_nothing_is_lost_or_doubled_when_processes_are_killed_at_random() -> None:
    env = {name: value for name, value in os.environ.items() if name not in ground.VARIABLES}
    command = [sys.executable, "-m", "bench.soak", "--kills", str(KILLS), "--clients", "2", "--seed", "3"]
    done = subprocess.run(
        command, cwd=ground.ROOT, env=env, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert done.returncode == 0, done.stdout
    assert f"{KILLS} kills" in done.stdout
    assert "nothing lost, nothing doubled" in done.stdout
    asked = re.search(r"acknowledged: (\d+) drafts, (\d+) photographs, (\d+) sendings, (\d+) signatures", done.stdout)
    assert asked
    assert min(int(number) for number in asked.groups()) >= 1, "nobody worked meanwhile"


def test_the_mail_server_of_the_soak_counts_what_comes_twice() -> None:
    sink = Sink()
    host, port = sink.server_address
    with get_connection("django.core.mail.backends.smtp.EmailBackend", host=host, port=port) as line:
        for number in ("1", "2", "2"):
            mail = EmailMessage("x", "y\n.\nz", "a@essai.invalid", ["b@essai.invalid"], headers={"Message-ID": number})
            mail.connection = line
            mail.send()
    sink.shutdown()
    sink.server_close()
    assert sink.taken == {("1", "b@essai.invalid"): 1, ("2", "b@essai.invalid"): 2}
