"""A new request: for which patient, then on which wound or question. One press opens the draft."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.records.access import patient_for, patients_of
from virage.records.forms import SearchForm
from virage.records.models import Patient, Wound
from virage.records.reports import patients as report
from virage.records.rules import body
from virage.teleexpertise import access
from virage.teleexpertise.actions import drafts
from virage.teleexpertise.models import Expertise, Form
from virage.teleexpertise.states import FINISHED, WITHDRAWN
from virage.teleexpertise.views.door import acting, opened
from virage.ui.once import once


@dataclass(frozen=True)
class Choice:
    """A wound that one may ask about: its last answered request is what a follow-up starts from."""

    wound: Wound
    site: str
    last: Expertise | None
    going: Expertise | None
    chosen: bool


@acting
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """For which patient? The search is posted: a name never stands in an address."""
    by, at = request.membership, timezone.now()
    require(by, Permission.PREPARE_REQUEST)
    form = SearchForm(request.POST or None)
    alive = patients_of(by, at).filter(deceased_on__isnull=True)
    mine = report.matching(alive.select_related("residence"), form.wanted)
    context = {
        "form": form,
        "page": report.page_of(mine, (request.POST or request.GET).get("after", "")),
        "q": request.POST.get("q", ""),
        "today": timezone.localdate(),
    }
    return render(request, "teleexpertise/ask/patients.html", context)


@acting
@require_GET
def new_for(request: HttpRequest, ref: str) -> HttpResponse:
    """On which wound, or for which other question?"""
    by, at = request.membership, timezone.now()
    patient = patient_for(by, ref, at=at)
    require(by, Permission.PREPARE_REQUEST)
    choices = _choices(by, patient, request.GET.get("wound", ""), at)
    context = {
        "patient": patient,
        "age": patient.age(at.date()),
        "choices": choices,
        "map": [choice.wound for choice in choices],
        "today": timezone.localdate(),
    }
    return render(request, "teleexpertise/ask/new.html", context)


def _choices(by: Membership, patient: Patient, chosen: str, at: datetime) -> list[Choice]:
    """Open wounds with what was asked about them; the one just added first."""
    last: dict[int, Expertise] = {}
    going: dict[int, Expertise] = {}
    asked = access.detailed(access.visible(by, at)).filter(act__patient=patient, wound__healed_on__isnull=True)
    for row in asked.exclude(wound=None).exclude(act__state=WITHDRAWN).order_by("act__created_at", "pk"):
        (last if row.act.state in FINISHED else going)[row.wound_id] = row
    lang = get_language() or "fr"
    found = [
        Choice(wound, body.label(wound.site, lang), last.get(wound.pk), going.get(wound.pk), wound.ref == chosen)
        for wound in patient.wounds.filter(healed_on__isnull=True)
    ]
    return sorted(found, key=lambda choice: not choice.chosen)


@acting
@require_POST
@once
def start(request: HttpRequest, ref: str) -> HttpResponse:
    """Open the draft: `wound` names the wound, or nothing for another question. With an answered request on the same
    wound, and unless `whole` is asked, it is a follow-up: the short form, what does not change being filled in."""
    by, at = request.membership, timezone.now()
    patient = patient_for(by, ref, at=at)
    wound = _wound(patient, request.POST.get("wound", ""))
    follows = _last(by, wound, at) if wound and not request.POST.get("whole") else None
    form = Form.SHORT if wound is None else Form.FOLLOW_UP if follows else Form.WOUND
    expertise = drafts.start(by=by, patient=patient, form=form, wound=wound, follows=follows, at=at)
    return redirect("teleexpertise:draft", expertise.act.ref)


@acting
@require_POST
@once
def follow(request: HttpRequest, ref: str) -> HttpResponse:
    """A follow-up from the page of an answered request."""
    at = timezone.now()
    by, former = opened(request, ref, at)
    if former.wound is None or former.act.state not in FINISHED:
        raise Http404
    patient = patient_for(by, former.act.patient.ref, at=at)
    if former.wound.healed_on:
        messages.info(request, _("Cette plaie est notée cicatrisée : rouvrez-la, ou ajoutez-en une autre."))
        return redirect("teleexpertise:new_for", patient.ref)
    expertise = drafts.start(by=by, patient=patient, form=Form.FOLLOW_UP, wound=former.wound, follows=former, at=at)
    return redirect("teleexpertise:draft", expertise.act.ref)


def _wound(patient: Patient, ref: str) -> Wound | None:
    """The open wound of that reference; None when no wound is named, 404 when it is not this patient's."""
    if not ref:
        return None
    wound = patient.wounds.filter(ref=ref, healed_on__isnull=True).first()
    if wound is None:
        raise Http404
    return wound


def _last(by: Membership, wound: Wound, at: datetime) -> Expertise | None:
    rows = access.detailed(access.visible(by, at)).filter(wound=wound, act__state__in=FINISHED)
    return rows.order_by("-act__performed_at", "-pk").first()
