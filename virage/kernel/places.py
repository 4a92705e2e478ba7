"""The legal date of an act is that of the place where the patient is: zones of the French départements."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = "Europe/Paris"
# Départements and communities overseas, by the code that starts their postcodes.
OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/Guadeloupe",
    "978": "America/Guadeloupe",
}


def zone_of(departement: str) -> ZoneInfo:
    """The time zone of a département; Paris for all that are not overseas."""
    return ZoneInfo(OVERSEAS.get(departement, PARIS))


def legal_date(at: datetime, departement: str = "") -> date:
    """The day that the calendar shows at that instant in the département. ValueError for a naive instant."""
    if at.tzinfo is None:
        raise ValueError("an instant has a zone")
    return at.astimezone(zone_of(departement)).date()
