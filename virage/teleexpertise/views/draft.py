"""The draft: one page, whose parts save themselves. What is missing is said, and leads to its part."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.kernel.workflow import NotPossible
from virage.law.requester import may_request
from virage.projects.models import Project
from virage.questionnaires.actions import save_posted
from virage.records.actions import consents, slots
from virage.records.forms import ConsentForm
from virage.records.models import Consent, ConsentBy
from virage.records.models.documents import Document
from virage.teleexpertise import access
from virage.teleexpertise.actions import drafts, sending
from virage.teleexpertise.actions.common import legal_day
from virage.teleexpertise.forms.addressee import REFUSALS, AddresseeForm, candidates
from virage.teleexpertise.forms.ask import HeaderForm
from virage.teleexpertise.models import Expertise, Form
from virage.teleexpertise.states import BEFORE, PREPARED
from virage.teleexpertise.views.door import acting, opened
from virage.teleexpertise.views.fragments import state_of
from virage.teleexpertise.views.requests import about_of
from virage.ui.once import once

REFUSED = 422
CONSENT = "consent"
CONSENT_REFUSALS = {
    consents.ALREADY: gettext_lazy("Un consentement à cette demande est déjà enregistré."),
    consents.ASK_AGAIN: gettext_lazy("Ce consentement ne peut pas être repris : demandez-le de nouveau."),
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
        **_consent(by, expertise),
    }
    if "revise" in state["verbs"]:
        context["uploader"] = slots.uploader(by=by, patient=patient, folder=act.ref, at=at, wound=expertise.wound)
    else:
        context["pictures"] = Document.objects.in_folder(act.ref)
    refused = REFUSED if changes else 200
    return render(request, "teleexpertise/ask/draft.html", context | changes, status=refused)


def _consent(by: Membership, expertise: Expertise) -> dict[str, Any]:
    """The consent in force; or the form, and the one that may be given again in one press on a follow-up."""
    act, follows = expertise.act, expertise.follows
    subjects = [act.ref] + ([follows.act.ref] if follows else [])
    rows = Consent.objects.filter(subject__in=subjects, withdrawn_at__isnull=True).select_related("recorded_by__user")
    found = {row.subject: row for row in rows}
    former = found.get(follows.act.ref) if follows else None
    return {
        "consent": found.get(act.ref),
        "former_consent": former if former and former.given_by != ConsentBy.IMPOSSIBLE else None,
        "consent_form": ConsentForm(prefix=CONSENT),
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
    if "revise" not in access.may(by, expertise, at):
        return JsonResponse({"completed": True}, status=423)
    body, status = save_posted(expertise.assessment, request.POST, at)
    return JsonResponse(body, status=status) if by_script(request) else _back(ref, "evaluation")


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
        return draft_page(request, by, expertise, at, header=form) if form.errors else _back(ref, "destinataire")
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
    why = ""
    if form.is_valid() and form.cleaned_data["to"]:
        try:
            drafts.choose_addressee(by=by, expertise=expertise, at=at, **form.addressee)
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
        return _back(ref, "destinataire")
    context = {"expertise": expertise, "act": expertise.act, "addressee": form, "why": why}
    context["candidates"] = candidates(expertise, by, words, at)
    response = render(request, "teleexpertise/ask/_addressee.html", context)
    response["HX-Trigger"] = "request-changed"
    return response


@acting
@require_POST
@once
def consent(request: HttpRequest, ref: str) -> HttpResponse:
    """Record the consent; `consent_again` takes over that of the request which this one follows."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = ConsentForm(request.POST, prefix=CONSENT)
    former = _consent(by, expertise)["former_consent"] if request.POST.get("consent_again") else None
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
    return _back(ref, "consentement")


@acting
@require_POST
@once
def confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """`what=red_flags`: the alert was read. Otherwise: a remote opinion suits this situation."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    if request.POST.get("what") == "red_flags":
        sending.confirm_red_flags(by=by, expertise=expertise, at=at)
    elif request.POST.get("suits"):
        sending.confirm_relevance(by=by, expertise=expertise, at=at)
    if request.htmx:
        return render(request, "teleexpertise/ask/_state.html", state_of(by, expertise, at))
    return _back(ref, "verifications")


@acting
@require_POST
@once
def send(request: HttpRequest, ref: str) -> HttpResponse:
    """Send. What is missing is said on the page, each line leading to its part."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    try:
        sending.send(by=by, expertise=expertise, at=at)
    except sending.NotReady as refusal:
        lacking = [one for one in refusal.problems if one.code == "assessment"]
        answers = lacking[0].params["problems"] if lacking else ()
        return draft_page(request, by, expertise, at, problems=answers, tried=True)
    messages.success(request, _("Demande envoyée. La réponse est attendue ; vous serez prévenu par message."))
    return redirect("teleexpertise:act", ref)


@acting
@require_POST
@once
def prepare(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand the draft to the doctor who will ask."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    doctors = {one.ref: one for one in doctors_of(by, expertise, at)}
    doctor = doctors.get(request.POST.get("doctor", ""))
    text = _("Choisissez le professionnel qui enverra la demande.")
    try:
        if doctor:
            drafts.prepare(by=by, expertise=expertise, requester=doctor, at=at)
    except Refused as refused:
        if refused.reason != "requester_outside_care_team":
            raise
        doctor, text = None, _("Ce professionnel ne fait pas partie de l’équipe de soins : ajoutez-le d’abord.")
    if doctor is None:
        return draft_page(request, by, expertise, at, prepare_error=text)
    messages.success(request, _("Demande transmise à %(doctor)s, qui l’enverra.") % {"doctor": doctor.user})
    return redirect("teleexpertise:requests")


@acting
@require_POST
@once
def back_to_draft(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a prepared request back to its author, or take it back."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    drafts.return_to_draft(by=by, expertise=expertise, at=at)
    return redirect("teleexpertise:draft", ref)


@acting
@require_POST
@once
def discard(request: HttpRequest, ref: str) -> HttpResponse:
    """Give the draft up."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    drafts.discard(by=by, expertise=expertise, at=at)
    messages.success(request, _("Brouillon abandonné : il n’est pas envoyé."))
    return redirect("teleexpertise:requests")


def by_script(request: HttpRequest) -> bool:
    """Whether ui/autosave.js asks; the same form can be sent without script."""
    return "application/json" in request.headers.get("Accept", "")


def _back(ref: str, part: str) -> HttpResponse:
    return redirect(f"{reverse('teleexpertise:draft', args=[ref])}#{part}")
