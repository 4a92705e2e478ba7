from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from virage.questionnaires.actions import load_library


class Command(BaseCommand):
    help = "Load the reference data that the platform ships (forms). Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        load_library(at=timezone.now())
