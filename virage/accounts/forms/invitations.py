"""What one who was invited fills in."""

from typing import Any

from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _


class PasswordForm(SetPasswordForm):
    """The password of a new account, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("Mot de passe")
        self.fields["new_password1"].help_text = _("Au moins 12 caractères : une phrase se retient bien.")
        self.fields["new_password2"].label = _("Le même mot de passe")
        self.fields["new_password2"].help_text = ""
