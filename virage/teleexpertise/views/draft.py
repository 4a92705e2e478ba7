"""The draft: one page, whose parts save themselves. What is missing is said, and leads to its part."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.moves import Overtaken
from virage.kernel.workflow import NotPossible
from virage.law import consents as law_of_consents
from virage.law.requester import may_request
from virage.projects.models import Project
from virage.records.actions import consents, slots
from virage.records.forms import ConsentForm
from virage.records.models import Consent, ConsentBy
from virage.records.models.documents import Document
from virage.teleexpertise import access
from virage.teleexpertise.actions import drafts
from virage.teleexpertise.actions.common import legal_day
from virage.teleexpertise.forms.addressee import REFUSALS, AddresseeForm, candidates
from virage.teleexpertise.forms.ask import HeaderForm
from virage.teleexpertise.models import Expertise, Form
from virage.teleexpertise.states import BEFORE, PREPARED
from virage.teleexpertise.views.beside import beside
from virage.teleexpertise.views.door import acting, opened
from virage.teleexpertise.views.fragments import state_of
from virage.teleexpertise.views.requests import about_of
from virage.ui.once import once

REFUSED = 422
CONSENT = "consent"
CONSENT_REFUSALS = {
    consents.ALREADY: gettext_lazy("Un consentement à cette demande est déjà enregistré."),
    consents.ASK_AGAIN: gettext_lazy("Ce consentement ne peut pas être repris : demandez-le de nouveau."),
    consents.NOT_REPRESENTING: gettext_lazy("Cette personne ne représente plus le patient : demandez de nouveau."),
    "not_in_care_team": gettext_lazy("Vous ne faites plus partie de l’équipe de soins de ce patient."),
}


def draft_page(
    request: HttpRequest, by: Membership, expertise: Expertise, at: datetime, **changes: Any
) -> HttpResponse:
    """The whole page; `changes` are forms that were refused, with what was typed in them."""
    act, patient = expertise.act, expertise.act.patient
    state = state_of(by, expertise, at)
    context = {
        **state,
        **beside(expertise, by, state["verbs"]),
        "patient": patient,
        "age": patient.age(at.date()),
        "about": about_of(expertise),
        "follow_up": expertise.form == Form.FOLLOW_UP,
        "problems": (),
        "header": HeaderForm(expertise=expertise, projects=projects_of(by, expertise, at), on=legal_day(act, at)),
        "candidates": candidates(expertise, by, "", at),
        "addressee": AddresseeForm(),
        "may_send": "send" in state["verbs"] and state["may_ask"],
        "doctors": doctors_of(by, expertise, at) if "prepare" in state["verbs"] else [],
        "prepared": act.state == PREPARED,
        **_consent(by, expertise, at),
    }
    if "revise" in state["verbs"]:
        context["uploader"] = slots.uploader(by=by, patient=patient, folder=act.ref, at=at, wound=expertise.wound)
    else:
        context["pictures"] = Document.objects.in_folder(act.ref)
    refused = REFUSED if changes else 200
    return render(request, "teleexpertise/ask/draft.html", context | changes, status=refused)


def _consent(by: Membership, expertise: Expertise, at: datetime) -> dict[str, Any]:
    """The consent in force; or the form, and the one that may be given again in one press on a follow-up."""
    act, follows = expertise.act, expertise.follows
    subjects = [act.ref] + ([follows.act.ref] if follows else [])
    rows = Consent.objects.filter(subject__in=subjects, withdrawn_at__isnull=True).select_related("recorded_by__user")
    found = {row.subject: row for row in rows}
    former = found.get(follows.act.ref) if follows else None
    return {
        "consent": found.get(act.ref),
        "former_consent": former if former and former.given_by != ConsentBy.IMPOSSIBLE else None,
        "consent_form": ConsentForm(prefix=CONSENT, patient=act.patient, on=at.date()),
        "consent_rule": law_of_consents.rule(law_of_consents.ACT, legal_day(act, at)),
        "may_record_consent": by.may(Permission.RECORD_CONSENT),
    }


def projects_of(by: Membership, expertise: Expertise, at: datetime) -> QuerySet[Project]:
    """Projects in force that this structure takes part in, or that are open to all; and the present one."""
    on = legal_day(expertise.act, at)
    mine = Q(organisations=by.organisation_id) | Q(organisations__isnull=True)
    running = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    rows = Project.objects.filter(mine & running | Q(pk=expertise.act.project_id))
    return rows.select_related("programme").distinct().order_by("name")


def doctors_of(by: Membership, expertise: Expertise, at: datetime) -> list[Membership]:
    """Who may ask what this person prepares: prescribers near the patient whom the law lets ask on that day."""
    on = legal_day(expertise.act, at)
    rows = access.prescribers_of(expertise, at).exclude(pk=by.pk)
    return [one for one in rows if may_request(one.user.profession, on) and one.may(Permission.ASK_EXPERTISE)]


@acting
@require_GET
def draft(request: HttpRequest, ref: str) -> HttpResponse:
    """The page of a request that was not sent yet."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    if expertise.act.state not in BEFORE:
        return redirect("teleexpertise:act", ref)
    return draft_page(request, by, expertise, at)


