"""A form about a row that somebody else may change meanwhile: nobody's words are lost, and nobody's are overwritten.

The form carries, signed, what the user saw. When the row has changed since, what the user did not touch becomes what
the other wrote, what only the user touched stays as typed, and what both touched is shown side by side for a choice.
The page is then answered with 409 and says so; pressed again, it is about what is there now.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.db import models
from django.utils.translation import gettext as _

SEEN = "seen"
SALT = "virage.ui.revisions"


@dataclass(frozen=True)
class Change:
    """A field that somebody else changed: what it says there now, and what the form holds."""

    label: str
    theirs: str
    mine: str

    @property
    def clashes(self) -> bool:
        """Both have written something else there."""
        return self.theirs != self.mine


class Revised:
    """Mixin of a form whose row has a `revision`. The form calls `watch(row)` once its fields are made."""

    stale = False
    changes: tuple[Change, ...] = ()
    seen_revision: int | None = None

    def watch(self: Any, row: models.Model) -> None:
        """Remember the row as it is now; compare a sent form with what its user saw."""
        names = [name for name, field in self.fields.items() if not field.disabled]
        now = {name: self._written(name) for name in names}
        self.fields[SEEN] = forms.CharField(widget=forms.HiddenInput, required=False)
        token = signing.dumps({"row": row.pk, "revision": row.revision, "values": now}, salt=SALT, compress=True)
        self.initial[SEEN] = token
        if not self.is_bound:
            return
        seen = self._seen(row)
        self.seen_revision = seen["revision"]
        self.stale = self.seen_revision != row.revision
        if self.stale:
            self._take_over(now, seen["values"], token)

    def _seen(self: Any, row: models.Model) -> dict[str, Any]:
        """What the page showed; nothing known of it when the form came without, which is never taken for current."""
        try:
            seen: dict[str, Any] = signing.loads(self.data.get(self.add_prefix(SEEN), ""), salt=SALT)
        except signing.BadSignature:
            seen = {}
        return seen if seen.get("row") == row.pk else {"revision": None, "values": {}}

    def _take_over(self: Any, now: dict[str, str], was: dict[str, str], token: str) -> None:
        found, data = [], self.data.copy()
        for name, theirs in now.items():
            mine = self._typed(name)
            if theirs == mine or theirs == was.get(name, ""):
                continue
            if mine == was.get(name):  # the user did not touch it
                data[self.add_prefix(name)] = mine = theirs
            found.append(self._change(name, theirs, mine))
        data[self.add_prefix(SEEN)] = token
        self.data, self.changes = data, tuple(dict.fromkeys(found))

    def _change(self: Any, name: str, theirs: str, mine: str) -> Change:
        """A field that is not shown (a place on a drawing) has no words of its own."""
        label = str(self.fields[name].label or name)
        if self.fields[name].widget.is_hidden:
            return Change(label, _("changé"), _("changé") if theirs == mine else _("autre chose"))
        return Change(label, self._said(name, theirs), self._said(name, mine))

    def _typed(self: Any, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), "")).strip()

    def _written(self: Any, name: str) -> str:
        """The row's value as the form writes it."""
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        if isinstance(value, date):
            return value.strftime("%d/%m/%Y")
        return "" if value in (None, False) else "on" if value is True else str(value)

    def _said(self: Any, name: str, value: str) -> str:
        """A value as the user reads it: the label of a choice."""
        for key, label in getattr(self.fields[name], "choices", ()):
            for one, words in label if isinstance(label, list | tuple) else [(key, label)]:
                if str(one) == value:
                    return str(words)
        return value
