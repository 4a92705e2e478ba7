"""What every page's frame needs: the rooms of one's role, one's structures, the demo notice."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.accounts.roles import Permission
from virage.web.demo.sign_ins import patient_link, sign_ins
from virage.web.navigation import rooms

DEMO_NOTICE = _("Démonstration : personnes, patients et structures sont fictifs.")
PROGRAMME_NOTE = _("Programme : périmètre de 2014, tarifs de 2015.")


def layout(request: HttpRequest) -> dict[str, Any]:
    membership = getattr(request, "membership", None)
    user = getattr(request, "user", None)
    anonymous = user is None or not user.is_authenticated
    return {
        "membership": membership,
        "memberships": getattr(request, "memberships", []),
        "rooms": cache(lambda: rooms(membership, request.path) if membership else []),
        "can_search": bool(membership and membership.may(Permission.SEE_IDENTITY)),
        "identity_providers": settings.IDENTITY_PROVIDERS if anonymous else (),
        "DEMO": settings.DEMO,
        "LOCK_AFTER": settings.SESSIONS.lock,
        "DEMO_NOTICE": DEMO_NOTICE,
        "PROGRAMME_NOTE": PROGRAMME_NOTE if settings.DEMO and membership else "",
        "demo_patient": patient_link if settings.DEMO and anonymous else "",
        "demo_sign_ins": sign_ins(get_language() or "fr") if settings.DEMO and anonymous else [],
    }
