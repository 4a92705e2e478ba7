"""Lines, for the requis, the agency, the payer, and on the page of an act."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from virage.accounts.roles import Permission
from virage.billing import actions, reports
from virage.billing.access import (
    Sight,
    act_for_line,
    line_for,
    may_see_amount,
    must,
    own_lines,
    payer_lines,
    region_lines,
)
from virage.billing.forms import LineFilter, PayerFilter, RegionFilter
from virage.billing.models import Line, LineState
from virage.law.regions import regions
from virage.ui.csvfile import csv_response
from virage.ui.once import once

PAGE = 20
MOST_ROWS = 20_000
KINDS = {LineState.DUE: "ok", LineState.NOT_DUE: "off", LineState.TO_VERIFY: "wait"}


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """The requis's own lines: amount, text, reasons."""
    by = must(request.membership, Permission.SEE_OWN_LINES)
    form = LineFilter(request.GET, on=timezone.localdate())
    return _list(request, "billing/own.html", form, own_lines(by))


@require_GET
def own_csv(request: HttpRequest) -> HttpResponse:
    by = must(request.membership, Permission.SEE_OWN_LINES)
    lines = LineFilter(request.GET, on=timezone.localdate()).apply(own_lines(by))[:MOST_ROWS]
    return csv_response("lignes", reports.own_header(), reports.own_rows(lines))


@require_GET
def region(request: HttpRequest) -> HttpResponse:
    """The agency's lines and reasons; patients under pseudonym."""
    by = must(request.membership, Permission.SEE_REGION_LINES)
    form = RegionFilter(request.GET, on=timezone.localdate())
    known = regions().get(by.organisation.region)
    return _list(request, "billing/region.html", form, region_lines(by), region=known.name if known else "")


@require_GET
def region_csv(request: HttpRequest) -> HttpResponse:
    by = must(request.membership, Permission.SEE_REGION_LINES)
    lines = RegionFilter(request.GET, on=timezone.localdate()).apply(region_lines(by))[:MOST_ROWS]
    return csv_response("lignes-region", reports.region_header(), reports.region_rows(lines))


@require_GET
def payer(request: HttpRequest) -> HttpResponse:
    """What is to be paid. Numbers of patients are on each line's own page, whose opening is traced."""
    by = must(request.membership, Permission.PAY_LINES)
    form = PayerFilter(request.GET, on=timezone.localdate())
    return _list(request, "billing/payer.html", form, payer_lines(by))


@require_GET
def line(request: HttpRequest, ref: str) -> HttpResponse:
    """The whole verdict on one line: each reason with its rule, text, section, status and outcome."""
    if request.membership is None:
        raise Http404
    found, sight = line_for(request.membership, ref, at=timezone.now())
    reasons = reports.reasons_in_words(found)
    context = {
        "line": _shown(found),
        "sight": sight.value,
        "reasons": [row for row in reasons if not row["aside"]],
        "aside": [row for row in reasons if row["aside"]],
        "texts": reports.texts_cited(found),
        "record": reports.record_in_words(found),
        "lacking": [reports.fact_label(name) for name in found.payer_data.get("missing", [])],
        "region": regions().get(found.region),
        "payer": found.payer_data if sight == Sight.PAYER else None,
        "forgotten": _day(found.payer_data.get("forgotten_on")),
        "birth": _day(found.payer_data.get("birth_date")),
        "may_rejudge": sight == Sight.REGION and found.state != LineState.DUE,
    }
    return render(request, "billing/line.html", context)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@require_POST
@once
def rejudge(request: HttpRequest, ref: str) -> HttpResponse:
    """Judge a line again, at the request of the region's officer."""
    by = must(request.membership, Permission.SEE_REGION_LINES)
    at = timezone.now()
    found, sight = line_for(by, ref, at=at)
    if sight != Sight.REGION:
        raise Http404
    judged = actions.rejudge(line=found, by=by, at=at)
    messages.success(request, _("Ligne jugée de nouveau : %(state)s.") % {"state": judged.get_state_display().lower()})
    return redirect("billing:line", ref=ref)


@require_GET
def act_line(request: HttpRequest, ref: str) -> HttpResponse:
    """Fragment for the page of an act: what became of it. The amount is shown to who is paid."""
    by = request.membership
    if by is None:
        raise Http404
    act = act_for_line(by, ref, at=timezone.now())
    found = Line.objects.select_related("performer__user", "payee_member__user", "payee_organisation")
    one = found.filter(act=act).first()
    context: dict[str, Any] = {"act": act}
    if one:
        mine = may_see_amount(by, one)
        lacking = [reports.fact_label(name) for name in one.payer_data.get("missing", [])]
        context |= {"line": _shown(one), "mine": mine, "record": reports.record_in_words(one), "lacking": lacking}
    return render(request, "billing/act_line.html", context)


def _list(request: HttpRequest, template: str, form: LineFilter, lines: QuerySet[Line], **more: Any) -> HttpResponse:
    """One page of lines, with the totals of all that the filter keeps, in one more statement."""
    chosen = form.apply(lines)
    due = Q(state=LineState.DUE)
    totals = chosen.order_by().aggregate(
        count=Count("pk"), due=Count("pk", filter=due), amount=Sum("amount", filter=due)
    )
    paginator = Paginator(chosen, PAGE)
    paginator.count = totals["count"]
    page = paginator.get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "lines": [_shown(row) for row in page], "totals": totals} | more
    return render(request, template, context)


def _shown(row: Line) -> Line:
    """The row with what templates say of it."""
    row.words = reports.reason_labels(row)
    row.regime_words = reports.regime_label(row.regime)
    row.look = KINDS[LineState(row.state)]
    return row
