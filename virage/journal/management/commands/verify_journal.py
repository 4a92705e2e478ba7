from typing import Any

from django.core.management.base import BaseCommand, CommandError

from virage.journal.entries import faults
from virage.journal.models import Entry


class Command(BaseCommand):
    help = "Prove that no entry of the journal was changed, removed or inserted afterwards."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(faults())
        for fault in found:
            self.stderr.write(f"{fault.chain} #{fault.position}: {fault.reason}")
        if found:
            raise CommandError(f"{len(found)} fault(s) in the journal")
        self.stdout.write(f"journal whole: {Entry.objects.count()} entries")
