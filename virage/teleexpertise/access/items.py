"""What was proposed, decided and done, for the two lists of the side that cares for the patient."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.records.access import care_rows
from virage.teleexpertise.models import Item
from virage.teleexpertise.states import DONE, PRESCRIBED, REFUSED

ACT = "advice__expertise__act"
SHOWN = (
    f"{ACT}__patient",
    "advice__expertise__wound",
    "advice__author__user",
    "advice__report",
    "prescriber__user",
    "decided_by__user",
    "done_by__user",
)


def items_of(by: Membership, at: datetime) -> QuerySet[Item]:
    """Items of signed advice that this membership may see: of patients it cares for, or of acts opened to it."""
    rows = care_rows(by, at)
    whole = rows.filter(scope="", patient=OuterRef(f"{ACT}__patient_id"))
    scoped = rows.filter(scope=OuterRef(f"{ACT}__ref"))
    signed = Item.objects.filter(advice__signed_at__isnull=False)
    return signed.filter(Q(Exists(whole)) | Q(Exists(scoped))).select_related(*SHOWN)


def item_for(by: Membership, ref: str, *, at: datetime) -> Item:
    """The item of that reference, or 404."""
    item = items_of(by, at).filter(ref=ref).first()
    if item is None:
        raise Http404
    return item


def decided_of(by: Membership, at: datetime) -> QuerySet[Item]:
    """What this prescriber decided, the latest first."""
    if not by.may(Permission.DECIDE_ITEM):
        return Item.objects.none()
    rows = items_of(by, at).filter(decided_by=by.pk, state__in=(PRESCRIBED, REFUSED, DONE))
    return rows.order_by("-decided_at", "-pk")


def done_of(by: Membership, at: datetime) -> QuerySet[Item]:
    """What was done for the patients whom this membership cares for, by whoever did it, the latest first."""
    if not by.may(Permission.DO_TASK):
        return Item.objects.none()
    rows = care_rows(by, at).filter(scope="", patient=OuterRef(f"{ACT}__patient_id"))
    done = Item.objects.filter(Exists(rows), state=DONE).select_related(*SHOWN)
    return done.order_by("-done_at", "-pk")
