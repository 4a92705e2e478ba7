"""Pelt every address with nonsense: `python -m bench.fuzz --requests 100000`. Says which page broke, with the request.

A demo world in a folder of its own; each request is undone. The seed is printed, so that a round can be made again.
"""

import argparse
import logging
import os
import secrets
import sys
import time
import traceback

import django
from django.core.management import call_command
from django.db import transaction


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000, help="how many, over all pages (default 100,000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32), help="of an earlier round")
    parser.add_argument("--only", default="", help="pages whose name holds this text")
    arguments = parser.parse_args()
    from bench.__main__ import _place  # noqa: PLC0415 - reads no settings

    with _place() as folder:
        os.environ |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "virage.config.settings"}
        from virage.config import launcher  # noqa: PLC0415
        from virage.config.environment import read_or_exit  # noqa: PLC0415

        with launcher.database(read_or_exit(os.environ)):
            django.setup()
            call_command("migrate", verbosity=0, interactive=False)
            with transaction.atomic():
                call_command("reference", verbosity=0)
                call_command("demo", verbosity=0)
            return _round(arguments.requests, arguments.seed, arguments.only)


def _round(requests: int, number: int, only: str) -> int:
    from django.conf import settings  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    from tests.fuzz.pelting import aim, pelt  # noqa: PLC0415
    from tests.pages import walk  # noqa: PLC0415
    from tests.pages.table import TABLE  # noqa: PLC0415

    setup_test_environment()
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    logging.disable(logging.CRITICAL)
    pages = [page for page in TABLE if only in page.name]
    cast, made, broken, started = walk.Cast(), 0, list[str](), time.monotonic()
    print(f"{len(pages)} pages, seed {number}", flush=True)
    for page in pages:
        with transaction.atomic():
            try:
                made += pelt(aim(page, cast), cast, max(1, requests // len(pages)), number)
            except Exception:
                broken.append(page.name)
                print(f"\n{page.name}\n{traceback.format_exc()}", flush=True)
            transaction.set_rollback(True)
    seconds = time.monotonic() - started
    print(f"{made} requests in {seconds:.0f} s, {len(broken)} pages broken {' '.join(broken)}".strip())
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
