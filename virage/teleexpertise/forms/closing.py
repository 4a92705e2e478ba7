"""Forms after the answer: what the patient was told, a technical incident, the decision on what was proposed."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership
from virage.teleexpertise import access
from virage.teleexpertise.access import items
from virage.teleexpertise.models import Item
from virage.ui.forms import DateTextField, FilterForm

DECISIONS = [("", _("À décider")), ("done", _("Décidées"))]
TASKS = [("", _("À faire")), ("done", _("Faits"))]


class AcknowledgeForm(forms.Form):
    """The requérant's side has read the report."""

    told_patient = forms.CharField(
        label=_("Ce qui a été dit au patient"),
        max_length=4000,
        help_text=_("Par exemple : le nouveau pansement, la décharge, la prochaine photographie. Gardé avec l’acte."),
        widget=forms.Textarea({"rows": 4}),
    )


class IncidentForm(forms.Form):
    """A technical incident during the act (R. 6316-4, 5°): when, in the hour of whoever writes it, and what."""

    day = DateTextField(label=_("Jour"))
    hour = forms.TimeField(
        label=_("Heure"),
        input_formats=["%H:%M", "%Hh%M", "%H h %M", "%H"],
        help_text=_("Par exemple 14:05"),
        error_messages={"invalid": _("Écrivez l’heure comme 14:05.")},
        widget=forms.TextInput({"class": "w-short", "inputmode": "numeric", "autocomplete": "off"}),
    )
    description = forms.CharField(
        label=_("Ce qui s’est passé"),
        max_length=2000,
        help_text=_("Par exemple : photographies illisibles, coupure du réseau. Rien sur la santé du patient."),
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, data: Any = None, *, at: datetime, local: datetime) -> None:
        """`local` is `at` in the zone of the page."""
        super().__init__(data, initial={"day": local.date(), "hour": f"{local:%H:%M}"})
        self.at = at
        self.fields["day"].latest = local.date()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "day" in cleaned and "hour" in cleaned and self.occurred_at > self.at:
            self.add_error("hour", _("Cette heure n’est pas encore passée."))
        return cleaned

    @property
    def occurred_at(self) -> datetime:
        hour: time = self.cleaned_data["hour"]
        return make_aware(datetime.combine(self.cleaned_data["day"], hour))


class DecisionForm(forms.Form):
    """A prescriber's word on one proposal; compulsory when it is not kept."""

    note = forms.CharField(
        label=_("Votre remarque"),
        required=False,
        max_length=300,
        help_text=_("Lue par les infirmiers. Nécessaire si vous ne retenez pas la proposition."),
    )


class DecisionFilter(FilterForm):
    """Without a filter: what waits for this prescriber."""

    which = forms.ChoiceField(label=_("Quelles propositions"), choices=DECISIONS)
    kind = forms.ChoiceField(label=_("Nature"), choices=[("", _("Toutes")), *Item.Kind.choices])

    def apply(self, by: Membership, at: datetime) -> QuerySet[Item]:
        rows = items.decided_of(by, at) if self.values.get("which") else access.decisions_of(by, at)
        return _of_kind(rows, self.values.get("kind", ""))


class TaskFilter(FilterForm):
    """Without a filter: what is to be done."""

    which = forms.ChoiceField(label=_("Quels soins"), choices=TASKS)
    kind = forms.ChoiceField(label=_("Nature"), choices=[("", _("Toutes")), *Item.Kind.choices])

    def apply(self, by: Membership, at: datetime) -> QuerySet[Item]:
        rows = items.done_of(by, at) if self.values.get("which") else access.tasks_of(by, at)
        return _of_kind(rows, self.values.get("kind", ""))


def _of_kind(rows: QuerySet[Item], kind: str) -> QuerySet[Item]:
    rows = rows.select_related(*items.SHOWN)
    return rows.filter(kind=kind) if kind else rows
