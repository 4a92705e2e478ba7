"""Signing in, and saying again who one is."""

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """`shared` is read by the adapter, for a passkey too."""

    shared = forms.BooleanField(
        label=_("Poste partagé"),
        help_text=_("Cet ordinateur sert à plusieurs : il se verrouille seul si vous le quittez."),
        required=False,
    )


class PasswordAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label, field.help_text = _("Mot de passe"), ""
        field.widget.attrs = {"autocomplete": "current-password", "autofocus": True}
