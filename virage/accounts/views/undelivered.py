"""Messages to the people of a structure that did not leave: for its administrator, who can put the address right."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from virage.accounts.models import Membership
from virage.accounts.views.members import managing
from virage.notifications.access import failed_to
from virage.notifications.actions.choices import try_again
from virage.notifications.models import Message
from virage.ui.once import once
from virage.ui.paging import page_of

RECENT = timedelta(days=30)
PAGE = 50


def _failed(by: Membership) -> QuerySet[Message]:
    """Those to people who are in the structure today."""
    here = Membership.objects.in_force(timezone.localdate()).filter(organisation=by.organisation_id)
    return failed_to(here.values_list("user__email", flat=True), since=timezone.now() - RECENT)


@require_GET
@managing
def listing(request: HttpRequest) -> HttpResponse:
    """Who was not reached; never what it was about, but for its kind."""
    page = page_of(_failed(request.membership), request.GET.get("page"), PAGE)
    rows = Membership.objects.filter(
        organisation=request.membership.organisation_id, user__email__in=[message.address for message in page]
    )
    people = {row.user.email: row for row in rows.select_related("user")}
    context = {"page": page, "rows": [(message, people.get(message.address)) for message in page]}
    return render(request, "accounts/members/undelivered.html", context)


@require_POST
@managing
@once
def again(request: HttpRequest, ref: str) -> HttpResponse:
    """Try once more, once the address or the mail server is right."""
    try_again(message=get_object_or_404(_failed(request.membership), ref=ref), at=timezone.now())
    messages.success(request, _("Le message repart."))
    return redirect("accounts:undelivered")
