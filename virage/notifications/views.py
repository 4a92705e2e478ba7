"""The demo's outbox: what was "sent". What one wants to be told; the way out that a message carries."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from virage.notifications.access import unwanted_by
from virage.notifications.actions import choices as verbs
from virage.notifications.forms import KINDS, ChoicesForm
from virage.notifications.models import Message
from virage.notifications.rules.kinds import OPTIONAL
from virage.ui.once import once
from virage.ui.paging import page_of

PAGE = 20


@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Every message of the demo world; it holds no health data. Elsewhere there is no such page."""
    if not settings.DEMO:
        raise Http404
    page = page_of(Message.objects.all(), request.GET.get("page"), PAGE)
    return render(request, "notifications/outbox.html", {"page": page})


@require_http_methods(["GET", "POST"])
@once
def choices(request: HttpRequest) -> HttpResponse:
    """What the signed-in person wants to be told by e-mail."""
    address = request.user.email
    if request.method == "POST":
        form = ChoicesForm(request.POST)
        if form.is_valid():
            verbs.choose(address=address, wanted=form.cleaned_data["wanted"], at=timezone.now())
            messages.success(request, _("C’est enregistré."))
            return redirect("notifications:choices")
    else:
        form = ChoicesForm(initial={"wanted": [kind for kind in OPTIONAL if kind not in unwanted_by(address)]})
    return render(request, "notifications/choices.html", {"form": form})


@csrf_exempt  # mail programs press it for their user (RFC 8058); the address itself holds the proof
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    """The way out that a reminder carries: reading it changes nothing, one press stops that kind; another resumes."""
    message = Message.objects.filter(ref=ref).first()
    if message is None or not message.stop or not constant_time_compare(key, message.stop_key):
        raise Http404
    if request.method == "POST":
        if "resume" in request.POST:
            verbs.resume(address=message.address, kind=message.kind)
        else:
            verbs.stop(address=message.address, kind=message.kind, at=timezone.now())
    stopped = message.kind in unwanted_by(message.address)
    return render(request, "notifications/stop.html", {"stopped": stopped, "what": KINDS[message.kind]})
