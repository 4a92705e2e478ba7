"""Round every request: its number, one line of log, its measures. Never its address nor what it carries."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from virage.web.watch import incident, metrics

Handler = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger("virage.requests")


def watched(get_response: Handler) -> Handler:
    """A number given by a proxy is taken where one is trusted; the answer carries it back."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(incident.HEADER, "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
        number = incident.begin(given)
        started = time.perf_counter()
        try:
            response = get_response(request)
            response.headers[incident.HEADER] = number
            _note(request, response, time.perf_counter() - started)
        finally:
            incident.end()
        return response

    return middleware


def view_of(request: HttpRequest) -> str:
    """The name of the page: an address may hold a reference, or what opens a link."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "static" if request.path.startswith(settings.STATIC_URL) else "none"
    return str(match.view_name)


def who(request: HttpRequest) -> str:
    """The reference of who is signed in; '' for nobody, or when nobody had to be looked up."""
    user = request.__dict__.get("_cached_user")
    return str(getattr(user, "ref", ""))


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    said = {
        "method": request.method,
        "view": view_of(request),
        "status": response.status_code,
        "ms": round(seconds * 1000),
        "user": who(request),
    }
    metrics.count(request.method or "", said["view"], response.status_code, seconds)
    logger.info("request", extra=said)
