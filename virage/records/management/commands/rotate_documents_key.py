from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from virage.records import storage
from virage.records.actions import rotation

EVERY = 100  # files between two lines of progress


class Command(BaseCommand):
    help = (
        "Make a new key for the documents and encrypt every file again with it, while the platform runs. Cut in the "
        "middle, start it again: it goes on. Then --retire deletes the old keys, an hour later at the earliest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", action="store_true", help="make a new key even if files wait for the last one")
        parser.add_argument("--retire", action="store_true", help="delete the keys that no file needs any more")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["retire"]:
                self._retire()
            else:
                self._rotate(anew=options["new"])
        except rotation.BusyError:
            raise CommandError("Another rotation is under way.") from None

    def _rotate(self, *, anew: bool) -> None:
        done = rotation.rotate(vault=storage.vault(), at=timezone.now(), tell=self._tell, anew=anew)
        self.stdout.write(f"Key {done.key_id} writes; {done.renewed} files were encrypted again.")
        if done.unreadable:
            names = "\n".join(f"  {name}" for name in done.unreadable[:EVERY])
            raise CommandError(f"{len(done.unreadable)} files can't be read and were left as they are:\n{names}")

    def _retire(self) -> None:
        try:
            retired = rotation.retire(vault=storage.vault(), at=timezone.now())
        except rotation.InUseError as use:
            if use.settles_at:
                text = f"The current key is too young: retire the old ones after {use.settles_at:%Y-%m-%d %H:%M} UTC."
            else:
                text = f"{use.left} files still need an old key: run rotate_documents_key first."
            raise CommandError(text) from None
        self.stdout.write(f"Retired: {', '.join(retired)}." if retired else "There is no old key.")

    def _tell(self, count: int, total: int) -> None:
        if count % EVERY == 0 or count == total:
            self.stdout.write(f"{count} of {total}")
