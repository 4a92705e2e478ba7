"""What forms about people and structures share: choices from the lists of the law, and identifiers with their keys."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.kernel.identifiers import KEY, compact, finess_problems, rpps_problems, siret_problems
from virage.law.lists import entries

CHECKS = {"rpps": rpps_problems, "finess": finess_problems, "siret": siret_problems}
SHAPES: dict[str, str | Promise] = {
    "rpps": _("Un numéro RPPS a 11 chiffres."),
    "finess": _("Un numéro FINESS a 9 caractères : des chiffres, ou 2A ou 2B au début."),
    "siret": _("Un numéro SIRET a 14 chiffres."),
}
DOUBTS: dict[str, str | Promise] = {
    "rpps": _("La clé de ce numéro RPPS ne correspond pas : un chiffre est sans doute faux."),
    "finess": _("La clé de ce numéro FINESS ne correspond pas : un chiffre est sans doute faux."),
    "siret": _("La clé de ce numéro SIRET ne correspond pas : un chiffre est sans doute faux."),
}


def listed(kind: str) -> list[tuple[str, str]]:
    """A list of the law in the language of the page, with an empty choice first."""
    language = get_language() or "fr"
    return [("", "—"), *((name, entry.label.of(language)) for name, entry in entries(kind).items())]


class NumberField(forms.CharField):
    """RPPS, FINESS or SIRET: its shape is compulsory; a key that does not fit is said by `doubts`, never refused."""

    def __init__(self, *, check: str, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", check.upper())
        kwargs.setdefault(
            "widget", forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "w-medium"})
        )
        super().__init__(max_length=30, **kwargs)
        self.check = check

    def to_python(self, value: Any) -> str:
        return compact(super().to_python(value))

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and set(CHECKS[self.check](value)) - {KEY}:
            raise ValidationError(SHAPES[self.check], code="shape")


def doubts(form: forms.Form) -> list[str]:
    """What to look at again before writing; empty when nothing, or when it was confirmed, or nothing changed."""
    if form.data.get("confirmed"):
        return []
    said = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if isinstance(field, NumberField) and value and name in form.changed_data and CHECKS[field.check](value):
            said.append(str(DOUBTS[field.check]))
    return said
