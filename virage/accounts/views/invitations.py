"""Invite someone, and the page that the link opens."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from virage.accounts.access import Refused
from virage.accounts.actions import invitations as actions
from virage.accounts.forms.fields import doubts
from virage.accounts.forms.invitations import PasswordForm
from virage.accounts.forms.members import InviteForm
from virage.accounts.models import Invitation, Membership, User
from virage.accounts.reports import role_words
from virage.accounts.views.members import managing
from virage.ui.once import once


@require_http_methods(["GET", "POST"])
@managing
@once
def invite(request: HttpRequest) -> HttpResponse:
    """Who, and to be what; the link leaves by e-mail."""
    by: Membership = request.membership
    initial = {"language": by.user.language, "starts_on": timezone.localdate()}
    form = InviteForm(
        request.POST or None, organisation=by.organisation, languages=list(settings.LANGUAGES), initial=initial
    )
    said: list[str] = []
    if request.method == "POST" and form.is_valid():
        said = doubts(form)
        if not said and _invited(request, form):
            messages.success(request, _("L’invitation part à cette adresse."))
            return redirect("accounts:members")
    return render(request, "accounts/members/invite.html", {"form": form, "doubts": said})


def _invited(request: HttpRequest, form: InviteForm) -> bool:
    """False where this address is that of someone who works here already: said at the field."""
    try:
        actions.invite(
            by=request.membership,
            person=form.person,
            place=form.place,
            language=form.cleaned_data["language"],
            at=timezone.now(),
        )
    except Refused as refusal:
        if refusal.reason != "already_member":
            raise
        form.add_error("email", _("Cette personne travaille déjà dans la structure."))
        return False
    return True


@require_POST
@managing
@once
def resend(request: HttpRequest, ref: str) -> HttpResponse:
    actions.resend(by=request.membership, invitation=_ours(request, ref), at=timezone.now())
    messages.success(request, _("Un nouveau lien part ; le précédent n’ouvre plus rien."))
    return redirect("accounts:members")


@require_POST
@managing
@once
def revoke(request: HttpRequest, ref: str) -> HttpResponse:
    actions.revoke(by=request.membership, invitation=_ours(request, ref), at=timezone.now())
    messages.success(request, _("L’invitation est retirée."))
    return redirect("accounts:members")


def _ours(request: HttpRequest, ref: str) -> Invitation:
    return get_object_or_404(Invitation, ref=ref, organisation=request.membership.organisation_id)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
@once
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """What the link opens: scanners and previews open links, so that only a press accepts. One who has an account
    signs in first; one who has none chooses a password here."""
    at = timezone.now()
    invitation = actions.find_invitation(token, at=at)
    if invitation is None:
        return render(request, "accounts/invitation/over.html", status=404)
    account = User.objects.filter(email__iexact=invitation.email).first()
    context = {"invitation": invitation, "roles": role_words(invitation.roles), "token": token}
    if account:
        return _with_account(request, invitation, account, context)
    form = PasswordForm(_future_user(invitation), request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["new_password1"]
        language = translation.get_language() or invitation.language
        actions.open_account(invitation=invitation, password=password, language=language, at=at)
        messages.success(request, _("Votre compte est ouvert : connectez-vous avec votre adresse et ce mot de passe."))
        return redirect("account_login")
    return render(request, "accounts/invitation/open.html", {**context, "form": form})


def _with_account(
    request: HttpRequest, invitation: Invitation, account: User, context: dict[str, Any]
) -> HttpResponse:
    if request.user != account:
        return render(request, "accounts/invitation/sign_in.html", {**context, "other": request.user.is_authenticated})
    if request.method == "POST":
        actions.accept(invitation=invitation, user=account, at=timezone.now())
        messages.success(request, _("Vous travaillez maintenant aussi pour cette structure."))
        return redirect("me")
    return render(request, "accounts/invitation/accept.html", context)


def _future_user(invitation: Invitation) -> User:
    """For the checks of the password, which must not be one's own name."""
    return User(email=invitation.email, first_name=invitation.first_name, last_name=invitation.last_name)
