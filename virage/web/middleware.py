"""Who acts in which structure, and what a refusal looks like."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from virage.accounts.access import Refused
from virage.accounts.adapters.session import MEMBERSHIP
from virage.accounts.models import User
from virage.accounts.reports.rights import missing
from virage.journal.moves import Overtaken
from virage.kernel.workflow import NotPossible
from virage.web.refusals import words

Handler = Callable[[HttpRequest], HttpResponse]


def membership(get_response: Handler) -> Handler:
    """`request.membership`: the structure that the signed-in person chose, or the only one; None without any. When the
    one that was chosen is suspended or over, the session ends here: what is on the screen is no longer his or hers."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.memberships, request.membership = [], None
        if isinstance(request.user, User):
            rows = request.user.memberships_on(timezone.localdate())
            for row in rows:
                row.user = request.user
            chosen = request.session.get(MEMBERSHIP)
            if chosen is not None and chosen not in {row.pk for row in rows}:
                logout(request)
                return redirect("account_login")
            request.memberships = rows
            request.membership = next((row for row in rows if row.pk == chosen), rows[0] if rows else None)
        return get_response(request)

    return middleware


def refusals(get_response: Handler) -> Handler:
    """403 with the reason for `Refused`; 409 with what happened meanwhile for a verb that came too late; a page for
    who opens an address that only takes forms (405: the browser would show its own error). An address with a
    character that can't be printed is none of ours (404): the database takes no NUL."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.isprintable():
            raise Http404
        response = get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
            page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
            page.headers["Allow"] = response.headers.get("Allow", "POST")
            return page
        return response

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return render(
                request,
                "403.html",
                {"reason": words(exception.reason), "missing": missing(exception.reason)},
                status=403,
            )
        if isinstance(exception, Overtaken | NotPossible):
            return render(request, "409.html", {"state": exception.state, "verb": exception.verb}, status=409)
        return None

    middleware.process_exception = process_exception
    return middleware
