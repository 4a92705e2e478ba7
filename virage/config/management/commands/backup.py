from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from virage.config import backups
from virage.config.binaries import PostgresError


class Command(BaseCommand):
    help = (
        "Write the database and the encrypted documents to one file, whole or not at all, while the platform runs. "
        "The keys are not in it: without them no document can be read again. See docs/backup.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that is not there yet, or a folder to put one in")
        parser.add_argument("--keys", type=Path, metavar="FILE", help="write the keys to this file, in another folder")
        parser.add_argument(
            "--with-keys", action="store_true", help="let the file of the keys lie beside the backup all the same"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        path: Path = options["file"].absolute()
        if path.is_dir():
            path = path / f"virage-{at:%Y%m%d-%H%M%S}.tar"
        keys = options["keys"].absolute() if options["keys"] else None
        self._check(path, keys, together=options["with_keys"])
        try:
            about = backups.back_up(path, at=at)
            kept = backups.back_up_keys(keys, at=at) if keys else 0
        except (OSError, PostgresError) as error:
            raise CommandError(f"no backup was made: {error}") from None
        self.stdout.write(
            f"{path}: {about['documents']} document files, {about['entries']} entries of the journal, "
            f"{about['bytes'] // 1024} KiB"
        )
        self.stdout.write("The database in it is not encrypted: keep it as you keep the patients' records.")
        if keys:
            self.stdout.write(f"{keys}: {kept} keys. Whoever has both files reads everything.")
        else:
            self.stdout.write(
                f"The keys are not in it: {settings.DOCUMENT_KEYS_DIR}. Without them every document is lost: "
                "copy them elsewhere (--keys FILE)."
            )

    def _check(self, path: Path, keys: Path | None, *, together: bool) -> None:
        for target in filter(None, (path, keys)):
            if target.exists():
                raise CommandError(f"{target} is there already: nothing is written over a backup")
            if not target.parent.is_dir():
                raise CommandError(f"{target.parent} is not a folder")
        if together and keys is None:
            raise CommandError("say with --keys where the keys shall go")
        if keys and keys.parent == path.parent and not together:
            raise CommandError(
                "keys beside the backup protect nothing: choose another folder, or say --with-keys if this place is "
                "as safe as the keys' own"
            )
