from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from virage.notifications.actions.choices import try_again
from virage.notifications.models import Message, MessageState


class Command(BaseCommand):
    help = "List the messages that were given up: reference, channel, template, error, day; no address. --again sends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="how far back (30)")
        parser.add_argument("--again", action="store_true", help="try them all once more")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        since = at - timedelta(days=options["days"])
        found = list(Message.objects.filter(state=MessageState.FAILED, created_at__gte=since))
        for message in found:
            self.stdout.write(
                f"{message.ref} {message.channel:5} {message.template:28} {message.error:30} "
                f"{message.created_at:%Y-%m-%d}"
            )
            if options["again"]:
                try_again(message=message, at=at)
        self.stdout.write(f"{len(found)} message(s) given up" + (", tried again" if options["again"] else ""))
