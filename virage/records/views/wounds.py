"""Wounds: name one and place it on the body, correct that, note that it has healed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from virage.accounts.access import Refused, require
from virage.accounts.roles import Permission
from virage.journal.moves import Overtaken
from virage.records.access import patient_for
from virage.records.actions import wounds
from virage.records.forms import HealedForm, WoundForm
from virage.records.models import Wound
from virage.records.reports.trail import last_change
from virage.records.rules import body
from virage.records.views.patients import acting, strip
from virage.ui.once import once


@require_http_methods(["GET", "POST"])
@acting
@once
def add(request: HttpRequest, ref: str) -> HttpResponse:
    """A new wound. `next` leads back to where it was asked for, with the wound's reference as `wound`."""
    by, at = request.membership, timezone.now()
    patient = patient_for(by, ref, at=at)
    require(by, Permission.PREPARE_REQUEST)
    form = WoundForm(request.POST or None, on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            wound = wounds.add_wound(by=by, patient=patient, at=at, **form.facts)
        except Refused:
            form.add_error("name", _("Ce patient a déjà une plaie de ce nom."))
        else:
            messages.success(request, _("La plaie est enregistrée."))
            target = _next(request)
            return redirect(f"{target}?wound={wound.ref}" if target else wound_page(wound))
    others = list(patient.wounds.filter(healed_on__isnull=True))
    context = {**strip(patient), "form": form, "wounds": others, "sites": body.SITES, "next": _next(request)}
    return render(request, "records/wounds/form.html", context)


@require_http_methods(["GET", "POST"])
@acting
@once
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Correct a wound's name, place or first day."""
    by, at = request.membership, timezone.now()
    wound = _wound(request, ref)
    require(by, Permission.PREPARE_REQUEST)
    form = WoundForm(request.POST or None, on=timezone.localdate(), wound=wound)
    if request.method == "POST" and not form.stale and form.is_valid():
        try:
            wounds.edit_wound(by=by, wound=wound, at=at, revision=form.seen_revision, **form.facts)
        except Refused:
            form.add_error("name", _("Ce patient a déjà une plaie de ce nom."))
        except Overtaken:  # between the look and the lock
            wound = _wound(request, ref)
            form = WoundForm(request.POST, on=timezone.localdate(), wound=wound)
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect(wound_page(wound))
    return _page(request, wound, form)


def _page(request: HttpRequest, wound: Wound, form: WoundForm) -> HttpResponse:
    others = list(wound.patient.wounds.filter(healed_on__isnull=True).exclude(pk=wound.pk))
    context = {**strip(wound.patient), "form": form, "wound": wound, "wounds": others, "sites": body.SITES}
    context["healed_form"] = HealedForm(on=timezone.localdate(), initial={"on": timezone.localdate()})
    if form.stale:
        context["who"] = last_change("wound", wound.ref)
    return render(request, "records/wounds/form.html", context, status=409 if form.stale else 200)


@require_POST
@acting
@once
def heal(request: HttpRequest, ref: str) -> HttpResponse:
    """The wound has healed."""
    wound = _wound(request, ref)
    form = HealedForm(request.POST, on=timezone.localdate())
    if not form.is_valid():
        messages.error(request, _("Écrivez le jour de la cicatrisation, au plus tard aujourd’hui."))
        return redirect("records:wound", wound.ref)
    wounds.mark_healed(by=request.membership, wound=wound, on=form.cleaned_data["on"], at=timezone.now())
    messages.success(request, _("La plaie est notée cicatrisée."))
    return redirect(wound_page(wound))


@require_POST
@acting
@once
def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    """It was not, or opened again."""
    wound = _wound(request, ref)
    wounds.reopen(by=request.membership, wound=wound, at=timezone.now())
    messages.success(request, _("La plaie est de nouveau suivie."))
    return redirect(wound_page(wound))


def wound_page(wound: Wound) -> str:
    """Where one is led after a change: the patient's page."""
    return reverse("records:patient", args=[wound.patient.ref])


def _wound(request: HttpRequest, ref: str) -> Wound:
    """The wound of that reference in a record open to this person, or 404."""
    wound = get_object_or_404(Wound.objects.select_related("patient"), ref=ref)
    patient_for(request.membership, wound.patient.ref, at=timezone.now())
    return wound


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else ""
