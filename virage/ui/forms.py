"""How forms look everywhere, and the fields that the browsers' own get wrong.

`Renderer` is named by settings.FORM_RENDERER, so that every form of the project, also those of libraries, has
our fields: label, "(facultatif)" where nothing is compulsory, help under the label, error with icon and word.
"""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from virage.kernel import phones

OLDEST_BIRTH = date(1890, 1, 1)  # older than anyone alive: a typing error
_DATE = re.compile(r"(\d{1,2})[\s/.\-]+(\d{1,2})[\s/.\-]+(\d{4})|(\d{2})(\d{2})(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class Renderer(TemplatesSetting):
    """Our field and form templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


class FilterRenderer(TemplatesSetting):
    """Fields of a filter bar: label and control only."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/filter_field.html"


def read_date(text: str) -> date:
    """Read JJ/MM/AAAA (or with dots, dashes, spaces, nothing between; or ISO). ValueError if it is no date."""
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DATE.fullmatch(text):
        day, month, year = [group for group in match.groups() if group is not None]
    else:
        raise ValueError("not a date")
    return date(int(year), int(month), int(day))


class DateTextInput(forms.TextInput):
    """A text field: the browsers' date field follows its own language and hides the year."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", "class": "w-short", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        return value.strftime("%d/%m/%Y") if isinstance(value, date) else super().format_value(value)


class DateTextField(forms.Field):
    """A day as JJ/MM/AAAA. The form may set `earliest` and `latest` on its own copy, when it knows the day."""

    widget = DateTextInput
    default_error_messages = {
        "form": _("Écrivez la date comme 31/12/1940 : jour, mois, année."),
        "none": _("Ce jour n’existe pas. Vérifiez le jour et le mois."),
        "late": _("Cette date est trop tardive : elle doit être au plus tard le %(limit)s."),
        "early": _("Cette date est trop ancienne : elle doit être au plus tôt le %(limit)s."),
    }

    def __init__(self, *, earliest: date | None = None, latest: date | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Par exemple 31/12/1940"))
        super().__init__(**kwargs)
        self.earliest = earliest
        self.latest = latest

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        text = str(value).strip()
        if not (_DATE.fullmatch(text) or _ISO.fullmatch(text)):
            raise ValidationError(self.error_messages["form"], code="form")
        try:
            return read_date(text)
        except ValueError:
            raise ValidationError(self.error_messages["none"], code="none") from None

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if self.latest and value > self.latest:
            limit = {"limit": self.latest.strftime("%d/%m/%Y")}
            raise ValidationError(self.error_messages["late"], code="late", params=limit)
        if self.earliest and value < self.earliest:
            limit = {"limit": self.earliest.strftime("%d/%m/%Y")}
            raise ValidationError(self.error_messages["early"], code="early", params=limit)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True


class BirthDateField(DateTextField):
    """A birth date. Set `latest` to the day of the request: nobody is born tomorrow."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Date de naissance"))
        kwargs.setdefault("earliest", OLDEST_BIRTH)
        super().__init__(**kwargs)


class PhoneField(forms.CharField):
    """A telephone number, kept in E.164 and shown as in its country. The form may set `region` (INSEE, 2014): numbers
    typed without a country are read as that region's first."""

    default_error_messages = {
        "phone": _("Ce numéro ne peut pas être appelé. Écrivez-le en entier, par exemple 01 99 00 12 34 ou +32…"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Téléphone"))
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "tel", "autocomplete": "off", "class": "w-medium"}))
        super().__init__(max_length=30, **kwargs)
        self.region = ""

    def prepare_value(self, value: Any) -> Any:
        return phones.shown(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        try:
            return phones.read(text, self.region)
        except ValueError:
            raise ValidationError(self.error_messages["phone"], code="phone") from None


class FilterForm(forms.Form):
    """Filters of a list, in the address. Nothing is compulsory; a wrong value filters nothing."""

    default_renderer = FilterRenderer
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    @property
    def values(self) -> dict[str, Any]:
        """The filters in use, cleaned."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return {name: value for name, value in cleaned.items() if value not in (None, "", [], False)}

    @property
    def applied(self) -> int:
        return len(self.values)
