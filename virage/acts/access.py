"""Who may see an act, and who takes part in it."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from virage.accounts.models import Membership
from virage.acts.models import Act, Report
from virage.law.parameters import value
from virage.records.access import care_rows
from virage.records.models import PatientVisit


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


def acts_of_visit(visit: PatientVisit) -> QuerySet[Act]:
    """The acts that were asked for about the patient of an own page."""
    return Act.objects.filter(patient=visit.access.patient_id, requested_at__isnull=False)


def reports_of_visit(visit: PatientVisit, at: datetime) -> QuerySet[Report]:
    """The signed reports that the patient may read: the latest version of each act's, once its requester has said
    what the patient was told (the act is closed), or after the delay: nothing stays closed to the patient for ever."""
    delay = value("deadline.own_page.report", at.date())
    shared = Q(act__closed_at__isnull=False) | Q(signed_at__lte=at - delay)
    later = Report.objects.filter(act=OuterRef("act"), version__gt=OuterRef("version"))
    rows = Report.objects.filter(shared, act__in=acts_of_visit(visit)).exclude(Exists(later))
    return rows.select_related("act__performer__user", "act__performer__organisation", "signed_by__user", "document")
