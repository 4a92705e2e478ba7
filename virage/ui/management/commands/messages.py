"""`manage.py messages`: bring the English catalogues up to date, or say what is missing in them (`--check`)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from virage.ui import messages


class Command(BaseCommand):
    help = "Extract the words of every app into its English catalogue and compile them."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("apps", nargs="*", help="only these apps")
        parser.add_argument("--check", action="store_true", help="change nothing; list what is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [app for app in messages.apps() if not options["apps"] or app.name in options["apps"]]
        if not options["check"]:
            for app in chosen:
                if messages.update(app):
                    self.stdout.write(f"{messages.catalogue(app).relative_to(messages.PACKAGE.parent)}")
            messages.compile_stale()
        faults = [fault for app in chosen for fault in messages.faults(app)] + list(messages.conflicts())
        for fault in faults:
            self.stdout.write(str(fault))
        if faults and options["check"]:
            raise CommandError(f"{len(faults)} entries to settle: run `make messages`, then write the English")
