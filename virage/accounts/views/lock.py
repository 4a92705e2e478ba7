"""The short lock of a shared computer, and the sign of life that keeps a session open while one types."""

from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from virage.accounts.access import LOCKED, SEEN
from virage.accounts.actions import security
from virage.accounts.forms.factors import KeyAgainForm
from virage.accounts.forms.sign_in import PasswordAgainForm
from virage.accounts.views.paths import next_page


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """In one press: nothing of this session is shown until the same person is back."""
    request.session[LOCKED] = True
    security.locked(user=request.user, at=timezone.now())
    return redirect(f"{reverse('unlock')}?{urlencode({'next': next_page(request)})}")


@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Ask for the password or a key of the same person, and lead back to the page that was left."""
    after = next_page(request)
    if not request.session.get(LOCKED):
        return redirect(after)
    by_key = "credential" in request.POST
    form: Any = (KeyAgainForm if by_key else PasswordAgainForm)(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        if by_key:
            form.save()
        request.session.pop(LOCKED)
        request.session[SEEN] = timezone.now().timestamp()
        security.unlocked(user=request.user, how="webauthn" if by_key else "password", at=timezone.now())
        return redirect(after)
    return render(request, "accounts/unlock.html", _context(request, form, by_key, after))


def _context(request: HttpRequest, form: Any, by_key: bool, after: str) -> dict[str, Any]:
    user = request.user
    keys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()
    return {
        "form": PasswordAgainForm(user=user) if by_key else form,
        "key_form": form if by_key else KeyAgainForm(user=user),
        "has_password": user.has_usable_password(),
        "js_data": {"request_options": webauthn.begin_authentication(user)} if keys else None,
        "after": after,
    }


@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """The person is there, typing or reading: the session has been touched on the way here."""
    return HttpResponse(status=204)
