"""Second factors: codes of an application, recovery codes, keys."""

from datetime import datetime
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from virage.accounts.actions import security
from virage.accounts.actions.limits import said_until

SERVED = 300  # seconds that a code is remembered as used: longer than it is valid
CODE = {"autocomplete": "one-time-code", "class": "w-medium", "spellcheck": "false", "autofocus": True}


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 (allauth's views call these forms)


def _key(user: Any) -> str:
    """Under which allauth counts the failures of second factors."""
    return f"mfa-auth-user-{user.pk}"


class _Code(forms.Form):
    """A code serves once, and a wrong one is noted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code")
        field.help_text = _("Les 6 chiffres de l’application, ou l’un de vos codes de secours.")
        field.widget.attrs = dict(CODE)

    def clean_code(self) -> str:
        with said_until(context.request, _key(self.user), self.user, _now()):
            code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            bare = "".join(code.split())
            if not cache.add(f"code-served:{self.user.pk}:{bare}", True, timeout=SERVED):
                raise get_adapter().validation_error("incorrect_code")
        return code

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)
        security.refused(user=self.user, how=authenticator.type, at=_now())


class CodeForm(_Code, AuthenticateForm):
    pass


class CodeAgainForm(_Code, ReauthenticateForm):
    pass


class _Key(forms.Form):
    """A key that does not fit is noted."""

    def clean_credential(self) -> Authenticator:
        if self.user is None:
            return super().clean_credential()
        with said_until(context.request, _key(self.user), self.user, _now()):
            try:
                return super().clean_credential()
            except ValidationError as error:
                if error.code == "incorrect_code":
                    security.refused(user=self.user, how="webauthn", at=_now())
                raise


class KeyForm(_Key, AuthenticateWebAuthnForm):
    pass


class KeyAgainForm(_Key, ReauthenticateWebAuthnForm):
    pass


class PasskeyForm(_Key, LoginWebAuthnForm):
    pass


class AppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code affiché par l’application")
        field.help_text = _("6 chiffres ; ils changent toutes les 30 secondes.")
        field.widget.attrs = CODE | {"inputmode": "numeric", "autofocus": False}  # the picture comes first


def _named(form: forms.Form) -> None:
    field = form.fields["name"]
    field.label = _("Nom de la clé")
    field.validators.append(MaxLengthValidator(60))
    field.help_text = _("Pour la reconnaître : « clé du porte-clés », « poste du bureau ».")
    field.widget.attrs = {"class": "w-medium", "maxlength": 60}


class NewKeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _named(self)
        self.mark_optional = False
        field = self.fields["passwordless"]
        field.label = _("M’en servir aussi pour entrer sans mot de passe")
        field.help_text = _("La clé demandera alors son code, votre doigt ou votre visage.")


class RenameKeyForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _named(self)
