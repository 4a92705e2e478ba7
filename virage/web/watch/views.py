"""What machines ask: whether this process lives, serves, whether work goes on, and its figures. Only ok or not."""

import ipaddress
import logging
import secrets
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from virage.web.watch import health, metrics

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers. For whoever starts it again when it does not: the database has no part in it."""
    return _plain(True)


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """This process can serve: for a proxy that chooses among several."""
    return _plain(_asked(health.can_serve))


@login_not_required
@require_safe
def working(request: HttpRequest) -> HttpResponse:
    """The installation's jobs and messages go on: for whoever is called at night. Not for a proxy: pages are served
    without a worker."""
    return _plain(_asked(lambda: health.goes_on(timezone.now())))


def _asked(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except Error:
        logger.exception("the database does not answer")
        return False


def _plain(good: bool) -> HttpResponse:
    return HttpResponse("ok\n" if good else "not ok\n", content_type="text/plain", status=200 if good else 503)


@login_not_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """For those whom METRICS_TOKEN or METRICS_NETWORKS names; for anybody else there is no such page."""
    if not _may_measure(request):
        raise Http404
    return HttpResponse(metrics.exposed(timezone.now()), content_type=CONTENT_TYPE_LATEST)


def _may_measure(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode()
    if settings.METRICS_TOKEN and secrets.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return True
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in settings.METRICS_NETWORKS)
