"""The last area of a wound, for the patient's page."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from virage.records.access import patient_for
from virage.records.models import Wound
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.rules import healing
from virage.teleexpertise.views.door import acting

AREA = "surface"
MOST_MEASURES = 60


@acting
@require_GET
def wound_area(request: HttpRequest, ref: str) -> HttpResponse:
    """The latest measure that was sent and its change since the first; empty where nothing was measured."""
    wound = get_object_or_404(Wound.objects.select_related("patient"), ref=ref)
    patient_for(request.membership, wound.patient.ref, at=timezone.now())
    sent = Expertise.objects.filter(wound=wound, act__requested_at__isnull=False).order_by("-act__requested_at")
    rows = sent.values_list("act__ref", "act__requested_at", "assessment__scores")[:MOST_MEASURES]
    measures = [
        healing.Measure(when, Decimal(str(scores[AREA])), act)
        for act, when, scores in rows
        if isinstance(scores.get(AREA), int | float)
    ]
    points = healing.series(measures)
    return render(request, "teleexpertise/ask/wound_area.html", {"point": points[-1] if points else None})
