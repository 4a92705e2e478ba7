"""A wound: its name and place; the day it had healed."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.records.models import BodyView, Wound
from virage.records.rules import body
from virage.ui.forms import DateTextField
from virage.ui.revisions import SEEN, Revised

DRAWN = _("Place sur le dessin")


class WoundForm(Revised, forms.Form):
    """Name and place. The drawing fills `view`, `x` and `y`; without it the named site stands in the middle of it."""

    name = forms.CharField(label=_("Nom de la plaie"), max_length=100, help_text=_("Par exemple : escarre du sacrum"))
    site = forms.ChoiceField(label=_("Localisation"))
    onset = DateTextField(label=_("Apparue le"), required=False, help_text=_("Même approximative"))
    view = forms.ChoiceField(label=DRAWN, choices=BodyView.choices, required=False, widget=forms.HiddenInput)
    x = forms.IntegerField(label=DRAWN, min_value=0, max_value=1000, required=False, widget=forms.HiddenInput)
    y = forms.IntegerField(label=DRAWN, min_value=0, max_value=1000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, on: date, wound: Wound | None = None, **kwargs: Any) -> None:
        if wound:
            kwargs["initial"] = {name: getattr(wound, name) for name in ("name", "site", "onset", "view", "x", "y")}
        super().__init__(*args, **kwargs)
        self.fields["onset"].latest = on
        language = get_language() or "fr"
        sites = {
            view: [(s.code, s.label(language)) for s in body.SITES if s.view == view] for view, _l in BodyView.choices
        }
        self.fields["site"].choices = [("", "—"), *((label, sites[view]) for view, label in BodyView.choices)]
        if wound and wound.site not in body.BY_CODE:
            self.fields["site"].choices.append((wound.site, wound.site))
        if wound:
            self.watch(wound)

    @property
    def facts(self) -> dict[str, Any]:
        """What `add_wound` and `edit_wound` write."""
        return {name: value for name, value in self.cleaned_data.items() if name != SEEN}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        site = body.BY_CODE.get(cleaned.get("site", ""))
        placed = cleaned.get("view") and cleaned.get("x") is not None and cleaned.get("y") is not None
        if site and not placed:
            cleaned.update(view=site.view, x=site.x, y=site.y)
        elif not site and not placed:
            cleaned.update(view=body.FRONT, x=500, y=310)
        return cleaned


class HealedForm(forms.Form):
    """The day on which a wound had healed."""

    on = DateTextField(label=_("Cicatrisée le"))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].latest = on
