"""Who stands near a patient: the list, a new person, a correction, an end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import require
from virage.accounts.roles import Permission
from virage.records.access import identity_for
from virage.records.actions.contacts import add_contact, correct_contact, end_contact
from virage.records.forms import ContactForm
from virage.records.models import Contact
from virage.records.views.patients import acting, strip
from virage.ui.once import once


@require_GET
@acting
def listing(request: HttpRequest, ref: str) -> HttpResponse:
    """Those of today, then those of before."""
    by = request.membership
    patient = identity_for(by, ref, at=timezone.now())
    rows = Contact.objects.filter(patient=patient)
    context = {
        **strip(patient),
        "contacts": rows.filter(ended_at__isnull=True),
        "former": rows.filter(ended_at__isnull=False).order_by("-ended_at")[:50],
        "may_edit": by.may(Permission.EDIT_PATIENTS),
    }
    return render(request, "records/contacts/list.html", context)


@require_http_methods(["GET", "POST"])
@acting
@once
def add(request: HttpRequest, ref: str) -> HttpResponse:
    """Note someone."""
    by, at, on = request.membership, timezone.now(), timezone.localdate()
    patient = identity_for(by, ref, at=at)
    require(by, Permission.EDIT_PATIENTS)
    form = ContactForm(request.POST or None, patient=patient, on=on)
    if request.method == "POST" and form.is_valid():
        add_contact(by=by, patient=patient, facts=form.cleaned_data, at=at)
        messages.success(request, _("C’est enregistré."))
        return redirect("records:contacts", patient.ref)
    return render(request, "records/contacts/form.html", {**strip(patient), "form": form})


@require_http_methods(["GET", "POST"])
@acting
@once
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Correct what is said of someone."""
    by, at, on = request.membership, timezone.now(), timezone.localdate()
    contact = _contact(request, ref)
    require(by, Permission.EDIT_PATIENTS)
    form = ContactForm(request.POST or None, instance=contact, patient=contact.patient, on=on)
    if request.method == "POST" and form.is_valid():
        before = Contact.objects.select_related("patient").get(pk=contact.pk)
        correct_contact(by=by, contact=before, facts=form.cleaned_data, at=at)
        messages.success(request, _("C’est enregistré."))
        return redirect("records:contacts", contact.patient.ref)
    return render(request, "records/contacts/form.html", {**strip(contact.patient), "form": form, "contact": contact})


@require_POST
@acting
@once
def end(request: HttpRequest, ref: str) -> HttpResponse:
    """This person no longer has that role."""
    contact = _contact(request, ref)
    end_contact(by=request.membership, contact=contact, at=timezone.now())
    messages.success(request, _("C’est enregistré."))
    return redirect("records:contacts", contact.patient.ref)


def _contact(request: HttpRequest, ref: str) -> Contact:
    """The person of that reference near a patient whose record is open, or 404."""
    contact = get_object_or_404(Contact.objects.select_related("patient"), ref=ref)
    identity_for(request.membership, contact.patient.ref, at=timezone.now())
    return contact
