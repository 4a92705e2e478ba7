"""Changing one's password, and choosing another through the link that was sent. Other sessions end."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import PasswordChangeView, PasswordResetFromKeyView
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from virage.accounts.actions.sessions import end_all_sessions, end_other_sessions
from virage.accounts.models import User
from virage.accounts.views.changes import Noted
from virage.journal.entries import PLATFORM


class Change(Noted, PasswordChangeView):
    what = "password_changed"

    def form_valid(self, form: BaseForm) -> HttpResponse:
        before = self.request.session.session_key or ""
        end_other_sessions(user=self.owner, keep=before, at=timezone.now())
        response = super().form_valid(form)
        messages.success(self.request, _("Votre mot de passe est changé. Vos autres sessions sont finies."))
        return response


class Reset(Noted, PasswordResetFromKeyView):
    what = "password_changed"
    how = "link"
    reset_user: User

    @property
    def owner(self) -> User:
        return self.reset_user

    def form_valid(self, form: BaseForm) -> HttpResponse:
        end_all_sessions(user=self.owner, by=PLATFORM, at=timezone.now())
        response: Any = super().form_valid(form)
        get_adapter().forget_failures(self.request, self.owner)
        return response


change = Change.as_view()
reset = Reset.as_view()
