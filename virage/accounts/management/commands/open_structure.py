"""Open a structure and invite its first administrator; all the others are invited from the pages."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from virage.accounts.access import Refused
from virage.accounts.actions.invitations import Person, Place, open_structure
from virage.accounts.models import Sector
from virage.accounts.roles import PUBLIC_ROLES, Role
from virage.law.lists import entries
from virage.law.regions import regions
from virage.notifications.models import Message


class Command(BaseCommand):
    help = "Opens a structure and invites its first administrator by e-mail; prints the link, which serves once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        categories = [*entries("places"), *PUBLIC_ROLES]
        parser.add_argument("name", help="name of the structure")
        parser.add_argument("--sector", required=True, choices=Sector.values)
        parser.add_argument("--category", required=True, choices=categories)
        parser.add_argument("--region", default="", choices=["", *regions()], help="INSEE code of 2014")
        parser.add_argument("--finess", default="")
        parser.add_argument("--siret", default="")
        parser.add_argument("--email", required=True, help="of its first administrator")
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)
        parser.add_argument("--language", default="fr", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["sector"] == Sector.PUBLIC) != (options["category"] in PUBLIC_ROLES):
            raise CommandError("this category is not of this sector")
        try:
            validate_email(options["email"])
            invitation = open_structure(
                facts={name: options[name] for name in ("name", "sector", "category", "region", "finess", "siret")},
                person=Person(options["email"], options["first_name"], options["last_name"]),
                place=Place(roles=(Role.ADMINISTRATOR.value,), starts_on=timezone.localdate()),
                language=options["language"],
                at=timezone.now(),
            )
        except ValidationError:
            raise CommandError("this is not an e-mail address") from None
        except Refused as refusal:
            raise CommandError(refusal.reason) from None
        message = Message.objects.get(subject_kind="invitation", subject_ref=invitation.ref)
        self.stdout.write(urljoin(settings.PUBLIC_URL, message.target))
