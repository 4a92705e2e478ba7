"""The care team of a patient."""

from datetime import datetime, time

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import require
from virage.accounts.models import Membership, Organisation, Team
from virage.accounts.reports import directory
from virage.accounts.roles import Permission
from virage.records.access import identities_of, identity_for
from virage.records.actions.care import Party, add_to_care_team, remove_from_care_team
from virage.records.forms import CareTeamForm
from virage.records.models import CareTeamMember
from virage.records.reports import patients as report
from virage.records.views.patients import acting, strip
from virage.ui.once import once


@require_GET
@acting
def team(request: HttpRequest, ref: str) -> HttpResponse:
    """Who may see the record, why, since when; also those who no longer may."""
    at = timezone.now()
    patient = identity_for(request.membership, ref, at=at)
    rows = report.care_team(patient, at)
    former = CareTeamMember.objects.filter(patient=patient, ends_at__lte=at)
    medical = request.membership.may(Permission.SEE_PATIENTS)
    if not medical:  # who was asked for an opinion says something about the patient's health
        former = former.filter(scope="")
    context = {
        **strip(patient),
        "care_team": [row for row in rows if not row.scope],
        "for_one_act": report.by_party([row for row in rows if row.scope and medical]),
        "former": former.select_related("user", "team__organisation", "organisation").order_by("-ends_at")[:50],
        "may_edit": request.membership.may(Permission.EDIT_PATIENTS),
    }
    return render(request, "records/patients/team.html", context)


@require_http_methods(["GET", "POST"])
@acting
@once
def add(request: HttpRequest, ref: str) -> HttpResponse:
    """Find a person, a team or a structure, and let it in."""
    by, at, on = request.membership, timezone.now(), timezone.localdate()
    patient = identity_for(by, ref, at=at)
    require(by, Permission.EDIT_PATIENTS)
    chosen = request.method == "POST" and "search" not in request.POST
    form = CareTeamForm(request.POST if chosen else None, on=on)
    if chosen and form.is_valid():
        until = form.cleaned_data["until"]
        ends_at = timezone.make_aware(datetime.combine(until, time.max)) if until else None
        party = _party(form.cleaned_data["party"])
        reason = form.cleaned_data["reason"]
        add_to_care_team(by=by, patient=patient, party=party, reason=reason, ends_at=ends_at, at=at)
        messages.success(request, _("Le dossier lui est ouvert."))
        return redirect("records:team", patient.ref)
    found = directory(request.POST.get("who", ""), on=on)
    context = {**strip(patient), "form": form, "found": found, "who": request.POST.get("who", "")}
    return render(request, "records/patients/_found.html" if request.htmx else "records/patients/add.html", context)


def _party(key: str) -> Party:
    """What the directory called `kind:reference`; 404 when there is no such thing."""
    kind, _colon, ref = key.partition(":")
    on = timezone.localdate()
    if kind == "person":
        return Party(person=get_object_or_404(Membership.objects.in_force(on), ref=ref))
    if kind == "team":
        return Party(team=get_object_or_404(Team, ref=ref))
    if kind == "organisation":
        return Party(organisation=get_object_or_404(Organisation, ref=ref))
    raise Http404


@require_POST
@acting
@once
def remove(request: HttpRequest, ref: str) -> HttpResponse:
    """Close the record to one party."""
    by, at = request.membership, timezone.now()
    patient = identity_for(by, ref, at=at)
    number = request.POST.get("row", "")
    rows = CareTeamMember.objects.filter(patient=patient).select_related("patient", "user", "team", "organisation")
    row = get_object_or_404(rows, pk=int(number) if number.isdecimal() and len(number) < 19 else 0)
    remove_from_care_team(by=by, row=row, at=at)
    messages.success(request, _("Le dossier ne lui est plus ouvert."))
    if not identities_of(by, at).filter(pk=patient.pk).exists():  # one may leave oneself
        return redirect("patients")
    return redirect("records:team", patient.ref)
