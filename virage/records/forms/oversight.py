"""Filters of the trail of a record, and of what one person did."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import User
from virage.records.reports.oversight import days
from virage.records.reports.trail import CHANGES, EMERGENCIES, READS, Sought
from virage.ui.forms import DateTextField, FilterForm

KINDS = [
    ("", _("Tout")),
    (READS, _("Les lectures")),
    (CHANGES, _("Les changements")),
    (EMERGENCIES, _("Les urgences")),
]


class TrailFilter(FilterForm):
    """`who` is a reference: no name stands in an address."""

    show = forms.ChoiceField(label=_("Montrer"), choices=KINDS)
    who = forms.ChoiceField(label=_("Par qui"))
    since = DateTextField(label=_("Depuis le"), required=False)
    until = DateTextField(label=_("Jusqu’au"), required=False)

    def __init__(self, *args: Any, people: list[User], everyone: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {one.ref: one for one in people}
        first = _("Tous") if everyone else _("Choisissez une personne")
        self.fields["who"].choices = [("", first), *((ref, one.get_full_name()) for ref, one in self.people.items())]

    @property
    def person(self) -> User | None:
        return self.people.get(self.values.get("who") or "")

    def sought(self, zone: ZoneInfo) -> Sought:
        """What was asked for; a wrong value filters nothing."""
        values = self.values
        since, until = days(values.get("since"), values.get("until"), zone)
        return Sought(values.get("show") or "", self.person.pk if self.person else None, since, until)
