"""One's own page, its language, and the structure one acts for."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.actions.own import choose_language
from virage.accounts.forms.own import LanguageForm
from virage.accounts.reports import profession_words, right_words, role_words
from virage.kernel.identifiers import rpps_problems
from virage.ui.once import once

SESSION_KEY = "membership"


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Who I am, where I work, and what I may do there."""
    cards = [
        {"row": row, "roles": role_words(row.roles), "rights": right_words(row), "current": row == request.membership}
        for row in request.memberships
    ]
    rpps = request.user.rpps
    context = {
        "cards": cards,
        "profession": profession_words(request.user),
        "rpps_doubtful": bool(rpps and rpps_problems(rpps)),
        "form": LanguageForm(initial={"language": request.user.language}),
    }
    return render(request, "accounts/me.html", context)


@require_http_methods(["POST"])
@once
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language for later pages, on this device, and for messages."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return redirect("me")
    chosen = form.cleaned_data["language"]
    choose_language(user=request.user, language=chosen)
    response = redirect("me")
    speak(response, chosen)
    return response


def speak(response: HttpResponse, chosen: str) -> None:
    """Have this browser's next pages in that language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another of one's structures. One that is not one's own: 404, as if it did not exist."""
    wanted = request.POST.get("membership", "")
    row = next((row for row in request.memberships if row.ref == wanted), None)
    if row is None:
        raise Http404
    request.session[SESSION_KEY] = row.pk
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if safe else "home")
