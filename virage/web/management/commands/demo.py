import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from virage.billing.actions import bill_performed
from virage.web.demo import bulk, history, identities, world
from virage.web.demo.sign_ins import sign_ins
from virage.web.demo.stories import STORIES


class Command(BaseCommand):
    help = "Build the demo world: fictional structures, cast, patients and a history. Does nothing where it exists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=int, default=0, help="add N × 100 acts, for benchmarks")
        parser.add_argument("--at", type=datetime.fromisoformat, help="the moment to build it for (with offset)")
        parser.add_argument("--sign-ins", action="store_true", help="print who can sign in, and stop")
        parser.add_argument("--json", action="store_true", help="with --sign-ins: as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is not set: the demo world never goes into a real installation")
        if options["sign_ins"]:
            self._print_sign_ins(as_json=options["json"])
            return
        if world.exists():
            if options["scale"]:
                raise CommandError("the demo world is there: --scale needs an empty database (another DATA_DIR)")
            self.stdout.write("the demo world is there already")
            return
        added = self._build(options["at"] or timezone.now(), options["scale"])
        self.stdout.write(f"demo world built, {added} acts added for size")

    @transaction.atomic
    def _build(self, at: datetime, scale: int) -> int:
        """Whole or not at all: a half-built world would be taken for a built one."""
        call_command("reference", verbosity=0)
        built = world.build(at)
        history.play(built, STORIES)
        identities.play(built)
        bill_performed(at=at)
        return bulk.multiply(built, scale)

    def _print_sign_ins(self, *, as_json: bool) -> None:
        rows = sign_ins("fr")
        if as_json:
            self.stdout.write(json.dumps([vars(row) for row in rows], ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write(f"  {row.email:40} {row.what} – {row.name}")
        self.stdout.write(f"  mot de passe : {rows[0].password}")
