"""What a person may change about an account."""

from django.db import transaction

from virage.accounts.models import User


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """The language in which pages and messages speak to this person."""
    user.language = language
    user.save(update_fields=["language"])
