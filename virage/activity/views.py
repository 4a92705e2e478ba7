"""The monthly state of a region, and of all regions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from virage.accounts.roles import Permission
from virage.activity import reports
from virage.activity.access import must_see_all, own_region, region_for
from virage.activity.forms import MonthFilter
from virage.activity.measures import MEASURES, month_of
from virage.kernel.periods import Period
from virage.law.regions import Region
from virage.ui.csvfile import csv_response


@require_GET
def own_state(request: HttpRequest) -> HttpResponse:
    """The state of the officer's own region; the current month unless another is chosen."""
    return _state_page(request, own_region(request.membership))


@require_GET
def region_state(request: HttpRequest, code: str) -> HttpResponse:
    """The state of one region, for its agency and for national officers."""
    return _state_page(request, region_for(request.membership, code))


@require_GET
def state_csv(request: HttpRequest, code: str) -> HttpResponse:
    region = region_for(request.membership, code)
    found = reports.state(region, _month(request), at=timezone.localtime())
    name = reports.file_name(region, found.month.start)
    return csv_response(name, reports.csv_header(), reports.csv_rows(found))


@require_GET
def state_pdf(request: HttpRequest, code: str) -> HttpResponse:
    region = region_for(request.membership, code)
    found = reports.state(region, _month(request), at=timezone.localtime())
    response = HttpResponse(reports.pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{reports.file_name(region, found.month.start)}.pdf"'
    return response


@require_GET
def states(request: HttpRequest) -> HttpResponse:
    """The 26 regions side by side, and the whole country."""
    must_see_all(request.membership)
    month = _month(request)
    rows, total = reports.country(month)
    context = {
        "form": _form(request, month),
        "month": month,
        "measures": MEASURES,
        "rows": rows,
        "total": total,
        "source": reports.source(),
        "reading": reports.reading(),
    }
    return render(request, "activity/states.html", context)


@require_GET
def states_csv(request: HttpRequest) -> HttpResponse:
    must_see_all(request.membership)
    month = _month(request)
    return csv_response(reports.file_name(None, month.start), reports.country_header(), reports.country_rows(month))


def _month(request: HttpRequest) -> Period:
    return month_of(request.GET.get("mois", ""), timezone.localdate())


def _form(request: HttpRequest, month: Period) -> MonthFilter:
    data = request.GET.copy()
    data["mois"] = f"{month.start:%Y-%m}"
    return MonthFilter(data, on=timezone.localdate(), month=month)


def _state_page(request: HttpRequest, region: Region) -> HttpResponse:
    month = _month(request)
    context = {
        "form": _form(request, month),
        "state": reports.state(region, month, at=timezone.localtime()),
        "source": reports.source(),
        "reading": reports.reading(),
        "may_see_all": request.membership.may(Permission.SEE_ALL_STATES),
    }
    return render(request, "activity/state.html", context)
