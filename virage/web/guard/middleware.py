"""Before any page: requests that no browser sends are refused, and those that come too often wait."""

import time
from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.shortcuts import render

from virage.web.guard import intake, rates

Handler = Callable[[HttpRequest], HttpResponse]
LONGEST_COUNT = 90  # seconds; beyond, one is told minutes
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def guard(get_response: Handler) -> Handler:
    """400, in our look, for what the database could not take, wherever it stands: cookies, address, form."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if intake.refuses_cookies(request.COOKIES):
            request.COOKIES = {}
            raise BadRequest("cookie")
        if intake.refuses_question(request.META.get("QUERY_STRING", ""), _words(request.GET)):
            raise BadRequest("query")
        if request.content_type in FORMS and intake.refuses_form(_words(_form(request))):
            raise BadRequest("form")
        return get_response(request)

    return middleware


def _form(request: HttpRequest) -> QueryDict:
    try:
        return request.POST
    except UnreadablePostError:  # who sent it has left
        raise BadRequest("cut") from None


def _words(fields: QueryDict) -> list[str]:
    return [word for key, values in fields.lists() for word in (key, *values)]


def throttle(get_response: Handler) -> Handler:
    """429 with when to come back, for the addresses of `rates.RATES`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        rate = rates.RATES.get(name)
        if rate is None or request.method not in rate.methods:
            return None
        seconds = rates.wait(name, _who(request), time.time())
        return too_many(request, seconds) if seconds else None

    middleware.process_view = process_view
    return middleware


def _who(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"address:{get_adapter().get_client_ip(request)}"


def too_many(request: HttpRequest, seconds: int = 0) -> HttpResponse:
    """The page that says when to come back; 0 when that is not known (allauth's own limits)."""
    said = {"seconds": seconds} if seconds <= LONGEST_COUNT else {"minutes": ceil(seconds / 60)}
    page = render(request, "429.html", said, status=HTTPStatus.TOO_MANY_REQUESTS)
    if seconds:
        page.headers["Retry-After"] = str(seconds)
    return page
