"""What a session keeps of the one who signed in: the structure that he or she acts for."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from virage.accounts.models import User

MEMBERSHIP = "membership"


def begin(request: HttpRequest, user: User, response: HttpResponse) -> HttpResponse:
    """After signing in: act for the only structure, or go and choose; the page that was wanted comes then."""
    rows = user.memberships_on(timezone.localdate())  # noqa: TID251 (the web's own clock)
    if len(rows) > 1:
        query = urlencode({"next": response.headers.get("Location", "")})
        return redirect(f"{reverse('membership_choose')}?{query}")
    if rows:
        request.session[MEMBERSHIP] = rows[0].pk
    return response
