"""One's own page, its language, and the structure one acts for."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.actions.own import choose_language, choose_membership
from virage.accounts.adapters.session import MEMBERSHIP, choose_situation, situation, situations
from virage.accounts.forms.own import LanguageForm
from virage.accounts.reports import profession_words, right_words, role_words
from virage.accounts.reports.identity import choices, identities_of, situation_words
from virage.accounts.reports.members import authorisations_of
from virage.kernel.identifiers import rpps_problems
from virage.law.lists import label
from virage.ui.once import once


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Who I am, where I work, and what I may do there."""
    cards = [
        {"row": row, "roles": role_words(row.roles), "rights": right_words(row), "current": row == request.membership}
        for row in request.memberships
    ]
    rpps, chosen = request.user.rpps, situation(request, request.user)
    context = {
        "cards": cards,
        "profession": profession_words(request.user),
        "rpps_doubtful": bool(rpps and rpps_problems(rpps)),
        "sector": label("agreement_sectors", request.user.agreement_sector).of(get_language() or "fr"),
        "situation": situation_words(chosen) if chosen else "",
        "identities": identities_of(request.user),
        "authorisations": authorisations_of(request.user, timezone.localdate()),
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


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """For which structure one acts, right after signing in: the one of the last time comes first."""
    if not request.memberships:
        return redirect("home")
    known = situations(request, request.user)
    context = {"choices": choices(request.memberships, known), "many": len(request.memberships) > 1}
    return render(request, "accounts/choose.html", {**context, "next": request.GET.get("next", "")})


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another of one's structures. One that is not one's own: 404, as if it did not exist."""
    wanted = request.POST.get("membership", "")
    row = next((row for row in request.memberships if row.ref == wanted), None)
    if row is None:
        raise Http404
    request.session[MEMBERSHIP] = row.pk
    choose_membership(row=row, at=timezone.now())
    number = request.POST.get("situation", "")
    if number.isdecimal() and int(number[:4]) < len(situations(request, request.user)):
        choose_situation(request, request.user, int(number))
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if safe else "home")
