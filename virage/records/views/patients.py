"""Patients: the list and its search, a new record, identity, the page of one patient."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from virage.accounts.access import require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.moves import Overtaken
from virage.law.lists import label
from virage.law.regions import regions
from virage.records.access import identities_of, identity_for, patient_for
from virage.records.actions.duplicates import known_elsewhere
from virage.records.actions.identity import check_identity
from virage.records.actions.patients import create_patient, edit_patient
from virage.records.forms import PatientForm, SearchForm
from virage.records.models import Consent, Likeness, Patient
from virage.records.models.documents import Document
from virage.records.reports import patients as report
from virage.records.reports.duplicates import Twin, twins
from virage.records.reports.emergency import open_access
from virage.records.reports.trail import last_change
from virage.ui.once import once

View = Callable[..., HttpResponse]


def acting(view: View) -> View:
    """These pages are for someone who acts in a structure; anyone else is led home, where that is said."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.membership else redirect("home")

    return guarded


@require_http_methods(["GET", "POST"])
@acting
def listing(request: HttpRequest) -> HttpResponse:
    """My patients by name, some at a time. What is looked for is posted: it never stands in an address."""
    require(request.membership, Permission.SEE_IDENTITY)
    form = SearchForm(request.POST or None)
    source = request.POST if request.method == "POST" else request.GET
    mine = report.matching(identities_of(request.membership, timezone.now()), form.wanted)
    context = {
        "form": form,
        "page": report.page_of(mine, source.get("after", "")),
        "q": request.POST.get("q", ""),
        "may_create": request.membership.may(Permission.EDIT_PATIENTS),
        "may_break_glass": request.membership.may(Permission.BREAK_GLASS),
        "today": timezone.localdate(),
    }
    return render(request, "records/patients/_list.html" if request.htmx else "records/patients/list.html", context)


@require_http_methods(["GET", "POST"])
@acting
def search(request: HttpRequest) -> HttpResponse:
    """The search of the top bar."""
    return listing(request) if request.method == "POST" else redirect("patients")


@require_http_methods(["GET", "POST"])
@acting
@once
def create(request: HttpRequest) -> HttpResponse:
    """A new record, after a look at those that may be about the same person."""
    by, at = request.membership, timezone.now()
    require(by, Permission.EDIT_PATIENTS)
    initial = {"region": by.organisation.region, "residence": by.organisation, "place": by.organisation.category}
    form = PatientForm(request.POST or None, by=by, on=timezone.localdate(), initial=initial)
    doubts: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        confirmed = bool(request.POST.get("confirmed"))
        hidden = not confirmed and known_elsewhere(by=by, traits=form.traits, at=at)
        doubts = _doubts(twins(by, form.traits, at=at), hidden=hidden)
        if not doubts or confirmed:
            patient = create_patient(by=by, traits=form.facts, at=at)
            if document := form.cleaned_data["id_document"]:
                check_identity(by=by, patient=patient, document=document, on=timezone.localdate(), at=at)
            messages.success(request, _("Le dossier est ouvert."))
            return redirect("records:patient", patient.ref)
    return render(request, "records/patients/create.html", {"form": form, **doubts})


@require_http_methods(["GET", "POST"])
@acting
@once
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Correct identity and administrative facts."""
    by, at = request.membership, timezone.now()
    patient = identity_for(by, ref, at=at)
    require(by, Permission.EDIT_PATIENTS)
    form = PatientForm(request.POST or None, by=by, on=timezone.localdate(), instance=patient)
    doubts: dict[str, Any] = {}
    if request.method == "POST" and not form.stale and form.is_valid():
        doubts = _doubts(twins(by, form.traits, at=at, but=patient))
        if not doubts or request.POST.get("confirmed"):
            try:
                edit_patient(by=by, patient=patient, traits=form.facts, revision=form.seen_revision, at=at)
            except Overtaken:  # between the look and the lock
                patient = identity_for(by, ref, at=at)
                form = PatientForm(request.POST, by=by, on=timezone.localdate(), instance=patient)
            else:
                messages.success(request, _("C’est enregistré."))
                return redirect("records:patient", patient.ref)
    if form.stale:
        doubts = {"who": last_change("patient", patient.ref)}
    context = {"form": form, "patient": patient, **doubts}
    return render(request, "records/patients/edit.html", context, status=409 if form.stale else 200)


def _doubts(found: list[Twin], *, hidden: bool = False) -> dict[str, Any]:
    """What to look at again before writing: likely duplicates, `hidden` ones unnamed. Empty when there are none."""
    said = [{"patient": twin.patient, "why": Likeness(twin.why).label} for twin in found]
    return {"twins": said, "known_elsewhere": hidden, "doubtful": True} if said or hidden else {}


@require_GET
@acting
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """One patient: who it is and who cares; for whom what is medical is open, wounds, acts, documents, consents."""
    by, at = request.membership, timezone.now()
    medical = by.may(Permission.SEE_PATIENTS)
    patient = (patient_for if medical else identity_for)(by, ref, at=at)
    if patient.ref != ref:
        return redirect("records:patient", patient.ref)  # its record was merged into this one
    context = {
        **strip(patient),
        "care_team": report.care_team(patient, at),
        "emergency": open_access(by, patient, at),
        "contacts": patient.contacts.filter(ended_at__isnull=True),
        "place": label("places", patient.place).of(get_language() or "fr"),
        "region": regions()[patient.region].name if patient.region in regions() else patient.region,
        "may_edit": by.may(Permission.EDIT_PATIENTS),
        "may_read_trail": by.may(Permission.READ_JOURNAL),
    }
    if not medical:
        return render(request, "records/patients/identity.html", context)
    return render(request, "records/patients/page.html", context | _medical(by, patient))


def _medical(by: Membership, patient: Patient) -> dict[str, Any]:
    """What the page of a patient shows besides identity."""
    wounds = list(patient.wounds.order_by("healed_on", "-id"))
    return {
        "wounds": wounds,
        "open_wounds": [wound for wound in wounds if wound.healed_on is None],
        "documents": Document.objects.filter(patient=patient).kept().count(),
        "consents": Consent.objects.filter(patient=patient, withdrawn_at__isnull=True).select_related(
            "recorded_by__user"
        )[:20],
        "may_place": by.may(Permission.PREPARE_REQUEST),
        "may_consent": by.may(Permission.RECORD_CONSENT),
        "wishes": patient.wishes.filter(done_at__isnull=True).count(),
    }


def strip(patient: Patient) -> dict[str, Any]:
    """What the identity strip of every page about a patient shows."""
    return {"patient": patient, "age": patient.age(timezone.localdate())}
