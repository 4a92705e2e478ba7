from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from virage.privacy import actions
from virage.privacy.record import RULES, limit


class Command(BaseCommand):
    help = "Apply the rules of retention now (the worker does it each night); --dry-run only counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="change nothing; count by rule what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if options["dry_run"]:
            for rule in RULES:
                before = limit(rule, at)
                waits = "" if rule.apply else " (a person decides)"
                self.stdout.write(f"{rule.waiting(before):8d} {rule.name} before {before:%Y-%m-%d}{waits}")
            return
        runs = actions.apply_all(at=at)
        for run in runs:
            failed = " (stopped: see the log)" if run.failed else ""
            self.stdout.write(f"{run.count:8d} {run.rule} before {run.before:%Y-%m-%d}{failed}")
        if any(run.failed for run in runs):
            raise CommandError("a rule could not be applied")
