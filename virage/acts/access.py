"""Who may see an act, and who takes part in it."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from virage.accounts.models import Membership
from virage.acts.models import Act
from virage.records.access import care_rows


def acts_of(by: Membership, at: datetime) -> QuerySet[Act]:
    """Acts that were asked for, of patients whose whole record is open to this membership, and those that are opened
    to it one by one. A draft is its authors' matter: the app of its kind shows it to them."""
    rows = care_rows(by, at)
    whole = rows.filter(scope="", patient=OuterRef("patient_id"))
    scoped = rows.filter(scope=OuterRef("ref"))
    return Act.objects.filter(Q(Exists(scoped)) | Q(Exists(whole)), requested_at__isnull=False)


def is_involved(by: Membership, act: Act, at: datetime) -> bool:
    """Whether this membership takes part in the act: by name, or as one of those to whom its record is open."""
    if by.pk in (act.requester_id, act.performer_id):
        return True
    return acts_of(by, at).filter(pk=act.pk).exists()
