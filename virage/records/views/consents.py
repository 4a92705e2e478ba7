"""Withdrawal of a consent: what it does is said before."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from virage.accounts.access import require
from virage.accounts.roles import Permission
from virage.records.access import patient_for
from virage.records.actions.consents import withdraw_consent
from virage.records.models import Consent
from virage.records.views.patients import acting, strip
from virage.ui.once import once


@require_http_methods(["GET", "POST"])
@acting
@once
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Note that the person no longer agrees to one act."""
    by, at = request.membership, timezone.now()
    consent = get_object_or_404(Consent.objects.select_related("patient", "recorded_by__user"), ref=ref)
    patient = patient_for(by, consent.patient.ref, at=at)
    require(by, Permission.RECORD_CONSENT)
    if request.method == "POST":
        withdraw_consent(by=by, consent=consent, at=at)
        messages.success(request, _("Le retrait est noté."))
        return redirect("records:patient", patient.ref)
    return render(request, "records/consents/withdraw.html", {**strip(patient), "consent": consent})
