"""Adding and removing second factors: allauth's views, with an entry, a message, and the last one kept."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse

from virage.accounts.access import Refused
from virage.accounts.views.changes import Noted


class AddApp(Noted, ActivateTOTPView):
    what, how = "factor_added", "totp"


class RemoveApp(Noted, DeactivateTOTPView):
    what, how = "factor_removed", "totp"


class AddKey(Noted, AddWebAuthnView):
    what, how = "factor_added", "webauthn"


class RemoveKey(Noted, RemoveWebAuthnView):
    what, how = "factor_removed", "webauthn"

    def form_valid(self, form: BaseForm) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.object):
            raise Refused("last_factor")
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return reverse("mfa_index")


class RenameKey(EditWebAuthnView):
    def get_success_url(self) -> str:
        return reverse("mfa_index")


class NewCodes(Noted, GenerateRecoveryCodesView):
    what = "codes_renewed"


add_app = AddApp.as_view()
remove_app = RemoveApp.as_view()
add_key = AddKey.as_view()
rename_key = RenameKey.as_view()
remove_key = RemoveKey.as_view()
new_codes = NewCodes.as_view()