@acting
@require_POST
def assessment(request: HttpRequest, ref: str) -> HttpResponse:
    """Autosave of the answers (ui/autosave.js); the revision guards against two tabs."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    try:
        body, status = drafts.save_assessment(by=by, expertise=expertise, posted=request.POST, at=at)
    except (NotPossible, Overtaken, Refused):
        return JsonResponse({"completed": True}, status=423)
    return JsonResponse(body, status=status) if by_script(request) else back_to(ref, "evaluation")


@acting
@require_POST
def header(request: HttpRequest, ref: str) -> HttpResponse:
    """Autosave of the header: what stands is kept, what does not is said under its field."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = HeaderForm(
        request.POST, expertise=expertise, projects=projects_of(by, expertise, at), on=legal_day(expertise.act, at)
    )
    values = form.valid_values
    if values.get("project") == expertise.act.project:
        values.pop("project", None)  # one that has ended since stays as it is
    try:
        drafts.revise(by=by, expertise=expertise, at=at, **values)
    except (NotPossible, Refused):
        return JsonResponse({"completed": True}, status=423)
    if not by_script(request):
        return draft_page(request, by, expertise, at, header=form) if form.errors else back_to(ref, "destinataire")
    return JsonResponse(
        {
            "saved_at": at.isoformat(timespec="seconds"),
            "saved_time": timezone.localtime(at).strftime("%H:%M"),
            "faults": {name: " ".join(map(str, faults)) for name, faults in form.errors.items()},
        }
    )


@acting
@require_POST
def addressee(request: HttpRequest, ref: str) -> HttpResponse:
    """Look for someone, or choose whom the request is for: both come back as the same part of the page."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = AddresseeForm(request.POST)
    why, came = "", False
    if form.is_valid() and form.cleaned_data["to"]:
        try:
            drafts.choose_addressee(by=by, expertise=expertise, at=at, **form.addressee)
            came = _with_its_project(by, expertise, at)
        except Refused as refused:
            if refused.reason not in REFUSALS:
                raise
            why = str(REFUSALS[refused.reason])
    words = form.cleaned_data.get("who", "")
    if not request.htmx:
        if why:
            messages.error(request, why)
        found = candidates(expertise, by, words, at)
        if words:
            return draft_page(request, by, expertise, at, candidates=found, addressee=form)
        return back_to(ref, "destinataire")
    context = {"expertise": expertise, "act": expertise.act, "addressee": form, "why": why}
    context["candidates"] = candidates(expertise, by, words, at)
    if came:
        projects = projects_of(by, expertise, at)
        context["header"] = HeaderForm(expertise=expertise, projects=projects, on=legal_day(expertise.act, at))
    response = render(request, "teleexpertise/ask/_chosen.html", context)
    response["HX-Trigger"] = "request-changed"
    return response


def _with_its_project(by: Membership, expertise: Expertise, at: datetime) -> bool:
    """Outside a project, a pool brings the only one of ours that it answers for; the author may change it."""
    if expertise.act.project_id or expertise.to_team_id is None:
        return False
    found = list(projects_of(by, expertise, at).filter(pools=expertise.to_team_id)[:2])
    if len(found) == 1:
        drafts.revise(by=by, expertise=expertise, project=found[0], at=at)
    return len(found) == 1


@acting
@require_POST
@once
def consent(request: HttpRequest, ref: str) -> HttpResponse:
    """Record the consent; `consent_again` takes over that of the request which this one follows."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = ConsentForm(request.POST, prefix=CONSENT, patient=expertise.act.patient, on=at.date())
    former = _consent(by, expertise, at)["former_consent"] if request.POST.get("consent_again") else None
    subject, patient = expertise.act.ref, expertise.act.patient
    try:
        if former:
            consents.renew_consent(by=by, previous=former, subject=subject, at=at)
        elif form.is_valid():
            consents.record_consent(by=by, patient=patient, subject=subject, at=at, **form.cleaned_data)
        else:
            return draft_page(request, by, expertise, at, consent_form=form)
    except Refused as refused:
        if refused.reason not in CONSENT_REFUSALS:
            raise
        messages.error(request, CONSENT_REFUSALS[refused.reason])
    return back_to(ref, "consentement")


def by_script(request: HttpRequest) -> bool:
    """Whether ui/autosave.js asks; the same form can be sent without script."""
    return "application/json" in request.headers.get("Accept", "")


def back_to(ref: str, part: str) -> HttpResponse:
    return redirect(f"{reverse('teleexpertise:draft', args=[ref])}#{part}")
