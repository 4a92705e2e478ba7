"""What we change in allauth's second factors: secrets are sealed, and a professional keeps at least one."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from virage.accounts.access import may_remove
from virage.accounts.models import User
from virage.accounts.storage import seal, unseal


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "C’est votre dernier second facteur, et votre rôle en demande un : ajoutez-en d’abord un autre."
        ),
        "incorrect_code": gettext_lazy("Ce code, ou cette clé, n’est pas le bon."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return may_remove(authenticator, on=timezone.localdate())

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Clé %(number)d") % {"number": number}

    def _get_site_name(self) -> str:
        return "Virage"
