"""What every page's frame needs: the rooms of one's role, one's structures, the demo notice."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from virage.web.navigation import rooms


def layout(request: HttpRequest) -> dict[str, Any]:
    membership = getattr(request, "membership", None)
    return {
        "membership": membership,
        "memberships": getattr(request, "memberships", []),
        "rooms": rooms(membership, request.path) if membership else [],
        "DEMO": settings.DEMO,
        "DEMO_NOTICE": settings.DEMO_NOTICE,
    }
