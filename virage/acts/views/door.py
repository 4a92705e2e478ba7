"""The way into the patient's own page: the link and its button, the code that stands for it, the code of the visit."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from virage.acts.forms import WRONG, CodeForm, EntryForm
from virage.notifications.access import messages_about
from virage.notifications.models import Message
from virage.records.actions import own_page
from virage.records.models import PatientAccess

View = Callable[..., HttpResponse]
DOOR, VISIT = "patient_door", "patient_visit"
SALT = "virage.acts.door"
DOOR_LASTS = 20 * 60  # seconds to find the code and type it
REFUSED = 422


def visiting(view: View) -> View:
    """These pages are a visitor's: `request.visit` is the visit; anyone else is led to the door."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.COOKIES.get(VISIT, "")
        visit = own_page.visit_of(key, at=timezone.now()) if key else None
        if visit is None:
            return redirect("patient:entry")
        request.visit = visit
        return view(request, *args, **kwargs)

    return guarded


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link: reading it changes nothing; one press leads to the code. A wrong link, one that has
    ended and one that was taken back look alike."""
    access = own_page.find_access(token, at=timezone.now())
    if access is None:
        return render(request, "acts/patient/closed.html", status=404)
    if request.method != "POST":
        return render(request, "acts/patient/link.html")
    return _to_code(access)


@login_not_required
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest) -> HttpResponse:
    """For who has a code on paper, or was told one; and for who comes back after a visit has ended."""
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        access = own_page.find_access(form.cleaned_data["access"], at=timezone.now())
        if access:
            return _to_code(access)
        form.add_error("access", WRONG)
    return render(request, "acts/patient/entry.html", {"form": form}, status=REFUSED if form.errors else 200)


def _to_code(access: PatientAccess) -> HttpResponse:
    """Send the code of this visit, and wait for it."""
    own_page.send_code(access=access, at=timezone.now())
    response = redirect("patient:code")
    response.set_signed_cookie(DOOR, access.ref, salt=SALT, max_age=DOOR_LASTS, **_cookie())
    return response


@login_not_required
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code of this visit. A wrong one, one that has ended and too many are answered alike."""
    at = timezone.now()
    access = own_page.access_of(request.get_signed_cookie(DOOR, default="", salt=SALT, max_age=DOOR_LASTS), at=at)
    if access is None:
        return redirect("patient:entry")
    form = CodeForm(request.POST or None, by_birth_date=access.by_birth_date)
    if request.method == "POST" and form.is_valid():
        key = own_page.enter(access=access, at=at, **form.cleaned_data)
        if key:
            return _entered(key)
        form.add_error(None, WRONG)
    context = {"form": form, "access": access, "message": _last_code(access), "shown": settings.DEMO}
    return render(request, "acts/patient/code.html", context, status=REFUSED if form.errors else 200)


def _last_code(access: PatientAccess) -> Message | None:
    """The message that carries the awaited code: whether it left, and in the demo the code itself."""
    return messages_about(own_page.KIND, access.ref).filter(ref=access.code_ref).first() if access.code_ref else None


def _entered(key: str) -> HttpResponse:
    response = redirect("patient:home")
    response.delete_cookie(DOOR, path=reverse("patient:home"))
    response.set_cookie(VISIT, key, **_cookie())
    return response


def _cookie() -> dict[str, Any]:
    """For this part of the site, out of reach of scripts, gone with the browser."""
    return {
        "path": reverse("patient:home"),
        "secure": settings.SESSION_COOKIE_SECURE,
        "httponly": True,
        "samesite": "Lax",
    }


@login_not_required
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Another code, for who did not get the first."""
    ref = request.get_signed_cookie(DOOR, default="", salt=SALT, max_age=DOOR_LASTS)
    access = own_page.access_of(ref, at=timezone.now())
    return _to_code(access) if access else redirect("patient:entry")


@require_POST
@visiting
def leave(request: HttpRequest) -> HttpResponse:
    own_page.leave(visit=request.visit, at=timezone.now())
    response = redirect("patient:entry")
    response.delete_cookie(VISIT, path=reverse("patient:home"))
    return response
