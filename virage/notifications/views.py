"""The demo's outbox: what was "sent"."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from virage.notifications.models import Message
from virage.ui.paging import page_of

PAGE = 20


@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Every message of the demo world; it holds no health data. Elsewhere there is no such page."""
    if not settings.DEMO:
        raise Http404
    page = page_of(Message.objects.all(), request.GET.get("page"), PAGE)
    return render(request, "notifications/outbox.html", {"page": page})
