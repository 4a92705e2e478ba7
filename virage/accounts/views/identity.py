"""To a provider of identity and back; one's links to them."""

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.actions import identities
from virage.accounts.adapters.session import LEAVE
from virage.accounts.adapters.social import PSC, Door, OpenIDProvider
from virage.ui.once import once


def _provider(request: HttpRequest, provider_id: str) -> OpenIDProvider:
    if provider_id not in {one.id for one in settings.IDENTITY_PROVIDERS}:
        raise Http404
    provider: OpenIDProvider = get_adapter().get_provider(request, provider_id)
    return provider


@login_not_required
@never_cache
@require_GET
def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider. By a link: a form could not leave this site (its content policy)."""
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    invitation = request.GET.get("invitation", "")[:64]
    provider = _provider(request, provider_id)
    return provider.begin(request, process=AuthProcess.LOGIN, next_url=target if safe else "/", invitation=invitation)


@login_not_required
@never_cache
@require_GET
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """What the provider answers."""
    _provider(request, provider_id)
    response: HttpResponse = OAuth2CallbackView.adapter_view(Door(request, provider_id))(request)
    return response


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Say that one is known to this provider too. The press makes the way; the link on the next page takes it."""
    if provider_id == PSC:  # recognised by the RPPS number alone
        raise Http404
    provider = _provider(request, provider_id)
    context = {"provider": provider.app.name}
    if request.method == "POST":
        context["way"] = provider.begin(request, process=AuthProcess.CONNECT, next_url="/").headers.get("Location", "")
    return render(request, "accounts/identity/link.html", context)


@require_POST
@once
def unlink(request: HttpRequest, provider_id: str) -> HttpResponse:
    identities.unlink(user=request.user, provider=provider_id, at=timezone.now())
    messages.success(request, _("Ce moyen d’entrer est retiré."))
    return redirect("me")


@login_not_required
@never_cache
@require_GET
def left(request: HttpRequest) -> HttpResponse:
    """Signed out here; the provider is told too, once."""
    way = request.session.pop(LEAVE, "")
    return render(request, "accounts/identity/left.html", {"way": way}) if way else redirect("account_login")
