from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from virage.journal.keys import SigningKeyError, signing_keys


class Command(BaseCommand):
    help = (
        "Show the public keys that sign the heads of the journal, to be noted elsewhere; --rotate makes the next one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rotate", action="store_true", help="sign with a new key from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        keys = signing_keys()
        try:
            current = keys.rotate() if options["rotate"] else keys.current()
            for key_id in keys.ids():
                said = "signs" if key_id == current else "signed before"
                self.stdout.write(f"{key_id} {keys.public(key_id)['public']} {said}")
        except SigningKeyError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"private keys: {keys.folder}")
