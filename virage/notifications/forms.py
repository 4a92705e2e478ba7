"""What one wants to be told."""

from django import forms
from django.utils.translation import gettext_lazy as _

from virage.notifications.rules.kinds import Kind

KINDS = {
    Kind.FOLLOW: _("Les suites de mes demandes (acceptée, transmise, retirée, prescrite…)"),
    Kind.REMINDER: _("Les rappels"),
    Kind.COPY: _("Les comptes rendus reçus en copie"),
}


class ChoicesForm(forms.Form):
    """Ticked: by e-mail. What awaits one's answer, and what concerns security, always comes."""

    wanted = forms.MultipleChoiceField(
        label=_("M’envoyer par courriel"),
        choices=list(KINDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ce qui attend votre réponse et ce qui touche à la sécurité vous est toujours envoyé."),
    )
    mark_optional = False
