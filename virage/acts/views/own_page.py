"""The patient's own page: acts, reports, consents, who read the record, details. Reads are journaled as any other."""

import logging
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from virage.accounts.models import Organisation
from virage.acts import reports
from virage.acts.access import reports_of_visit
from virage.acts.forms import CorrectionForm
from virage.acts.views.door import visiting
from virage.records import storage
from virage.records.access import trace_own_read
from virage.records.actions.consents import withdraw_own_consent
from virage.records.actions.own_page import ask_correction
from virage.records.models import Consent, PatientVisit
from virage.records.models.documents import DocumentState, Rendition
from virage.records.reports import trail
from virage.ui.once import once

logger = logging.getLogger(__name__)
REFUSED = 422
NOT_YET = 202


@visiting
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where to go, one thing at a time."""
    return _page(request, "home", purpose="own_page")


@visiting
@require_GET
def acts(request: HttpRequest) -> HttpResponse:
    return _page(request, "acts", purpose="own_page", acts=reports.acts_told(request.visit, timezone.now()))


@visiting
@require_GET
def act(request: HttpRequest, ref: str) -> HttpResponse:
    told = reports.act_told(request.visit, ref, timezone.now())
    if told is None:
        raise Http404
    return _page(request, "act", purpose="own_page", subject=("act", ref), told=told)


@visiting
@require_GET
def report(request: HttpRequest, ref: str) -> HttpResponse:
    """The signed report as PDF; one that can't be read just now is said so, not shown as an error."""
    visit, at = request.visit, timezone.now()
    found = get_object_or_404(reports_of_visit(visit, at), ref=ref)
    document = found.document
    if document is None or document.state != DocumentState.READY:
        return _page(request, "report_later", purpose="own_page", status=NOT_YET)
    try:
        content = storage.vault().read_all(document.file(Rendition.FULL))
    except storage.StorageError:
        logger.exception("the PDF of report %s can't be read", found.ref)
        return _page(request, "report_later", purpose="own_page", status=NOT_YET)
    trace_own_read(visit, subject_kind="document", subject_ref=document.ref, at=at, purpose="document")
    name = f"compte-rendu-{found.signed_at:%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@visiting
@require_GET
def consents(request: HttpRequest) -> HttpResponse:
    return _page(request, "consents", purpose="own_page", agreed=reports.consents_told(request.visit))


@visiting
@require_http_methods(["GET", "POST"])
@once
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a consent back; what it does is said before."""
    visit = request.visit
    agreed = next((one for one in reports.consents_told(visit) if one.consent.ref == ref), None)
    if agreed is None:
        raise Http404
    if request.method == "POST":
        consent: Consent = agreed.consent
        withdraw_own_consent(visit=visit, consent=consent, at=timezone.now())
        messages.success(request, _("C’est noté : vous n’êtes plus d’accord. L’équipe qui vous soigne est prévenue."))
        return redirect("patient:consents")
    return _page(request, "withdraw", purpose="own_page", agreed=agreed)


@visiting
@require_GET
def readers(request: HttpRequest) -> HttpResponse:
    """Who read the record, in plain words; what was opened in an emergency stands out."""
    before = request.GET.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 19 else 0
    everything = request.GET.get("show") == "all"
    patient = request.visit.access.patient
    found = trail.trail_of(patient, trail.Sought(kind="" if everything else trail.READS), before=number)
    return _page(request, "readers", purpose="trail", trail=found, everything=everything)


@visiting
@require_http_methods(["GET", "POST"])
@once
def details(request: HttpRequest) -> HttpResponse:
    """What is known of who one is, and a word to have it corrected."""
    visit = request.visit
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_correction(visit=visit, text=form.cleaned_data["text"], at=timezone.now())
        messages.success(request, _("C’est envoyé à l’équipe qui vous soigne."))
        return redirect("patient:details")
    wishes = visit.access.patient.wishes.all()[:10]
    status = REFUSED if form.errors else 200
    return _page(request, "details", purpose="own_page", status=status, form=form, wishes=wishes)


def _page(
    request: HttpRequest,
    name: str,
    *,
    purpose: str,
    subject: tuple[str, str] | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """One page of the visit, traced, with whom to call."""
    visit = request.visit
    kind, ref = subject or ("patient", visit.access.patient.ref)
    trace_own_read(visit, subject_kind=kind, subject_ref=ref, at=timezone.now(), purpose=purpose)
    frame = {"visit": visit, "patient": visit.access.patient, "call": _to_call(visit)}
    return render(request, f"acts/patient/{name}.html", frame | context, status=status)


def _to_call(visit: PatientVisit) -> Organisation:
    """The structure to call: where the patient lives if it has a telephone, else the one that gave the way in."""
    access = visit.access
    residence = access.patient.residence
    return residence if residence and residence.phone else access.given_by.organisation
