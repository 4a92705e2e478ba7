"""What we change in allauth: nobody opens an account alone, who signs in is noted, the pages speak one's language."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from virage.accounts.access import BEGAN, SEEN, SHARED
from virage.accounts.actions import devices, security
from virage.accounts.actions.limits import said_until
from virage.accounts.adapters.session import LEAVE, begin, identity
from virage.accounts.models import User

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("L’adresse ou le mot de passe n’est pas le bon."),
        "enter_current_password": _("Ce n’est pas votre mot de passe actuel."),
        "incorrect_code": _("Ce code, ou cette clé, n’est pas le bon."),
        "incorrect_password": _("Ce n’est pas votre mot de passe."),
        "rate_limited": _("Trop d’essais : attendez quelques minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """One who came through a provider of identity leaves it too."""
        user = request.user
        if isinstance(user, User) and identity(request, user).get(LEAVE):
            return reverse("identity_left")
        return str(super().get_logout_redirect_url(request))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        key = self._get_login_attempts_cache_key(request, **credentials)
        with said_until(request, key, _account(credentials), timezone.now()):
            super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        user = _account(credentials)
        if user is not None:
            security.refused(user=user, how="password", at=timezone.now())
        logger.info("sign-in refused: account=%s address=%s", user.ref if user else "-", ratelimit.get_ip(request))

    def forget_failures(self, request: HttpRequest, user: User) -> None:
        """Whoever has chosen another password through the link need not wait."""
        self._delete_login_attempts_cached_email(request, email=user.email)

    def pre_login(self, request: HttpRequest, user: User, **rest: Any) -> HttpResponse | None:
        shared = "shared" in request.POST if request.POST else devices.SHARED in request.COOKIES
        request.session[SHARED] = shared
        return super().pre_login(request, user, **rest)

    def login(self, request: HttpRequest, user: User) -> None:
        first, at = user.last_login is None, timezone.now()
        new_device = not first and not devices.known(request, user)
        ways = [str(one.get("type") or one["method"]) for one in get_authentication_records(request, user)]
        super().login(request, user)
        request.session[BEGAN] = request.session[SEEN] = at.timestamp()
        security.signed_in(user=user, how=" + ".join(ways), new_device=new_device, at=at)

    def logout(self, request: HttpRequest) -> None:
        leave = ""
        if isinstance(request.user, User):
            leave = identity(request, request.user).get(LEAVE)
            security.signed_out(user=request.user, at=timezone.now())
        super().logout(request)
        if leave:
            request.session[LEAVE] = leave

    def post_login(self, request: HttpRequest, user: User, **rest: Any) -> HttpResponse:
        """One who works in several structures says for which; one who chose no language on this device gets the one of
        his or her profile; the device is remembered."""
        response = super().post_login(request, user, **rest)
        response = begin(request, user, response)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            _keep(response, settings.LANGUAGE_COOKIE_NAME, user.language, None)
        year = int(devices.LASTS.total_seconds())
        _keep(response, devices.COOKIE, devices.with_this(request, user), year)
        if request.session.get(SHARED):
            _keep(response, devices.SHARED, "1", year)
        elif devices.SHARED in request.COOKIES:
            response.delete_cookie(devices.SHARED, samesite="Lax")
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")


def _account(credentials: dict[str, Any]) -> User | None:
    return User.objects.filter(email=str(credentials.get("email", "")).lower()).first()


def _keep(response: HttpResponse, name: str, value: str, seconds: int | None) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=seconds, samesite="Lax", httponly=True, secure=secure)
