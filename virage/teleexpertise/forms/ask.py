"""Forms of the one who asks: filters, header of a request, addressee, thread."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership
from virage.law import lists
from virage.projects.models import Project
from virage.teleexpertise.models import Expertise, Urgency
from virage.teleexpertise.states import (
    ACCEPTED,
    ANSWERED,
    BEFORE,
    CLOSED,
    DECLINED,
    FINISHED,
    OPEN,
    SENT,
    TO_VALIDATE,
    WAITING,
    WITHDRAWN,
)
from virage.ui.forms import DateTextField, FilterForm

ACTIVE = (*BEFORE, *OPEN, DECLINED, ANSWERED)
GROUPS = {
    "drafts": BEFORE,
    "sent": (SENT, ACCEPTED, TO_VALIDATE),
    "mine_to_do": (WAITING, DECLINED),
    "answered": FINISHED,
    "ended": (CLOSED, WITHDRAWN),
}


class RequestFilter(FilterForm):
    """Without a filter: everything that still waits for someone."""

    state = forms.ChoiceField(
        label=_("Où cela en est"),
        choices=[
            ("", _("Toutes celles en cours")),
            ("drafts", _("Brouillons")),
            ("sent", _("Envoyées, sans réponse")),
            ("mine_to_do", _("À compléter ou à renvoyer")),
            ("answered", _("Répondues")),
            ("ended", _("Terminées ou retirées")),
        ],
    )
    whose = forms.ChoiceField(label=_("De qui"), choices=[("", _("Toute la structure")), ("me", _("Les miennes"))])
    about = forms.ChoiceField(
        label=_("Sur quoi"), choices=[("", _("Tout")), ("wound", _("Une plaie")), ("other", _("Autre spécialité"))]
    )

    def apply(self, rows: QuerySet[Expertise], by: Membership) -> QuerySet[Expertise]:
        chosen = self.values
        rows = rows.filter(act__state__in=GROUPS.get(chosen.get("state", ""), ACTIVE))
        if chosen.get("whose"):
            rows = rows.filter(Q(act__requester=by) | Q(preparer=by))
        if about := chosen.get("about"):
            rows = rows.filter(wound__isnull=about == "other")
        return rows


class HeaderForm(forms.Form):
    """Urgency, wished day and legal frame. Saved as it is filled in: a wrong value is said and keeps none back."""

    urgency = forms.ChoiceField(
        label=_("Urgence"), choices=Urgency, widget=forms.RadioSelect({"class": "choices-inline"})
    )
    wished_by = DateTextField(
        label=_("Réponse souhaitée avant le"),
        required=False,
        help_text=_("Par exemple 31/12/2026. Sans date, le délai habituel de la plateforme s’applique."),
    )
    project = forms.ModelChoiceField(
        label=_("Projet de télémédecine"),
        queryset=Project.objects.none(),
        required=False,
        to_field_name="ref",
        empty_label=_("Hors projet"),
        help_text=_("Le projet fixe le texte sous lequel l’avis peut être payé."),
    )
    setting = forms.ChoiceField(label=_("Cadre de prise en charge"))
    place = forms.ChoiceField(label=_("Où se trouve le patient"))
    pathology = forms.ChoiceField(label=_("Pathologie"), required=False)

    def __init__(self, data: Any = None, *, expertise: Expertise, projects: QuerySet[Project], on: date) -> None:
        act, lang = expertise.act, get_language() or "fr"
        initial = {name: getattr(expertise, name) for name in ("urgency", "wished_by")}
        initial |= {name: getattr(act, name) for name in ("setting", "place", "pathology")}
        initial["project"] = act.project.ref if act.project else None
        super().__init__(data, initial=initial)
        self.fields["wished_by"].earliest = on
        self.fields["project"].queryset = projects
        for name, kind in (("setting", "settings"), ("place", "places"), ("pathology", "pathologies")):
            self.fields[name].choices = _choices(kind, initial[name], lang, blank=name == "pathology")

    @property
    def valid_values(self) -> dict[str, Any]:
        """What may be kept of a form that is being filled in: every field that stands."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if name not in self.errors}


def _choices(kind: str, current: str, lang: str, *, blank: bool) -> list[tuple[str, str]]:
    """The law's list in the language of the page, with the present value where the list does not know it."""
    known = [(name, entry.label.of(lang)) for name, entry in lists.entries(kind).items()]
    if current and current not in lists.entries(kind):
        known.insert(0, (current, lists.label(kind, current).of(lang)))
    return [("", _("Non précisée")), *known] if blank or not current else known


class WordsForm(forms.Form):
    """One text: an answer to the expert, a message, a reason."""

    text = forms.CharField(label=_("Votre message"), max_length=4000, widget=forms.Textarea({"rows": 4}), strip=True)

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label


class ReasonForm(forms.Form):
    """Why a request is withdrawn: kept in the thread."""

    reason = forms.CharField(
        label=_("Pourquoi"),
        max_length=300,
        help_text=_("Par exemple : patient hospitalisé, demande en double."),
        widget=forms.Textarea({"rows": 2}),
    )
