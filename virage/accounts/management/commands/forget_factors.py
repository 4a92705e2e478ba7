"""For one who has lost every key, the application and the recovery codes: `manage.py forget_factors ADDRESS`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from virage.accounts.actions.sessions import forget_factors
from virage.accounts.models import User


class Command(BaseCommand):
    help = "Remove all second factors of an account and end its sessions. Make sure first who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the e-mail address of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["address"].lower()).first()
        if user is None:
            raise CommandError("No account has this address.")
        number = forget_factors(user=user, at=timezone.now())
        self.stdout.write(f"{number} removed. The person sets up a new one at the next sign-in.")
