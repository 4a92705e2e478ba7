"""Templates of advice that an expert keeps for herself."""

from datetime import datetime

from django.db import transaction

from virage.accounts.access import require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.teleexpertise.actions.common import text_of
from virage.teleexpertise.models import Phrase


@transaction.atomic
def keep_phrase(
    *, by: Membership, title: str, diagnosis: str = "", free_text: str = "", follow_up: str = "", at: datetime
) -> Phrase:
    """Keep a template under its title; the same title again replaces it."""
    require(by, Permission.ANSWER_EXPERTISE)
    words = {"diagnosis": diagnosis, "free_text": free_text, "follow_up": follow_up}
    phrase, _created = Phrase.objects.update_or_create(
        owner_id=by.user_id,
        title=text_of(title)[:100],
        defaults=words,
        create_defaults={**words, "created_at": at},
    )
    return phrase


def drop_phrase(*, by: Membership, phrase: Phrase) -> None:
    """Delete one of one's own templates; another's is left alone."""
    Phrase.objects.filter(pk=phrase.pk, owner_id=by.user_id).delete()
