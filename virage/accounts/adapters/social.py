"""What we change in allauth's OpenID Connect: nonce and level are checked, nobody opens an account alone, and nothing
of what the provider says is kept but the link itself."""

import logging
from typing import Any
from urllib.parse import urlencode

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.base.provider import Provider
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string

from virage.accounts.access import Refused
from virage.accounts.actions import identities, invitations
from virage.accounts.adapters.session import keep_identity
from virage.accounts.models import Invitation, User
from virage.accounts.rules import psc

logger = logging.getLogger(__name__)

PSC = psc.PROVIDER


class Door(OpenIDConnectOAuth2Adapter):
    """The two round trips with the provider. The identity token comes straight from it over TLS (the address of an
    installation's provider is https), which stands for its signature: OpenID Connect Core, 3.1.3.7, point 6."""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """What it said goes no further than this request: the row of the link keeps none of it."""
        try:
            login = super().complete_login(request, app, token, **kwargs)
        except (KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("the provider's answer makes no sense") from error
        login.claims, login.account.extra_data = login.account.extra_data, {}
        login.ticket = kwargs["response"].get("id_token", "")
        login.end_session = self.openid_config.get("end_session_endpoint", "")
        return login


class OpenIDProvider(OpenIDConnectProvider):
    """A provider of `settings.IDENTITY_PROVIDERS`."""

    oauth2_adapter_class = Door

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The national identifier for Pro Santé Connect, whose `sub` changes with the installation; else `sub`."""
        claims = said(data)
        return psc.identifier_of(claims) if self.app.provider_id == PSC else str(claims["sub"])

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """No account is found by its address."""
        return []

    def begin(self, request: HttpRequest, *, process: str, next_url: str, invitation: str = "") -> HttpResponse:
        """Lead to the provider, with a nonce that the identity token has to bring back."""
        nonce = get_random_string(32)
        data = {"nonce": nonce, "invitation": invitation}
        asked = self.get_auth_params() | {"nonce": nonce}
        return self.redirect(request, process, next_url=next_url, data=data, auth_params=asked)


def said(data: dict[str, Any]) -> dict[str, Any]:
    """What the provider says of the person: the identity token, completed by its page of facts."""
    return {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}


class SocialAdapter(DefaultSocialAccountAdapter):
    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provider:
        found = super().get_provider(request, provider, client_id)
        return OpenIDProvider(request, app=found.app)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **rest: Any) -> None:
        error = type(rest.get("exception")).__name__  # its words may hold a secret
        logger.warning("identity provider %s: %s %s", provider.app.provider_id, rest.get("error", ""), error)
        stop(request, provider, "failed")

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Judge the answer, then find whose it is. The only way on to allauth is a known person."""
        provider = sociallogin.provider
        _judge(request, sociallogin)
        if sociallogin.state["process"] == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(_linked(request, sociallogin))
        at, uid, claims = timezone.now(), sociallogin.account.uid, said(sociallogin.claims)
        is_psc = provider.app.provider_id == PSC
        if is_psc:
            user = identities.user_by_rpps(psc.rpps_of(claims))
        else:
            user = sociallogin.user if sociallogin.is_existing else None
        user = user or _invited(sociallogin, claims)
        if user is None:
            stop(request, provider, "unknown", rpps=psc.rpps_of(claims) if is_psc else "")
        sociallogin.account = identities.recognise(user=user, provider=provider.app.provider_id, uid=uid, at=at)
        sociallogin.user = user
        if request.user.is_authenticated:  # of two people on one computer, nothing of the first stays
            logout(request)
        keep_identity(
            request,
            user,
            provider=provider.app.provider_id,
            situations=psc.situations_of(claims) if is_psc else (),
            leave=_leave(sociallogin),
        )


def _judge(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """The identity token answers this very question, and speaks of the same person as the page of facts."""
    provider, data = sociallogin.provider, sociallogin.claims
    token, facts = data.get("id_token") or {}, data.get("userinfo") or {}
    asked = (sociallogin.state.get("data") or {}).get("nonce", "")
    if not asked or not constant_time_compare(str(token.get("nonce", "")), asked):
        stop(request, provider, "failed")
    if not token.get("sub") or facts.get("sub") != token["sub"]:
        stop(request, provider, "failed")
    if provider.app.provider_id == PSC and not psc.is_strong(token.get("acr")):
        stop(request, provider, "weak")


def _linked(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    provider = sociallogin.provider
    if not isinstance(request.user, User):
        stop(request, provider, "failed")
    try:
        identities.link(
            user=request.user,
            provider=provider.app.provider_id,
            uid=sociallogin.account.uid,
            at=timezone.now(),
        )
    except Refused:
        stop(request, provider, "taken")
    return redirect("me")


def _invited(sociallogin: SocialLogin, claims: dict[str, Any]) -> User | None:
    """Who opened the link of an invitation and comes back with the identity that it is for: by the RPPS number, or by
    the address that the provider of that very structure has checked."""
    at = timezone.now()
    invitation = invitations.find_invitation((sociallogin.state.get("data") or {}).get("invitation", ""), at=at)
    if invitation is None or not _is_for(invitation, sociallogin, claims):
        return None
    try:
        return invitations.open_account(invitation=invitation, password=None, language=invitation.language, at=at)
    except Refused:  # an account of this address exists: its owner signs in, then links
        return None


def _is_for(invitation: Invitation, sociallogin: SocialLogin, claims: dict[str, Any]) -> bool:
    if sociallogin.provider.app.provider_id == PSC:
        return bool(invitation.rpps) and invitation.rpps == psc.rpps_of(claims)
    known = next(one for one in settings.IDENTITY_PROVIDERS if one.id == sociallogin.provider.app.provider_id)
    house = invitation.organisation
    same = claims.get("email_verified") is True and str(claims.get("email", "")).lower() == invitation.email.lower()
    return same and bool(known.structure) and known.structure in (house.finess, house.siret)


def _leave(sociallogin: SocialLogin) -> str:
    """Where to sign out of the provider too."""
    if not sociallogin.end_session:
        return ""
    back = settings.PUBLIC_URL + reverse("account_login")
    query = {"id_token_hint": sociallogin.ticket, "post_logout_redirect_uri": back}
    return f"{sociallogin.end_session}?{urlencode(query)}"


def stop(request: HttpRequest, provider: Any, why: str, **more: Any) -> None:
    """Say why it goes no further, on a page."""
    context = {"provider": provider.app.name, "why": why, **more}
    raise ImmediateHttpResponse(render(request, "accounts/identity/stopped.html", context, status=403))
