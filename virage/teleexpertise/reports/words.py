"""Words of a report: moments at the patient's place, names of lists. Called in the report's language."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from virage.law import lists
from virage.teleexpertise.reports.pieces import Fact


def moment(text: str, zone: str) -> str:
    """12 mars 2026 à 9:10 (heure de Paris, UTC+1): the hour of the patient's place, said as such."""
    if not text:
        return ""
    at = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    return _("%(day)s à %(time)s (heure de %(place)s, UTC%(offset)s)") % {
        "day": date_format(at.date(), "j F Y"),
        "time": f"{at:%H:%M}",
        "place": zone.rpartition("/")[2].replace("_", " "),
        "offset": _offset(at),
    }


def short(text: str, zone: str) -> str:
    """The same without the name of the place, where it was said above."""
    if not text:
        return ""
    at = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    words = {"day": date_format(at.date(), "j F Y"), "time": f"{at:%H:%M}"}
    return _("%(day)s à %(time)s") % words


def _offset(at: datetime) -> str:
    minutes = int((at.utcoffset() or at - at).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{hours}:{rest:02}" if rest else f"{sign}{hours}"


def day(text: str) -> str:
    return date_format(date.fromisoformat(text), "j F Y") if text else ""


def listed(kind: str, name: str, language: str) -> str:
    """A name of the law's lists, or nothing."""
    return lists.label(kind, name).of(language) if name else ""


def choice(choices: type[TextChoices], value: str) -> str:
    """The label of a value that may no longer be offered."""
    return str(choices(value).label) if value in choices.values else value


def facts(*pairs: tuple[str, Any]) -> tuple[Fact, ...]:
    """Those that have a value."""
    return tuple(Fact(label, str(value)) for label, value in pairs if value)
