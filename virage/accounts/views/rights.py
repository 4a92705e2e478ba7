"""Who may do what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from virage.accounts.reports.rights import rights_table, role_cards


@require_GET
def rights(request: HttpRequest) -> HttpResponse:
    """The table of roles in words, one's own marked."""
    by = request.membership
    return render(request, "accounts/rights.html", {"rights": rights_table(by), "cards": role_cards(by)})
