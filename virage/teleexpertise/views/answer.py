"""The expert's page of a request: the question, the pictures, the thread; take it, decline it, pass it on."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from virage.accounts.access import Refused
from virage.accounts.roles import Permission
from virage.law import lists, safety
from virage.teleexpertise import access
from virage.teleexpertise.actions import advising, answering, sending
from virage.teleexpertise.forms.answer import DeclineForm, PassOnForm, ReplyForm
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.rules import curve, healing
from virage.teleexpertise.states import ACCEPTED, FINISHED, TO_VALIDATE, WAITING
from virage.teleexpertise.views import lines
from virage.teleexpertise.views.beside import beside
from virage.teleexpertise.views.door import acting, opened
from virage.teleexpertise.views.photos import comparison, may_draw
from virage.ui.once import once

AREA = "surface"
"""The calculated answer of the wound forms that the healing curve shows (cm²)."""
MOST_MEASURES = 60
REFUSED = 422
PASS_ON_REFUSALS = {
    "addressee_is_requester": gettext_lazy("C’est cette personne qui demande l’avis."),
    "addressee_cannot_answer": gettext_lazy("Personne ne peut répondre à cette adresse aujourd’hui."),
    "addressee_is_oneself": gettext_lazy("C’est vous : choisissez quelqu’un d’autre."),
}


def answer_page(
    request: HttpRequest, expertise: Expertise, at: datetime, reply: ReplyForm | None = None
) -> HttpResponse:
    """The page of whoever is asked: the addressee, the one who answers, a validating doctor, a doctor in copy."""
    by, act = request.membership, expertise.act
    verbs = access.may(by, expertise, at)
    draft = advising.draft_of(expertise)
    kind, word, due = lines.badge_of(expertise, by)
    context = {
        **whose(expertise, at),
        "verbs": verbs,
        **beside(expertise, by, verbs),
        "has_inbox": by.may(Permission.ANSWER_EXPERTISE) or by.may(Permission.VALIDATE_ADVICE),
        "badge": (kind, word),
        "due": due,
        "late": due is not None and due < at and act.state not in FINISHED,
        "about": lines.about_of(expertise),
        "answering": act.state in (ACCEPTED, WAITING, TO_VALIDATE) and act.performer_id == by.pk,
        "consent": act.performed_at is not None or access.has_consent(expertise),
        "question": expertise.assessment.text("question"),
        "comparison": comparison(expertise, by, at, request.GET.get("avant", "")),
        "may_draw": may_draw(by, expertise, at),
        "draft": draft,
        "own_draft": draft is not None and draft.author_id == by.pk and draft.proposed_at is None,
        "reports": list(act.reports.select_related("signed_by__user").order_by("-version")),
        "remarks": list(expertise.remarks.select_related("author__user", "author__organisation")),
        "reply": reply or ReplyForm(),
        **_flags(expertise),
        **_healing(expertise),
        **_words(expertise),
    }
    return render(request, "teleexpertise/answer/act.html", context, status=REFUSED if reply else 200)


def whose(expertise: Expertise, at: datetime) -> dict[str, Any]:
    """What the top of every page of a request names."""
    act = expertise.act
    return {"expertise": expertise, "act": act, "patient": act.patient, "age": act.patient.age(at.date())}


def _flags(expertise: Expertise) -> dict[str, Any]:
    lang = get_language() or "fr"
    flags = [(flag.label.of(lang), flag.citation, flag.status) for flag in sending.raised_flags(expertise)]
    return {"flags": flags, "call": safety.call_label().of(lang)}


def _healing(expertise: Expertise) -> dict[str, Any]:
    """The areas of this wound's sent assessments, from the figures that were kept with the answers."""
    if expertise.wound is None:
        return {"points": (), "chart": None}
    fields = ("act__ref", "act__requested_at", "assessment__scores")
    rows = list(access.history_of(expertise).values_list(*fields))[-MOST_MEASURES:]
    act = expertise.act
    rows.append((act.ref, act.requested_at or act.created_at, expertise.assessment.scores))
    measures = [healing.Measure(when, area, ref) for ref, when, scores in rows if (area := _area(scores)) is not None]
    points = healing.series(measures)
    return {"points": points, "chart": curve.chart(points)}


def _area(scores: dict[str, Any]) -> Decimal | None:
    value = scores.get(AREA)
    return Decimal(str(value)) if isinstance(value, int | float) else None


def _words(expertise: Expertise) -> dict[str, Any]:
    """Names of the law's lists in the language of the page."""
    act, lang = expertise.act, get_language() or "fr"
    return {
        "profession": lists.label("professions", act.requester.user.profession).of(lang),
        "place": lists.label("places", act.place).of(lang),
        "specialty": lists.label("specialties", act.specialty).of(lang),
        "pathology": lists.label("pathologies", act.pathology).of(lang) if act.pathology else "",
    }


@acting
@require_POST
@once
def accept(request: HttpRequest, ref: str) -> HttpResponse:
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    answering.accept(by=by, expertise=expertise, at=at)
    messages.success(request, _("Demande acceptée : le requérant le sait."))
    return redirect("teleexpertise:act", ref)


@acting
@require_http_methods(["GET", "POST"])
@once
def decline(request: HttpRequest, ref: str) -> HttpResponse:
    """Say no, with the reason. One's own access ends: the page that follows is the inbox."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answering.decline(by=by, expertise=expertise, reason=form.cleaned_data["reason"], at=at)
        messages.success(request, _("Demande déclinée : le requérant a reçu votre motif."))
        return redirect("teleexpertise:inbox")
    if "decline" not in access.may(by, expertise, at):
        return redirect("teleexpertise:act", ref)
    context = {"form": form, **whose(expertise, at)}
    return render(request, "teleexpertise/answer/decline.html", context, status=REFUSED if form.is_bound else 200)


@acting
@require_http_methods(["GET", "POST"])
@once
def pass_on(request: HttpRequest, ref: str) -> HttpResponse:
    """Another pool or expert is better placed. The search is posted, so that no name stands in an address."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = PassOnForm(request.POST or None, by=by, expertise=expertise, at=at)
    searching = request.POST.get("do") == "search"
    if request.method == "POST" and not searching and form.is_valid():
        try:
            sending.pass_on(by=by, expertise=expertise, note=form.cleaned_data["note"], at=at, **form.addressee)
        except Refused as refused:
            if refused.reason not in PASS_ON_REFUSALS:
                raise
            form.add_error("to", PASS_ON_REFUSALS[refused.reason])
        else:
            messages.success(request, _("Demande transmise : le requérant le sait."))
            return redirect("teleexpertise:inbox")
    if "pass_on" not in access.may(by, expertise, at):
        return redirect("teleexpertise:act", ref)
    if searching:
        form.errors.clear()
    context = {"form": form, **whose(expertise, at)}
    status = REFUSED if form.is_bound and not searching else 200
    return render(request, "teleexpertise/answer/pass_on.html", context, status=status)


@acting
@require_POST
@once
def reply(request: HttpRequest, ref: str) -> HttpResponse:
    """A word in the thread: `do=ask` asks for complements and stops the delay, otherwise it is a message."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return answer_page(request, expertise, at, reply=form)
    text = form.cleaned_data["text"]
    if request.POST.get("do") == "ask":
        answering.ask_complements(by=by, expertise=expertise, text=text, at=at)
        messages.success(request, _("Complément demandé : votre délai est suspendu jusqu’à la réponse."))
    else:
        answering.note(by=by, expertise=expertise, text=text, at=at)
        messages.success(request, _("Message envoyé."))
    return redirect(f"{reverse('teleexpertise:act', args=[ref])}#thread")
