"""Choosing a password, and asking for a link to choose another."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.accounts.actions.security import send_reset_link
from virage.accounts.models import User

RULES = _(
    "Au moins 12 caractères. Ni un mot de passe courant, ni votre nom ou votre adresse. "
    "Espaces, accents et gestionnaire de mots de passe conviennent ; rien n’oblige à le changer à date fixe."
)


def _worded(form: forms.Form) -> None:
    """The rules under the new password, once; our labels."""
    words = {
        "oldpassword": (_("Mot de passe actuel"), ""),
        "password1": (_("Nouveau mot de passe"), RULES),
        "password2": (_("Le même, encore une fois"), ""),
    }
    for name, (label, help_text) in words.items():
        if field := form.fields.get(name):
            field.label, field.help_text = label, help_text
            field.widget.attrs.pop("placeholder", None)


class ChangeForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self)


class NewPasswordForm(ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self)


class ForgottenForm(ResetPasswordForm):
    """The link leaves by the outbox. For an unknown address the same work is done and undone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["email"]
        field.label = _("Adresse électronique")
        field.widget.attrs.pop("placeholder", None)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = self.cleaned_data["email"]
        user = self.users[0] if self.users else User(email=email, language=get_language() or "fr")
        send_reset_link(user=user, at=timezone.now(), kept=bool(self.users))  # noqa: TID251 (allauth's view calls it)
        return email
