"""The expert's inbox: what waits for an answer, by when."""

from datetime import datetime

from django.core.paginator import Page
from django.db.models import Case, F, Func, IntegerField, JSONField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from virage.accounts.access import Like, like, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.teleexpertise import access
from virage.teleexpertise.forms.answer import InboxFilter
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.states import TO_VALIDATE, WAITING
from virage.teleexpertise.views.door import acting
from virage.teleexpertise.views.lines import COLUMNS, Line, row_of
from virage.ui.paging import first_page, is_first, page_of
from virage.ui.prepared import SOME_TIME, prepared

PAGE = 20
MOST_TO_VALIDATE = 5
QUESTION = Func(
    F("assessment__answers"),
    template="""jsonb_path_query_first(%(expressions)s, '$.**?(@.linkId=="question").answer[0].valueString')""",
    output_field=JSONField(),
)
"""The words of the question, taken out by the database: forms are not read for a list."""


@acting
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Late ones on top; what waits for somebody else below."""
    by, at = request.membership, timezone.now()
    if not by.may(Permission.VALIDATE_ADVICE):
        require(by, Permission.ANSWER_EXPERTISE)
    form, anyone = InboxFilter(request.GET), like(by)
    page = _page(form, by, anyone, at, request.GET.get("page"))
    first = not form.applied and page.number == 1
    context = {
        "filter": form,
        "page": page,
        "rows": [row_of(Line(*one), by, at) for one in page],
        "to_validate": [row_of(one, by, at) for one in _to_validate(anyone, at)] if first else [],
    }
    return render(request, "teleexpertise/inbox.html", context)


def _page(form: InboxFilter, by: Membership, anyone: Like, at: datetime, number: str | None) -> Page:
    """The first page is what everybody opens all day: its SQL is kept."""

    def rows(by: Membership, at: datetime) -> QuerySet[Expertise]:
        return _slim(_in_turn(form.apply(by, at), form.values.get("which", "")))

    if not is_first(number):
        return page_of(rows(by, at), number, PAGE)
    shape = ("inbox", tuple(form.values.items()), anyone.shape)
    head = prepared(shape, lambda: rows(anyone.member, SOME_TIME)[: PAGE + 1], anyone.values | {SOME_TIME: at})
    return first_page(head, lambda: rows(by, at), PAGE)


def _to_validate(anyone: Like, at: datetime) -> list[Line]:
    def rows() -> QuerySet[Expertise]:
        return _slim(access.to_validate(anyone.member, SOME_TIME))[:MOST_TO_VALIDATE]

    found = prepared(("to validate", anyone.shape), rows, anyone.values | {SOME_TIME: at})
    return [Line(*one) for one in found]


def _in_turn(rows: QuerySet[Expertise], which: str) -> QuerySet[Expertise]:
    """By due time, but what waits for somebody else comes after."""
    if which in ("validate", "done"):
        return rows
    stopped = When(stopped=True, then=Value(2))
    others = When(act__state__in=(WAITING, TO_VALIDATE), then=Value(1))
    turn = Case(stopped, others, default=Value(0), output_field=IntegerField())
    return rows.order_by(turn, F("due_at").asc(nulls_last=True), "pk")


def _slim(rows: QuerySet[Expertise]) -> QuerySet[Expertise]:
    return rows.select_related(None).annotate(question=QUESTION).values_list(*COLUMNS)
