"""Openings in an emergency, for those who judge them and for the one who opened."""

from datetime import datetime

from django.db.models import Q, QuerySet

from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.records.models import EmergencyAccess, Patient
from virage.records.reports.trail import trails_of


def emergencies_of(by: Membership, at: datetime) -> QuerySet[EmergencyAccess]:
    """What this privacy officer watches over: openings by people of the structure, and of records that it cares or
    cared for; the latest first."""
    if not by.may(Permission.READ_JOURNAL):
        return EmergencyAccess.objects.none()
    ours = Q(opened_by__organisation=by.organisation_id) | Q(patient__in=trails_of(by, at).values("pk"))
    rows = EmergencyAccess.objects.filter(ours).select_related(
        "patient", "row", "opened_by__user", "opened_by__organisation", "reviewed_by__user"
    )
    return rows.order_by("-created_at", "-pk")


def to_review(by: Membership, at: datetime) -> QuerySet[EmergencyAccess]:
    """Those that nobody has judged yet, the oldest first; nobody judges one's own."""
    return emergencies_of(by, at).filter(verdict="").exclude(opened_by__user=by.user_id).order_by("created_at", "pk")


def may_review(by: Membership, access: EmergencyAccess, at: datetime) -> bool:
    """Whether this person may judge it, if nobody has."""
    return access.opened_by.user_id != by.user_id and emergencies_of(by, at).filter(pk=access.pk).exists()


def open_access(by: Membership, patient: Patient, at: datetime) -> EmergencyAccess | None:
    """The opening by which this person sees the record now, if any."""
    rows = EmergencyAccess.objects.filter(patient=patient, opened_by__user=by.user_id, row__starts_at__lte=at)
    return rows.filter(row__ends_at__gt=at, row__acting_for=by.organisation_id).select_related("row").first()
