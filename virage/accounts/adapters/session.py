"""What a session keeps of the one who signed in: the structure, and what a provider of identity said."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from virage.accounts.models import User
from virage.accounts.rules.psc import Situation

MEMBERSHIP = "membership"
IDENTITY = "identity"
LEAVE = "leave"


def begin(request: HttpRequest, user: User, response: HttpResponse) -> HttpResponse:
    """After signing in: act for the only structure, or go and choose; the page that was wanted comes then."""
    rows = list(user.memberships_on(timezone.localdate()))
    if len(rows) > 1 or (rows and len(situations(request, user)) > 1):
        query = urlencode({"next": response.headers.get("Location", "")})
        return redirect(f"{reverse('membership_choose')}?{query}")
    if rows:
        request.session[MEMBERSHIP] = rows[0].pk
    if situations(request, user):
        choose_situation(request, user, 0)
    return response


def keep_identity(
    request: HttpRequest, user: User, *, provider: str, situations: tuple[Situation, ...], leave: str
) -> None:
    """Before the second factor, if there is one: it counts for this person only."""
    rows = [asdict(one) for one in situations]
    request.session[IDENTITY] = {"user": user.pk, "provider": provider, "situations": rows, LEAVE: leave}


def identity(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the provider said of this very person; empty for one who signed in by password."""
    kept: dict[str, Any] = request.session.get(IDENTITY) or {}
    return kept if kept.get("user") == user.pk else {}


def situations(request: HttpRequest, user: User) -> list[Situation]:
    return [Situation(**row) for row in identity(request, user).get("situations", ())]


def situation(request: HttpRequest, user: User) -> Situation | None:
    """The one that was chosen."""
    number = identity(request, user).get("situation")
    return situations(request, user)[number] if number is not None else None


def choose_situation(request: HttpRequest, user: User, number: int) -> None:
    request.session[IDENTITY] = identity(request, user) | {"situation": number}
