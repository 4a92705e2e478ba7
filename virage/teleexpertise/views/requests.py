"""What one's structure has asked: what is late first, then what waits for oneself."""

from datetime import datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from virage.accounts.access import require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.law import lists
from virage.records.access import patients_of
from virage.records.forms import SearchForm
from virage.records.reports.patients import matching
from virage.teleexpertise import access
from virage.teleexpertise.forms.ask import RequestFilter
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.states import (
    ACCEPTED,
    ANSWERED,
    CLOSED,
    DECLINED,
    DRAFT,
    PREPARED,
    SENT,
    TO_VALIDATE,
    WAITING,
    WITHDRAWN,
)
from virage.teleexpertise.views.door import acting
from virage.ui.paging import page_of

PAGE = 20
AWAITED = (SENT, ACCEPTED, TO_VALIDATE)
"""An answer is expected; while a complement is awaited, the expert's delay stands still."""

BADGES = {
    DRAFT: ("draft", gettext_lazy("Brouillon")),
    PREPARED: ("todo", gettext_lazy("Préparée, à envoyer")),
    SENT: ("wait", gettext_lazy("Envoyée")),
    ACCEPTED: ("wait", gettext_lazy("Acceptée, avis en cours")),
    WAITING: ("todo", gettext_lazy("Complément demandé")),
    TO_VALIDATE: ("wait", gettext_lazy("Avis en validation")),
    DECLINED: ("todo", gettext_lazy("Revenue : à renvoyer")),
    ANSWERED: ("todo", gettext_lazy("Réponse à lire")),
    CLOSED: ("off", gettext_lazy("Terminée")),
    WITHDRAWN: ("off", gettext_lazy("Retirée")),
}
"""State → kind of badge and word, as the requérant's side sees it."""


@acting
@require_http_methods(["GET", "POST"])
def requests(request: HttpRequest) -> HttpResponse:
    """The list with its filters in the address; a patient is looked for by POST, so that no name stands there."""
    by, at = request.membership, timezone.now()
    require(by, Permission.PREPARE_REQUEST)
    rows = _ordered(access.requests_of(by, at), at)
    search = SearchForm(request.POST or None)
    filters = RequestFilter(request.GET)
    context: dict[str, Any] = {"filter": filters, "search": search}
    if request.method == "POST" and search.is_valid() and search.cleaned_data["q"].strip():
        found = rows.filter(act__patient__in=matching(patients_of(by, at), search.wanted))
        context |= {"q": search.cleaned_data["q"], "rows": shown(found[:PAGE], by, at)}
    else:
        page = page_of(filters.apply(rows, by), request.GET.get("page"), PAGE)
        context |= {"page": page, "rows": shown(page, by, at)}
    return render(request, "teleexpertise/requests.html", context)


def _ordered(rows: QuerySet[Expertise], at: datetime) -> QuerySet[Expertise]:
    turn = Q(act__state__in=[state for state, (kind, _word) in BADGES.items() if kind == "todo"]) | Q(stopped=True)
    late = Q(act__state__in=AWAITED, due_at__lt=at, stopped=False)
    rank = Case(When(late, then=Value(0)), When(turn, then=Value(1)), default=Value(2), output_field=IntegerField())
    return rows.annotate(rank=rank).order_by("rank", F("due_at").asc(nulls_last=True), "-act__created_at", "-pk")


def shown(rows: Any, by: Membership, at: datetime) -> list[dict[str, Any]]:
    """Rows as the list draws them."""
    return [_row(expertise, by, at) for expertise in rows]


def _row(expertise: Expertise, by: Membership, at: datetime) -> dict[str, Any]:
    act = expertise.act
    kind, word = badge_of(expertise, at)
    return {
        "expertise": expertise,
        "act": act,
        "patient": act.patient,
        "age": act.patient.age(at.date()),
        "about": about_of(expertise),
        "to": addressee_of(expertise),
        "author": "" if act.requester_id == by.pk else str(act.requester.user),
        "kind": kind,
        "word": word,
        "item": {"late": "item-late", "todo": "item-todo", "wait": "item-wait"}.get(kind, ""),
        "due": expertise.due_at if act.state in AWAITED and not expertise.stopped else None,
    }


def badge_of(expertise: Expertise, at: datetime) -> tuple[str, str]:
    """Kind and word of the state; late once the expected time has passed."""
    if expertise.stopped:
        return "todo", _("Consentement retiré")
    kind, word = BADGES[expertise.act.state]
    late = expertise.act.state in AWAITED and expertise.due_at is not None and expertise.due_at < at
    return ("late", _("En retard : %(state)s") % {"state": str(word).lower()}) if late else (kind, str(word))


def about_of(expertise: Expertise) -> str:
    """The wound's name, else the specialty that is asked."""
    if expertise.wound:
        return str(expertise.wound)
    return specialty_of(expertise) or str(expertise.get_form_display())


def specialty_of(expertise: Expertise) -> str:
    """In the language of the page; empty while nobody is addressed."""
    name = expertise.act.specialty
    return lists.label("specialties", name).of(get_language() or "fr") if name else ""


def addressee_of(expertise: Expertise) -> str:
    """Who answers, else whom it is addressed to."""
    if expertise.act.performer:
        return str(expertise.act.performer.user)
    if expertise.to_member:
        return str(expertise.to_member.user)
    return expertise.to_team.name if expertise.to_team else ""
