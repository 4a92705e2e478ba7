"""Opening a record in an emergency: whom, then why; and the privacy officer's list of such openings."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import require
from virage.accounts.roles import Permission
from virage.law import parameters
from virage.records.access import trace_read
from virage.records.actions import emergency
from virage.records.actions.emergency import Found
from virage.records.forms.emergency import BreakGlassForm, ReviewForm, TraitsForm
from virage.records.models import EmergencyAccess
from virage.records.reports.emergency import emergencies_of, to_review
from virage.records.views.patients import acting, strip
from virage.ui.once import once

PAGE = 20
REFUSED = 422
NOT_OPENED = {
    Found.NOBODY: gettext_lazy("Aucun dossier de Virage n’a exactement ces traits."),
    Found.SEVERAL: gettext_lazy("Plusieurs dossiers ont ces traits : ajoutez le matricule INS."),
    Found.TOO_OFTEN: gettext_lazy(
        "Trop d’essais : attendez une heure, ou demandez à l’équipe de soins d’ouvrir le dossier."
    ),
}


@require_http_methods(["GET", "POST"])
@acting
@once
def seek(request: HttpRequest) -> HttpResponse:
    """Whom. The next page is the same whether or not such a record exists: nothing is looked up here."""
    require(request.membership, Permission.BREAK_GLASS)
    at, on = timezone.now(), timezone.localdate()
    form = TraitsForm(request.POST or None, on=on)
    if request.method == "POST" and form.is_valid():
        why = BreakGlassForm(initial=form.cleaned_data, on=on, letters=emergency.explanation_letters(at))
        return render(request, "records/emergency/why.html", _why(why, form))
    return render(request, "records/emergency/seek.html", {"form": form})


@require_POST
@acting
@once
def open_record(request: HttpRequest) -> HttpResponse:
    """Why; then the record, or what came of it."""
    by, at, on = request.membership, timezone.now(), timezone.localdate()
    require(by, Permission.BREAK_GLASS)
    form = BreakGlassForm(request.POST, on=on, letters=emergency.explanation_letters(at))
    traits = TraitsForm(request.POST, on=on)
    if not traits.is_valid():
        return render(request, "records/emergency/seek.html", {"form": traits}, status=REFUSED)
    if form.is_valid():
        given = form.cleaned_data
        outcome = emergency.break_glass(
            by=by, wanted=form.wanted, reason=given["reason"], explanation=given["explanation"], at=at
        )
        if outcome.patient:
            opened = outcome.found == Found.OPENED
            messages.success(
                request, _("Le dossier vous est ouvert.") if opened else _("Ce dossier vous est déjà ouvert.")
            )
            return redirect("records:patient", outcome.patient.ref)
        form.add_error(None, NOT_OPENED[outcome.found])
    return render(request, "records/emergency/why.html", _why(form, traits), status=REFUSED)


def _why(form: BreakGlassForm, traits: TraitsForm) -> dict[str, object]:
    hours = parameters.value("emergency.access", timezone.localdate())
    return {"form": form, "wanted": traits.wanted, "hours": int(hours.total_seconds() // 3600)}


@require_POST
@acting
@once
def end(request: HttpRequest, ref: str) -> HttpResponse:
    """Close the door before its time."""
    by, at = request.membership, timezone.now()
    rows = EmergencyAccess.objects.filter(opened_by__user=by.user_id).select_related("patient", "row", "opened_by")
    emergency.end_emergency(by=by, access=get_object_or_404(rows, ref=ref), at=at)
    messages.success(request, _("Le dossier ne vous est plus ouvert."))
    return redirect("patients")


@require_GET
@acting
def listing(request: HttpRequest) -> HttpResponse:
    """What waits for a judgement first; then all of them, the latest first."""
    by, at = request.membership, timezone.now()
    require(by, Permission.READ_JOURNAL)
    done = emergencies_of(by, at).exclude(pk__in=to_review(by, at).values("pk"))
    page = Paginator(done, PAGE).get_page(request.GET.get("page"))
    context = {"to_review": to_review(by, at)[:PAGE], "page": page}
    return render(request, "records/emergency/list.html", context)


@require_http_methods(["GET", "POST"])
@acting
@once
def review(request: HttpRequest, ref: str) -> HttpResponse:
    """One opening, and what the privacy officer makes of it."""
    by, at = request.membership, timezone.now()
    access = get_object_or_404(emergencies_of(by, at), ref=ref)
    patient_ref = access.patient.ref
    trace_read(
        by, subject_kind="patient", subject_ref=patient_ref, patient_ref=patient_ref, at=at, purpose="emergency"
    )
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        emergency.review_emergency(
            by=by, access=access, verdict=form.cleaned_data["verdict"], comment=form.cleaned_data["comment"], at=at
        )
        messages.success(request, _("Votre avis est noté."))
        return redirect("records:emergencies")
    own = access.opened_by.user_id == by.user_id
    context = {**strip(access.patient), "access": access, "form": form, "own": own, "hide_ins": True, "at": at}
    return render(request, "records/emergency/review.html", context)
