"""How each page of téléexpertise begins: who acts, and which request."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from virage.accounts.models import Membership
from virage.teleexpertise import access
from virage.teleexpertise.models import Expertise

View = Callable[..., HttpResponse]


def acting(view: View) -> View:
    """For someone who acts in a structure; anyone else is led home, where that is said."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.membership else redirect("home")

    return guarded


def opened(request: HttpRequest, ref: str, at: datetime) -> tuple[Membership, Expertise]:
    """Who acts and the téléexpertise of that reference, its reading traced; or 404."""
    return request.membership, access.expertise_for(request.membership, ref, at=at)
