"""Home by role and the pages of errors."""

import sys

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from virage.web.home import home_of
from virage.web.watch import incident

RETRY = "30"  # seconds, until one asks again a database that does not answer


def home(request: HttpRequest) -> HttpResponse:
    membership = request.membership
    context = {"home": home_of(membership, timezone.now())} if membership else {}
    return render(request, "web/home.html", context)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A host that is not ours gets no page: what a page says of itself begins with its host."""
    if isinstance(exception, DisallowedHost):
        return HttpResponse("400\n", content_type="text/plain", status=400)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"reason": ""}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """What failed is in the log under the number that the page shows. A page that needs nothing: what fails may be
    the database, of which nobody is to blame for the moment (503)."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        page = HttpResponse(render_to_string("503.html", {"incident": incident.number()}), status=503)
        page.headers["Retry-After"] = RETRY
        return page
    return HttpResponse(render_to_string("500.html", {"incident": incident.number()}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
