"""The care team's side of the patient's own page: who has a way in, a new one, an end; corrections asked for."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import require
from virage.accounts.roles import Permission
from virage.notifications.access import messages_for
from virage.records.access import patient_for
from virage.records.actions import own_page
from virage.records.forms import AccessForm
from virage.records.models import Patient, PatientAccess, PatientWish
from virage.records.rules.own_page import grouped
from virage.records.views.patients import acting, strip
from virage.ui.once import once

REFUSED = 422


@require_GET
@acting
def accesses(request: HttpRequest, ref: str) -> HttpResponse:
    """Who may open the patient's own page, whether the link left, what was asked from there."""
    by, at = request.membership, timezone.now()
    patient = patient_for(by, ref, at=at)
    rows = list(
        PatientAccess.objects.filter(patient=patient).select_related("representative", "patient", "given_by__user")[
            :50
        ]
    )
    sent = messages_for(own_page.KIND, [row.ref for row in rows], template="patient_link")
    for row in rows:
        row.open, row.message = row.is_open(at), sent.get(row.ref)
    context = {
        **strip(patient),
        "open": [row for row in rows if row.open],
        "former": [row for row in rows if not row.open],
        "wishes": PatientWish.objects.filter(patient=patient).select_related(
            "done_by__user", "access__representative"
        ),
        "may_edit": by.may(Permission.EDIT_PATIENTS),
    }
    return render(request, "records/own_page/list.html", context)


@require_http_methods(["GET", "POST"])
@acting
@once
def give(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a way in. What is printed or told is in this answer only."""
    by, at = request.membership, timezone.now()
    patient = patient_for(by, ref, at=at)
    require(by, Permission.EDIT_PATIENTS)
    form = AccessForm(request.POST or None, patient=patient, on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        given = own_page.give_access(by=by, patient=patient, asked=form.asked, at=at)
        if given.token:
            return _handed_over(request, patient, given)
        messages.success(request, _("L’accès est donné : le lien part."))
        return redirect("records:own_page", patient.ref)
    status = REFUSED if form.errors else 200
    return render(request, "records/own_page/give.html", {**strip(patient), "form": form}, status=status)


def _handed_over(request: HttpRequest, patient: Patient, given: own_page.Given) -> HttpResponse:
    """The sheet to print, or what to say. It bears no name: it may be left on a table."""
    root = settings.PUBLIC_URL.rstrip("/")
    address = root + reverse("patient:link", args=[given.token])
    context = {
        **strip(patient),
        "access": given.access,
        "address": address,
        "entry": root + reverse("patient:entry"),
        "qr": segno.make(address, error="m").svg_data_uri(scale=6, border=4, light="#ffffff"),
        "short": grouped(given.token),
        "pin": given.pin,
        "spoken": given.access.way == "voice",
    }
    return render(request, "records/own_page/given.html", context)


@require_POST
@acting
@once
def revoke(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a way in back."""
    by, at = request.membership, timezone.now()
    access = get_object_or_404(PatientAccess.objects.select_related("patient"), ref=ref)
    patient = patient_for(by, access.patient.ref, at=at)
    own_page.revoke_access(by=by, access=access, at=at)
    messages.success(request, _("Cet accès est fermé."))
    return redirect("records:own_page", patient.ref)


@require_POST
@acting
@once
def corrected(request: HttpRequest, ref: str) -> HttpResponse:
    """Note that a correction that the patient asked for was dealt with."""
    by, at = request.membership, timezone.now()
    wish = get_object_or_404(PatientWish.objects.select_related("patient", "access__patient"), ref=ref)
    patient = patient_for(by, wish.patient.ref, at=at)
    own_page.answer_correction(by=by, wish=wish, at=at)
    messages.success(request, _("C’est noté : le patient le verra."))
    return redirect("records:own_page", patient.ref)
