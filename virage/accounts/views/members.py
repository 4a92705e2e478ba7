"""The people of a structure."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from virage.accounts.access import require
from virage.accounts.models import Membership
from virage.accounts.reports import members_of, profession_words, role_words
from virage.accounts.roles import Permission

PAGE = 50


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Who works in my structure, and in what role: for its administrator."""
    by: Membership | None = request.membership
    if by is None:
        return redirect("home")
    require(by, Permission.MANAGE_ORGANISATION)
    on = timezone.localdate()
    page = Paginator(members_of(by.organisation, on).prefetch_related("teams"), PAGE).get_page(request.GET.get("page"))
    rows = [{"row": row, "profession": profession_words(row.user), "roles": role_words(row.roles)} for row in page]
    return render(request, "accounts/members.html", {"page": page, "rows": rows})
