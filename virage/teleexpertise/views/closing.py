"""After the answer: the requérant's side has read it; an incident is written down."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from virage.acts.actions import record_incident
from virage.teleexpertise.actions import closing
from virage.teleexpertise.forms.closing import AcknowledgeForm, IncidentForm
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.views.door import acting, opened
from virage.teleexpertise.views.report import REFUSED, report_page
from virage.ui.once import once


@acting
@require_POST
@once
def acknowledge(request: HttpRequest, ref: str) -> HttpResponse:
    """Read, and the patient told: the request is closed."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = AcknowledgeForm(request.POST)
    latest = expertise.act.reports.order_by("-version").first()
    if not form.is_valid() and latest:
        return report_page(request, latest, expertise, at, form=form)
    words = form.cleaned_data.get("told_patient", "")
    closing.acknowledge(by=by, expertise=expertise, told_patient=words, at=at)
    messages.success(request, _("C’est noté : la demande est terminée."))
    return _after(expertise)


@acting
@require_http_methods(["GET", "POST"])
@once
def incident(request: HttpRequest, ref: str) -> HttpResponse:
    """Write down a technical incident of this act."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = IncidentForm(request.POST or None, at=at, local=timezone.localtime(at))
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["description"]
        record_incident(by=by, act=expertise.act, occurred_at=form.occurred_at, description=words, at=at)
        messages.success(request, _("Incident enregistré avec l’acte."))
        return _after(expertise)
    context = {"form": form, "expertise": expertise, "incidents": expertise.act.incidents.order_by("occurred_at")}
    status = REFUSED if form.is_bound else 200
    return render(request, "teleexpertise/report/incident.html", context, status=status)


def _after(expertise: Expertise) -> HttpResponse:
    """The report when there is one, otherwise the request."""
    latest = expertise.act.reports.order_by("-version").first()
    return redirect("teleexpertise:report", latest.ref) if latest else redirect("teleexpertise:act", expertise.act.ref)
