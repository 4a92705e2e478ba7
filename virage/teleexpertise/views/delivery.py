"""A message about a request that did not leave, sent again by those who asked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from virage.accounts.access import require
from virage.accounts.roles import Permission
from virage.notifications.access import messages_about
from virage.notifications.actions.choices import try_again
from virage.teleexpertise.views.door import acting, opened
from virage.ui.once import once


@require_POST
@acting
@once
def message_again(request: HttpRequest, ref: str, message: str) -> HttpResponse:
    """Whoever sees the request and may prepare one may try again; another's message is not there."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    require(by, Permission.PREPARE_REQUEST)
    found = get_object_or_404(messages_about("act", expertise.act.ref), ref=message)
    try_again(message=found, at=at)
    messages.success(request, _("Le message repart."))
    return redirect("teleexpertise:act", ref)
