"""One's own page, the structure one acts for, and the people of a structure."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import require
from virage.accounts.actions import choose_language
from virage.accounts.forms import LanguageForm
from virage.accounts.models import Membership
from virage.accounts.reports import members_of, profession_words, right_words, role_words
from virage.accounts.roles import Permission
from virage.kernel.identifiers import rpps_problems
from virage.ui.once import once

SESSION_KEY = "membership"
PAGE = 50


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


@require_GET
def members(request: HttpRequest) -> HttpResponse:
    """Who works in my structure, and in what role: for its administrator."""
    by: Membership | None = request.membership
    if by is None:
        return redirect("home")
    require(by, Permission.MANAGE_ORGANISATION)
    on = timezone.localdate()
    page = Paginator(members_of(by.organisation, on).prefetch_related("teams"), PAGE).get_page(request.GET.get("page"))
    rows = [{"row": row, "profession": profession_words(row.user), "roles": role_words(row.roles)} for row in page]
    return render(request, "accounts/members.html", {"page": page, "rows": rows})
