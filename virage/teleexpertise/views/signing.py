"""Look at the advice before it is signed; sign, propose, validate, correct."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from virage.accounts.models import Membership
from virage.acts.models import Report
from virage.kernel.workflow import NotPossible
from virage.teleexpertise import access
from virage.teleexpertise.actions import advising, signing
from virage.teleexpertise.actions.sending import NotReady
from virage.teleexpertise.forms.answer import CorrectionForm, ValidationForm
from virage.teleexpertise.models import Advice, Expertise
from virage.teleexpertise.states import FINISHED, TO_VALIDATE, WAITING
from virage.teleexpertise.views.answer import REFUSED, whose
from virage.teleexpertise.views.beside import completed
from virage.teleexpertise.views.door import acting, opened
from virage.teleexpertise.views.photos import comparison, may_draw
from virage.ui.once import once

LACKS = {
    "completion": gettext_lazy("Votre évaluation est commencée : il y manque une réponse, ou l’une ne va pas."),
    "push": gettext_lazy("Le score PUSH est commencé : finissez-le, ou retirez-le."),
    "no_advice": gettext_lazy("Rien n’est encore écrit."),
    "text_needed": gettext_lazy("Écrivez un diagnostic, un avis ou une proposition avant de signer."),
}


def sheet(expertise: Expertise, advice: Advice, by: Membership, at: datetime) -> dict[str, Any]:
    """What will stand in the report, for a page."""
    return {
        **whose(expertise, at),
        "advice": advice,
        "items": list(advice.items.select_related("prescriber__user")),
        "pictures": [one for one in comparison(expertise, by, at).here.pictures if one.shapes],
        "completed": completed(expertise),
        "push": expertise.push,
        "question": expertise.assessment.text("question"),
        "correcting": expertise.act.state in FINISHED,
    }


@acting
@require_http_methods(["GET", "POST"])
@once
def preview(request: HttpRequest, ref: str) -> HttpResponse:
    """The advice as it will be read, and the button that signs it (or proposes it to a doctor)."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    if request.method == "POST":
        try:
            return _sign(request, by, expertise, at)
        except NotReady as lacking:
            for problem in lacking.problems:
                messages.error(request, str(LACKS.get(problem.code, problem.code)))
            return redirect(_to_finish(lacking, ref))
    advice = advising.draft_of(expertise)
    if advice is None or not may_draw(by, expertise, at):
        return redirect("teleexpertise:act", ref)
    if advice.says_nothing:
        messages.warning(request, str(LACKS["text_needed"]))
        return redirect("teleexpertise:advice", ref)
    context = sheet(expertise, advice, by, at) | {
        "waiting": expertise.act.state == WAITING,
        "medical": access.is_medical(by),
    }
    return render(request, "teleexpertise/answer/preview.html", context)


def _to_finish(lacking: NotReady, ref: str) -> str:
    """The page on which the first thing that lacks can be put right."""
    code = lacking.problems[0].code
    if code in ("completion", "push"):
        return reverse(f"teleexpertise:{code}", args=[ref]) + "?manque"
    return reverse("teleexpertise:advice", args=[ref])


def _sign(request: HttpRequest, by: Membership, expertise: Expertise, at: datetime) -> HttpResponse:
    ref = expertise.act.ref
    advising.check_seen("sign", expertise=expertise, stamp=request.POST.get("seen", ""))
    if expertise.act.state in FINISHED:
        if advising.draft_of(expertise) is None:
            raise NotPossible("teleexpertise", expertise.act.state, "sign")
        report = signing.sign_correction(by=by, expertise=expertise, at=at)
        return _signed(request, report, ref, _("Correction signée : le requérant et les médecins en copie le savent."))
    if access.is_medical(by):
        report = signing.sign(by=by, expertise=expertise, at=at)
        return _signed(request, report, ref, _("Avis signé et envoyé au requérant."))
    signing.propose(by=by, expertise=expertise, at=at)
    return _signed(request, None, ref, "")


def _signed(request: HttpRequest, report: Report | None, ref: str, words: str) -> HttpResponse:
    """The report when there is one; a nurse's proposal first waits for a doctor."""
    if report is None:
        messages.success(request, _("Avis proposé : les médecins de votre groupe sont prévenus."))
        return redirect("teleexpertise:act", ref)
    messages.success(request, words)
    return redirect("teleexpertise:report", report.ref)


@acting
@require_http_methods(["GET", "POST"])
@once
def validation(request: HttpRequest, ref: str) -> HttpResponse:
    """A doctor reads a nurse's proposal: makes it final, or sends it back with a word."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = ValidationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        advising.check_seen("validate", expertise=expertise, stamp=request.POST.get("seen", ""))
        if request.POST.get("do") == "validate":
            return _validate(request, by, expertise, form.cleaned_data["note"], at)
        if form.cleaned_data["note"].strip():
            return _send_back(request, by, expertise, form.cleaned_data["note"], at)
        form.add_error("note", _("Dites à l’infirmier ce qu’il faut changer."))
    advice = advising.draft_of(expertise)
    may_validate = {"validate", "validate_correction"} & access.may(by, expertise, at)
    if advice is None or advice.proposed_at is None or not may_validate:
        return redirect("teleexpertise:act", ref)
    overdue = expertise.validate_by is not None and expertise.validate_by < at
    context = sheet(expertise, advice, by, at) | {"form": form, "overdue": overdue}
    status = REFUSED if form.is_bound else 200
    return render(request, "teleexpertise/answer/validation.html", context, status=status)


def _validate(request: HttpRequest, by: Membership, expertise: Expertise, note: str, at: datetime) -> HttpResponse:
    verb = signing.validate if expertise.act.state == TO_VALIDATE else signing.validate_correction
    report = verb(by=by, expertise=expertise, note=note, at=at)
    messages.success(request, _("Avis validé : le compte rendu est signé et envoyé."))
    return redirect("teleexpertise:report", report.ref)


def _send_back(request: HttpRequest, by: Membership, expertise: Expertise, note: str, at: datetime) -> HttpResponse:
    verb = signing.refuse_validation if expertise.act.state == TO_VALIDATE else signing.refuse_correction
    verb(by=by, expertise=expertise, note=note, at=at)
    messages.success(request, _("Proposition renvoyée à l’infirmier avec votre remarque."))
    return redirect("teleexpertise:inbox")


@acting
@require_http_methods(["GET", "POST"])
@once
def correct(request: HttpRequest, ref: str) -> HttpResponse:
    """Begin a new version of a signed report; the signed one stays."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        signing.correct(by=by, expertise=expertise, reason=form.cleaned_data["reason"], at=at)
        return redirect("teleexpertise:advice", ref)
    if "correct" not in access.may(by, expertise, at):
        return redirect("teleexpertise:act", ref)
    if request.method == "GET" and advising.draft_of(expertise):
        return redirect("teleexpertise:advice", ref)
    reports = expertise.act.reports.select_related("signed_by__user").order_by("-version")
    context = {"form": form, "reports": reports, **whose(expertise, at)}
    return render(request, "teleexpertise/answer/correct.html", context, status=REFUSED if form.is_bound else 200)


@acting
@require_POST
@once
def discard_correction(request: HttpRequest, ref: str) -> HttpResponse:
    """Give up a correction that was not signed."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    draft = advising.draft_of(expertise)
    if draft is None or expertise.act.state not in FINISHED:
        raise NotPossible("teleexpertise", expertise.act.state, "correct")
    advising.discard_correction(by=by, expertise=expertise, at=at)
    messages.success(request, _("Correction abandonnée : le compte rendu signé reste le seul."))
    return redirect("teleexpertise:act", ref)
