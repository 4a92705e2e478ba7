"""The privacy officer's room: how long data are kept, and the heads of the journal to carry away."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from virage.journal import exports
from virage.journal.keys import signing_keys
from virage.privacy import reports
from virage.privacy.access import must_watch
from virage.privacy.actions import next_run


@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    """Every rule, what is past its time, and what the last nights let go."""
    must_watch(request.membership)
    at = timezone.now()
    context = {"rules": reports.rules(at), "runs": reports.runs(), "next": next_run(at)}
    return render(request, "privacy/retention.html", context)


@require_GET
def seals(request: HttpRequest) -> HttpResponse:
    """The signed heads, to be downloaded and kept elsewhere."""
    must_watch(request.membership)
    context = reports.last_heads(timezone.now()) | {"keys": reports.public_keys(signing_keys())}
    return render(request, "privacy/seals.html", context)


@require_GET
def seals_file(request: HttpRequest) -> HttpResponseBase:
    """What `manage.py export_heads` writes: no patient can be recognised in it."""
    must_watch(request.membership)
    at = timezone.now()
    lines = exports.export(keys=signing_keys(), at=at, site=settings.PUBLIC_URL)
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson")
    response["Content-Disposition"] = f'attachment; filename="virage-{at:%Y-%m-%d}.jsonl"'
    return response
