from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from virage.records import storage
from virage.records.actions import documents, uploads
from virage.records.models.documents import Document

SHOWN = 100


class Command(BaseCommand):
    help = (
        "Read every stored file to its end with its key: each row of a document has its files, whole and unaltered. "
        "Exit code 1 when one has not. Files that no row keeps are counted: the sweep deletes them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        vault, at = storage.vault(), timezone.now()
        rows = files = faults = 0
        for document in Document.objects.order_by("pk").iterator(chunk_size=500):
            rows += 1
            for name in sorted(document.files(at)):
                files += 1
                if fault := _fault(vault, name):
                    faults += 1
                    if faults <= SHOWN:
                        self.stderr.write(fault)
        orphans = sum(len(names - _known(names, at)) for names in _hundreds(vault.names()))
        self.stdout.write(f"{files} files of {rows} documents read; {orphans} orphans")
        if faults:
            raise CommandError(f"{faults} file(s) missing or not readable")
        self.stdout.write("documents whole")


def _fault(vault: storage.Vault, name: str) -> str:
    try:
        for _chunk in vault.read(name):
            pass
    except storage.StorageError as error:
        return str(error)
    return ""


def _known(names: set[str], at: datetime) -> set[str]:
    return documents.known_files(names, at=at) | uploads.known_pieces(names)


def _hundreds(names: Iterator[str]) -> Iterator[set[str]]:
    while some := set(islice(names, 500)):
        yield some
