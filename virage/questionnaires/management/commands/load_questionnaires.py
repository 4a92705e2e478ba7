"""`manage.py load_questionnaires`: publish the shipped forms that are not there yet."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from virage.questionnaires.actions import load_library


class Command(BaseCommand):
    help = "Publish the shipped questionnaires that are not in the database yet."

    def handle(self, *args: Any, **options: Any) -> None:
        added = load_library(at=timezone.now())
        for canonical in added:
            self.stdout.write(f"published {canonical}")
        if not added:
            self.stdout.write("all questionnaires are there already")
