"""What one may change about oneself."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class LanguageForm(forms.Form):
    """The language of pages and messages."""

    language = forms.ChoiceField(
        label=_("Langue des pages et des messages"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
