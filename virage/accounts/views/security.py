"""How one signs in, where one is signed in, and what happened to one's account."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from virage.accounts.actions.sessions import end_other_sessions, end_session
from virage.accounts.record import account_events, open_sessions
from virage.ui.once import once


@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """Allauth comes back here after each change, hence the name of the address. While one has to set up a second
    factor, it is the only page."""
    found = Authenticator.objects.filter(user=request.user).order_by("created_at")
    factors: dict[str, list[Authenticator]] = {}
    for one in found:
        factors.setdefault(one.type, []).append(one)
    codes = factors.get(Authenticator.Type.RECOVERY_CODES)
    context: dict[str, Any] = {
        "app": next(iter(factors.get(Authenticator.Type.TOTP, [])), None),
        "keys": factors.get(Authenticator.Type.WEBAUTHN, []),
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "setting_up": getattr(request, "must_set_up", False),
        "sessions": open_sessions(request.user, request.session.session_key or ""),
        "events": account_events(request.user),
    }
    return render(request, "accounts/security.html", context)


@require_POST
@once
def end(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all others. Somebody else's: 404."""
    at, current = timezone.now(), request.session.session_key or ""
    if "others" in request.POST:
        number = end_other_sessions(user=request.user, keep=current, at=at)
        words = ngettext("%(number)d autre session est finie.", "%(number)d autres sessions sont finies.", number)
        messages.success(request, words % {"number": number})
        return redirect("mfa_index")
    rows = {str(one.row.pk): one.row for one in open_sessions(request.user, current) if not one.current}
    row = rows.get(request.POST.get("session", ""))
    if row is None:
        raise Http404
    end_session(user=request.user, session=row, at=at)
    messages.success(request, _("Cette session est finie."))
    return redirect("mfa_index")
