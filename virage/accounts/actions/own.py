"""What a person may change about an account."""

from datetime import datetime

from django.db import transaction

from virage.accounts.models import Membership, User


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """The language in which pages and messages speak to this person."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def choose_membership(*, row: Membership, at: datetime) -> None:
    """Begin in this structure: it comes first the next time."""
    row.chosen_at = at
    row.save(update_fields=["chosen_at"])
