from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from virage.journal import heads
from virage.journal.keys import SigningKeyError, signing_keys
from virage.journal.models import Head


class Command(BaseCommand):
    help = "Make the signed head of all chains that is due (the worker does it each day), or one more at once (--now)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", action="store_true", help="even if that of the last day is there")

    def handle(self, *args: Any, **options: Any) -> None:
        make = heads.make_now if options["now"] else heads.make_due
        try:
            head = make(at=timezone.now(), keys=signing_keys())
        except SigningKeyError as error:
            raise CommandError(str(error)) from None
        if head is None:
            last = Head.objects.last()
            self.stdout.write(f"head {last.number if last else 0} is up to date")
            return
        self.stdout.write(f"head {head.number} of {head.day}: {head.entries} entries in {head.chains} chains")
        self.stdout.write(f"fingerprint {heads.fingerprint_of(head)}, key {head.key_id}")
