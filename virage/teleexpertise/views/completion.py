"""The expert's own assessment, and the PUSH score of either side: forms that need not be opened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.kernel.workflow import NotPossible
from virage.questionnaires.models import Response
from virage.questionnaires.rules.validation import Problem
from virage.teleexpertise import access
from virage.teleexpertise.actions import completing
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.states import BEFORE
from virage.teleexpertise.views.answer import REFUSED, whose
from virage.teleexpertise.views.door import acting, opened
from virage.ui.once import once


@dataclass(frozen=True)
class Desk:
    """One of the two forms: who may, what is read, what keeps it, and the words of its page."""

    name: str
    may: Callable[[Expertise, frozenset[str]], bool]
    read: Callable[..., Response]
    save: Callable[..., completing.Answer]
    dropped: Promise


COMPLETION = Desk(
    "completion",
    lambda expertise, verbs: completing.COMPLETE in verbs,
    completing.completion_of,
    completing.complete_assessment,
    gettext_lazy("Votre évaluation est retirée ; celle du requérant reste."),
)
PUSH = Desk(
    "push",
    completing.may_score,
    completing.push_of,
    completing.save_push,
    gettext_lazy("Score PUSH retiré."),
)


@acting
@require_http_methods(["GET", "POST"])
@once
def completion(request: HttpRequest, ref: str) -> HttpResponse:
    """What the expert adds to the assessment or measures otherwise."""
    return _page(COMPLETION, request, ref)


@acting
@require_POST
def completion_answers(request: HttpRequest, ref: str) -> JsonResponse:
    return _autosave(COMPLETION, request, ref)


@acting
@require_http_methods(["GET", "POST"])
@once
def push(request: HttpRequest, ref: str) -> HttpResponse:
    """PUSH 3.0, for whoever wishes it."""
    return _page(PUSH, request, ref)


@acting
@require_POST
def push_answers(request: HttpRequest, ref: str) -> JsonResponse:
    return _autosave(PUSH, request, ref)


def _page(desk: Desk, request: HttpRequest, ref: str) -> HttpResponse:
    """The form; its button keeps it and goes back to the request, or says what is still missing."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    if request.method == "POST":
        return _pressed(desk, request, by, expertise, at)
    if not desk.may(expertise, access.may(by, expertise, at)):
        return redirect(_back(expertise))
    begun = getattr(expertise, desk.name) if "manque" in request.GET else None
    return _drawn(desk, request, expertise, desk.read(by=by, expertise=expertise, at=at), at, begun=begun)


def _pressed(desk: Desk, request: HttpRequest, by: Membership, expertise: Expertise, at: datetime) -> HttpResponse:
    if request.POST.get("do") == "drop":
        completing.drop(by=by, expertise=expertise, what=desk.name, at=at)
        messages.success(request, str(desk.dropped))
        return redirect(_back(expertise))
    _body, status = desk.save(by=by, expertise=expertise, data=request.POST, at=at)
    response: Response = getattr(expertise, desk.name)
    response.refresh_from_db()
    if status == 409 or completing.faults(response, expertise, at):
        return _drawn(desk, request, expertise, response, at, begun=response, status=max(status, REFUSED))
    return redirect(_back(expertise))


def _drawn(
    desk: Desk,
    request: HttpRequest,
    expertise: Expertise,
    response: Response,
    at: datetime,
    *,
    begun: Response | None,
    status: int = 200,
) -> HttpResponse:
    problems: tuple[Problem, ...] = completing.faults(begun, expertise, at)
    context = {
        **whose(expertise, at),
        "response": response,
        "begun": getattr(expertise, desk.name) is not None,
        "problems": problems,
        "back": _back(expertise),
        "overwritten": status == 409,
    }
    return render(request, f"teleexpertise/answer/{desk.name}.html", context, status=status)


def _autosave(desk: Desk, request: HttpRequest, ref: str) -> JsonResponse:
    """As `ui/autosave.js` expects: 409 when another page saved since, 423 when nothing may change."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    try:
        body, status = desk.save(by=by, expertise=expertise, data=request.POST, at=at)
    except (NotPossible, Refused):
        return JsonResponse({"completed": True}, status=423)
    return JsonResponse(body, status=status)


def _back(expertise: Expertise) -> str:
    """The page where the form was opened from."""
    name = "draft" if expertise.act.state in BEFORE else "act"
    return reverse(f"teleexpertise:{name}", args=[expertise.act.ref]) + "#evaluation"
