"""`make soak`: people work while processes are killed; then everything that was acknowledged must be there, once.

Some minutes for a hundred kills on two cores. Exit code 1 when anything was lost or doubled.
"""

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import django

from bench.soak.client import Client
from bench.soak.house import WEBS, House, Killer
from bench.soak.journey import Journey, Ledger, Scene
from bench.soak.sink import Sink

PATIENTS = ("EXEMPLE", "FICTIF", "MODELE", "ESSAI", "GABARIT")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="processes killed (default 500)")
    parser.add_argument("--clients", type=int, default=4, help="people who work at once (default 4)")
    parser.add_argument("--seed", type=int, default=1, help="the same victims and waits again")
    arguments = parser.parse_args()
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="virage-soak-"))
    folder.chmod(0o711)
    with _played(folder, Sink(), arguments) as (house, ledger, sink, since):
        from bench.soak import checks  # noqa: PLC0415 - Django is there now

        checks.settle()
        faults = checks.look(ledger, since, sink.taken)
    if faults:
        print(f"logs and database: {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    _tell(house, ledger, sink, faults, time.monotonic() - began)
    return 1 if faults else 0


@contextmanager
def _played(folder: Path, sink: Sink, arguments: argparse.Namespace) -> Iterator[tuple[House, Ledger, Sink, datetime]]:
    """The platform up again after all kills, every client done; stopped at the end."""
    house, ledger, enough = House(folder, sink.url), Ledger(), threading.Event()
    try:
        house.start()
        os.environ.update(house.env)
        django.setup()
        from django.utils import timezone  # noqa: PLC0415 - needs the settings

        since = timezone.now()
        people = _people(house, ledger, enough, arguments.clients)
        for one in people:
            one.start()
        Killer(house, arguments.seed).work(arguments.kills)
        house.wait_until_up()
        enough.set()
        while any(one.is_alive() for one in people):
            house.keep_up()
            time.sleep(0.5)
        yield house, ledger, sink, since
    finally:
        house.stop()


def _people(house: House, ledger: Ledger, enough: threading.Event, count: int) -> list[Journey]:
    from tests.records.pictures import phone_photo  # noqa: PLC0415 - Django is there now
    from virage.accounts.models import Membership  # noqa: PLC0415
    from virage.records.models import Patient  # noqa: PLC0415
    from virage.web.demo.data import CAST  # noqa: PLC0415

    emails = {person.part: person.email for person in CAST}
    nurse, expert = (
        Membership.objects.select_related("user").get(user__email=emails[part])
        for part in ("ehpad_nurse", "dermatologist")
    )
    refs = [Patient.objects.filter(birth_name=name).earliest("pk").ref for name in PATIENTS]
    photo = phone_photo(640, 480)
    return [
        Journey(
            Scene(refs[number % len(refs)], expert.ref, photo),
            Client(lambda: list(house.ports.values()), _session(nurse.user)),
            Client(lambda: list(house.ports.values()), _session(expert.user)),
            ledger,
            enough,
        )
        for number in range(count)
    ]


def _session(user: Any) -> str:
    """Signed in without the form: what is tried here is not the door."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _tell(house: House, ledger: Ledger, sink: Sink, faults: list[str], seconds: float) -> None:
    steps = Counter(step for done in ledger.requests for step in done.steps)
    kills = ", ".join(f"{house.kills[name]} {name}" for name in (*WEBS, "worker", "postgres"))
    twice = sum(count - 1 for count in sink.taken.values())
    print(f"{sum(house.kills.values())} kills ({kills}) in {seconds:.0f} s, Python {sys.version.split()[0]}")
    print(f"ended by themselves and started again: {dict(house.ended) or 'none'}")
    print(f"requests answered: {Client.counts['presses']}, repeated: {Client.counts['again']}")
    photographs = sum(len(done.files) for done in ledger.requests)
    print(
        f"acknowledged: {len(ledger.requests)} drafts, {photographs} photographs, "
        f"{steps['send']} sendings, {steps['sign']} signatures, {steps['acknowledge']} readings"
    )
    print(f"mails: {len(sink.taken)}, of which {twice} came again under the same identifier")
    print("\n".join(faults) if faults else "nothing lost, nothing doubled")


if __name__ == "__main__":
    sys.exit(main())
