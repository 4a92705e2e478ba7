"""What advice proposes: a prescriber decides, then nurses do it. Each can be undone for a few minutes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.teleexpertise.access import items
from virage.teleexpertise.actions import closing
from virage.teleexpertise.forms.closing import DecisionFilter, DecisionForm, TaskFilter
from virage.teleexpertise.models import Item
from virage.teleexpertise.rules import deadlines
from virage.teleexpertise.states import DONE, PRESCRIBED, PROPOSED, REFUSED
from virage.teleexpertise.views.door import acting
from virage.teleexpertise.views.lines import about_of
from virage.ui.once import once
from virage.ui.paging import page_of

PAGE = 20
UNPROCESSABLE = 422
BADGES = {PROPOSED: "todo", PRESCRIBED: "wait", REFUSED: "off", DONE: "ok"}


@dataclass(frozen=True)
class Row:
    """One line. `form` where it can be decided, `undo` while its author may take it back."""

    item: Item
    about: str
    badge: str
    undo: bool
    form: DecisionForm | None = None

    @property
    def patient(self) -> Any:
        return self.item.advice.expertise.act.patient


@acting
@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """What this prescriber has to decide; what was decided a moment ago can be undone."""
    require(request.membership, Permission.DECIDE_ITEM)
    return _decisions(request, timezone.now())


def _decisions(request: HttpRequest, at: datetime, refused: dict[int, DecisionForm] | None = None) -> HttpResponse:
    """`refused`: forms to show again with what was typed, by item."""
    by = request.membership
    form = DecisionFilter(request.GET)
    page = page_of(form.apply(by, at), request.GET.get("page"), PAGE)
    recent = items.decided_of(by, at).filter(decided_at__gt=at - deadlines.UNDO).exclude(state=DONE)
    kept = refused or {}
    context = {
        "filter": form,
        "page": page,
        "rows": [_row(item, by, at, kept.get(item.pk)) for item in page],
        "recent": [] if form.values.get("which") else [_row(item, by, at) for item in recent],
        "forms": list(kept.values()),
    }
    return render(request, "teleexpertise/items/decisions.html", context, status=UNPROCESSABLE if kept else 200)


def _row(item: Item, by: Membership, at: datetime, form: DecisionForm | None = None) -> Row:
    done = item.state == DONE
    who, when = (item.done_by_id, item.done_at) if done else (item.decided_by_id, item.decided_at)
    if item.state == PROPOSED and form is None:
        form = DecisionForm(prefix=item.ref)
    return Row(
        item=item,
        about=about_of(item.advice.expertise),
        badge=BADGES.get(item.state, "off"),
        undo=who == by.pk and deadlines.may_undo(done_at=when, at=at),
        form=form,
    )


@acting
@require_POST
@once
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """`do=prescribe`, or `do=refuse` with the reason."""
    at = timezone.now()
    item = items.item_for(request.membership, ref, at=at)
    prescribe = request.POST.get("do") == "prescribe"
    form = DecisionForm(request.POST, prefix=item.ref)
    if form.is_valid() and not prescribe and not form.cleaned_data["note"].strip():
        form.add_error("note", _("Dites pourquoi vous ne retenez pas cette proposition."))
    if not form.is_valid():
        return _decisions(request, at, {item.pk: form})
    closing.decide_item(by=request.membership, item=item, prescribe=prescribe, note=form.cleaned_data["note"], at=at)
    messages.success(request, _("Prescrit : c’est un soin à faire.") if prescribe else _("Non retenu : c’est noté."))
    return _back(request, "teleexpertise:decisions")


@acting
@require_POST
@once
def undecide(request: HttpRequest, ref: str) -> HttpResponse:
    """Take one's decision back within the delay."""
    return _undone(request, ref, closing.undecide_item, "teleexpertise:decisions")


@acting
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """What was prescribed for the patients of one's care team, and what was done, by whom."""
    by, at = request.membership, timezone.now()
    require(by, Permission.DO_TASK)
    form = TaskFilter(request.GET)
    page = page_of(form.apply(by, at), request.GET.get("page"), PAGE)
    recent: QuerySet[Item] = items.done_of(by, at).filter(done_by=by.pk, done_at__gt=at - deadlines.UNDO)
    context = {
        "filter": form,
        "page": page,
        "rows": [_row(item, by, at) for item in page],
        "recent": [] if form.values.get("which") else [_row(item, by, at) for item in recent],
    }
    return render(request, "teleexpertise/items/tasks.html", context)


@acting
@require_POST
@once
def do(request: HttpRequest, ref: str) -> HttpResponse:
    at = timezone.now()
    item = items.item_for(request.membership, ref, at=at)
    closing.do_item(by=request.membership, item=item, at=at)
    messages.success(request, _("Fait : c’est noté."))
    return _back(request, "teleexpertise:tasks")


@acting
@require_POST
@once
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """It was not done after all."""
    return _undone(request, ref, closing.undo_item, "teleexpertise:tasks")


def _undone(request: HttpRequest, ref: str, verb: Any, page: str) -> HttpResponse:
    """The delay may have passed while the page stood open: that is said on the page, not as a refusal."""
    at = timezone.now()
    item = items.item_for(request.membership, ref, at=at)
    try:
        verb(by=request.membership, item=item, at=at)
    except Refused as refused:
        if refused.reason != closing.TOO_LATE:
            raise
        messages.warning(request, _("Il est trop tard pour annuler : dix minutes sont passées."))
    else:
        messages.success(request, _("Annulé."))
    return _back(request, page)


def _back(request: HttpRequest, name: str) -> HttpResponse:
    """The list as it was filtered."""
    query = request.GET.urlencode()
    return redirect(reverse(name) + (f"?{query}" if query else ""))
