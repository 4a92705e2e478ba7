"""What the person was told of the use of data, by whom; what the person opposes, and what that does."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import require
from virage.accounts.models import Membership, Organisation
from virage.accounts.reports import directory
from virage.accounts.roles import Permission
from virage.law import consents
from virage.records.access import patient_for, patients_of
from virage.records.actions.rights import end_opposition, note_information, oppose
from virage.records.forms.rights import NoticeForm, OppositionForm
from virage.records.models import DataUse, Opposition
from virage.records.views.patients import acting, strip
from virage.ui.once import once


@require_GET
@acting
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """The texts of today, what was told, what is opposed."""
    by = request.membership
    patient = patient_for(by, ref, at=timezone.now())
    rows = patient.oppositions.select_related("user", "organisation", "recorded_by__user", "ended_by__user")
    context = {
        **strip(patient),
        "rules": _rules(),
        "notices": patient.notices.select_related("informed_by__user").order_by("-informed_at")[:50],
        "oppositions": rows.filter(ended_at__isnull=True),
        "former": rows.filter(ended_at__isnull=False).order_by("-ended_at")[:50],
        "may_note": by.may(Permission.RECORD_CONSENT),
    }
    return render(request, "records/rights/page.html", context)


def _rules() -> list[dict[str, Any]]:
    on, language = timezone.localdate(), get_language() or "fr"
    found = [consents.rule(subject, on) for subject in consents.SUBJECTS]
    return [{"rule": rule, "label": rule.label.of(language)} for rule in found if rule]


@require_http_methods(["GET", "POST"])
@acting
@once
def inform(request: HttpRequest, ref: str) -> HttpResponse:
    """Note that the person was told."""
    by, at = request.membership, timezone.now()
    patient = patient_for(by, ref, at=at)
    require(by, Permission.RECORD_CONSENT)
    form = NoticeForm(request.POST or None, hosting=consents.rule(consents.HOSTING, at.date()))
    if request.method == "POST" and form.is_valid():
        note_information(by=by, patient=patient, at=at, **form.cleaned_data)
        messages.success(request, _("C’est enregistré."))
        return redirect("records:rights", patient.ref)
    return render(request, "records/rights/inform.html", {**strip(patient), "form": form})


@require_http_methods(["GET", "POST"])
@acting
@once
def add_opposition(request: HttpRequest, ref: str) -> HttpResponse:
    """Find a person or a structure, and close the record to it; or note an opposition to hosting."""
    by, at, on = request.membership, timezone.now(), timezone.localdate()
    patient = patient_for(by, ref, at=at)
    require(by, Permission.RECORD_CONSENT)
    chosen = request.method == "POST" and "search" not in request.POST
    form = OppositionForm(request.POST if chosen else None)
    if chosen and form.is_valid():
        given = form.cleaned_data
        party = _party(given["party"]) if given["use"] == DataUse.EXCHANGE else {}
        oppose(by=by, patient=patient, use=given["use"], reason=given["reason"], at=at, **party)
        messages.success(request, _("L’opposition est notée."))
        stays = patients_of(by, at).filter(pk=patient.pk).exists()  # one may close the record to oneself
        return redirect("records:rights", patient.ref) if stays else redirect("patients")
    found = [one for one in directory(request.POST.get("who", ""), on=on) if not one.key.startswith("team:")]
    context = {**strip(patient), "form": form, "found": found, "who": request.POST.get("who", "")}
    page = "records/patients/_found.html" if request.htmx else "records/rights/oppose.html"
    return render(request, page, context)


def _party(key: str) -> dict[str, Any]:
    kind, _colon, ref = key.partition(":")
    if kind == "person":
        row = get_object_or_404(Membership.objects.in_force(timezone.localdate()).select_related("user"), ref=ref)
        return {"user": row.user}
    if kind == "organisation":
        return {"organisation": get_object_or_404(Organisation, ref=ref)}
    raise Http404


@require_POST
@acting
@once
def end(request: HttpRequest, ref: str) -> HttpResponse:
    """The person no longer opposes."""
    by, at = request.membership, timezone.now()
    row = get_object_or_404(Opposition.objects.select_related("patient", "user", "organisation"), ref=ref)
    patient = patient_for(by, row.patient.ref, at=at)
    end_opposition(by=by, opposition=row, at=at)
    messages.success(request, _("La fin de l’opposition est notée."))
    return redirect("records:rights", patient.ref)
