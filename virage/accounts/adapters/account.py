"""What we change in allauth: nobody opens an account alone. The pages speak the reader's language."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from virage.accounts.adapters.session import LEAVE, begin, identity
from virage.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """One who came through a provider of identity leaves it too."""
        user = request.user
        if isinstance(user, User) and identity(request, user).get(LEAVE):
            return reverse("identity_left")
        return str(super().get_logout_redirect_url(request))

    def logout(self, request: HttpRequest) -> None:
        leave = identity(request, request.user).get(LEAVE) if isinstance(request.user, User) else ""
        super().logout(request)
        if leave:
            request.session[LEAVE] = leave

    def post_login(self, request: HttpRequest, user: User, **rest: Any) -> HttpResponse:
        """One who works in several structures says for which; one who chose no language on this device gets the one of
        his or her profile."""
        response = super().post_login(request, user, **rest)
        response = begin(request, user, response)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                samesite="Lax",
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response
