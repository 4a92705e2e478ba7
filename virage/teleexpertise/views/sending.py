"""The last part of a draft: confirm, send, hand to a doctor, give up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from virage.accounts.access import Refused
from virage.teleexpertise.actions import drafts, sending
from virage.teleexpertise.views.door import acting, opened
from virage.teleexpertise.views.draft import back_to, doctors_of, draft_page
from virage.teleexpertise.views.fragments import state_of
from virage.ui.once import once


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
    return back_to(ref, "verifications")


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
