from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from virage.config import backups
from virage.config.archives import ArchiveError
from virage.config.backups import NotEmptyError
from virage.config.binaries import PostgresError


class Command(BaseCommand):
    help = (
        "Put a backup back: the archive is checked whole before anything is changed; then come the migrations, "
        "verify_journal and verify_documents. The platform must be stopped. See docs/backup.md."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--keys", type=Path, metavar="FILE", help="the file of the keys, to put back those missing"
        )
        parser.add_argument("--overwrite", action="store_true", help="in place of what is there")
        parser.add_argument("--no-input", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        path, keys = options["file"], options["keys"]
        name = connection.settings_dict["NAME"]
        try:
            about = backups.prepare(path, keys, overwrite=options["overwrite"])
            self.stdout.write(f"{path} is whole: {about['made_at']}, {about['entries']} entries of the journal")
            if not options["no_input"]:
                self._confirm(name, overwrite=options["overwrite"])
            aside = backups.restore(path, keys, at=timezone.now())
        except (ArchiveError, NotEmptyError, PostgresError) as error:
            raise CommandError(f"nothing was restored: {error}") from None
        if aside:
            self.stdout.write(f"The documents from before lie in {aside}: remove them when all is well.")
        call_command("migrate", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        call_command("verify_journal", stdout=self.stdout, stderr=self.stderr)
        call_command("verify_documents", stdout=self.stdout, stderr=self.stderr)
        self.stdout.write("restored: everybody signs in again; give the rights of app_role again if you use them")

    def _confirm(self, name: str, *, overwrite: bool) -> None:
        if overwrite:
            self.stdout.write(f"All that is in the database {name} will be replaced. This can't be undone.")
        if input(f"Type the name of the database ({name}) to go on: ").strip() != name:
            raise CommandError("nothing was restored: another name was typed")
