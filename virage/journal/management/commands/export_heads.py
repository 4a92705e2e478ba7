import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from virage.journal import exports
from virage.journal.keys import signing_keys


class Command(BaseCommand):
    help = "Write the signed heads and the public keys to a file (JSON lines) to keep somewhere else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--since", type=int, default=1, metavar="NUMBER", help="from this head on")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        draft = path.with_name(f".{path.name}.part")
        lines = exports.export(
            keys=signing_keys(), at=timezone.now(), site=settings.PUBLIC_URL, since=options["since"]
        )
        heads = 0
        try:
            with draft.open("w", encoding="utf-8") as file:
                for line in lines:
                    heads += line.startswith('{"head":')
                    file.write(line)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            raise CommandError(f"{path} can't be written ({error.strerror})") from None
        self.stdout.write(f"{heads} heads in {path}")
