import base64
from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from virage.journal import exports
from virage.journal.heads import last_day_over
from virage.journal.keys import signing_keys
from virage.journal.models import Head
from virage.journal.verify import Fault, Seen, faults

SHOWN = 100


class Command(BaseCommand):
    help = (
        "Prove that no entry of the journal was changed, removed or inserted afterwards. Against heads that were "
        "carried elsewhere (--heads), that holds even for someone with all rights on the database. Exit code 1: a "
        "fault, each on a line of its own on stderr."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--heads", nargs="+", type=Path, default=[], metavar="FILE", help="made by export_heads")
        parser.add_argument(
            "--trust", nargs="+", type=Path, default=[], metavar="KEY",
            help="public keys noted before (PEM, or the base64 that journal_key shows); else those of the file",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        seen, count = Seen(), 0
        compared = (self._compare(path, options["trust"]) for path in options["heads"])
        for fault in chain(faults(signing_keys(), seen), chain.from_iterable(compared)):
            count += 1
            if count <= SHOWN:
                self.stderr.write(str(fault))
        if count > SHOWN:
            self.stderr.write(f"… and {count - SHOWN} more")
        self.stdout.write(
            f"{seen.entries} entries in {seen.chains} chains, {seen.checkpoints} checkpoints, "
            f"{seen.heads} heads over {seen.links} states of chains"
        )
        self._say_last_head()
        if count:
            raise CommandError(f"{count} fault(s) in the journal")
        self.stdout.write("journal whole")

    def _say_last_head(self) -> None:
        last = Head.objects.last()
        if last is None:
            self.stdout.write("no head yet: the first is made by the worker, or by manage.py journal_head")
        elif late := (last_day_over(timezone.now()) - last.day).days:
            self.stdout.write(f"the last head is of {last.day}: {late} day(s) wait for theirs (is a worker running?)")

    def _compare(self, path: Path, trust: list[Path]) -> list[Fault]:
        trusted = {_public(key) for key in trust} if trust else None
        try:
            with path.open(encoding="utf-8") as lines:
                found = exports.compare(lines, trusted=trusted)
        except (OSError, UnicodeDecodeError, exports.UnreadableError) as error:
            raise CommandError(f"{path}: {error}") from None
        self.stdout.write(
            f"{path}: {found.heads} heads, the last of {found.last_day}; {found.links} states of chains compared"
            + (f", {found.pruned} behind a checkpoint" if found.pruned else "")
        )
        for key_id, public in found.keys.items():
            self.stdout.write(f"  key {key_id}: {public}{'' if trust else ' (is it the one that you noted?)'}")
        return found.faults


def _public(path: Path) -> str:
    """The base64 of a public key, from a PEM file or from a file with that base64."""
    try:
        data = path.read_bytes()
        if data.startswith(b"-----"):
            key = load_pem_public_key(data)
            if not isinstance(key, Ed25519PublicKey):
                raise ValueError
            return base64.b64encode(key.public_bytes_raw()).decode()
        return base64.b64encode(base64.b64decode(data.strip(), validate=True)).decode()
    except (OSError, ValueError):
        raise CommandError(f"{path}: no Ed25519 public key can be read there") from None
