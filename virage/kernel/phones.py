"""Telephone numbers: read as people write them, kept in E.164, shown as in their country.

Overseas France has numbers of its own: "0692…" is Réunion's, not the mainland's. The reader's own zone is tried first.
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

ZONES = ("FR", "RE", "GP", "MQ", "GF", "YT", "PM", "NC", "PF", "WF")
FICTIONAL = "+3363998"  # kept by the regulator for fiction: in no table of numbers in use, and in ours for tests
OF_REGION = {"01": "GP", "02": "MQ", "03": "GF", "04": "RE", "06": "YT"}  # INSEE code of the region: its zone


def read(text: str, region: str = "") -> str:
    """E.164 of a number as typed ("06 39 98 01 23", "+33…"). `region`: INSEE code of 2014, whose numbers are tried
    first. ValueError when it is no number that can be called from abroad: short numbers are none."""
    first = OF_REGION.get(region, "FR")
    for zone in (first, *(other for other in ZONES if other != first)):
        try:
            number = phonenumbers.parse(text, zone)
        except NumberParseException:
            continue
        written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if not number.extension and (phonenumbers.is_valid_number(number) or _is_fictional(written)):
            return written
    raise ValueError("not a telephone number")


def shown(number: str) -> str:
    """A kept number as one dials it: in the national form in France, with the country elsewhere. What is not in
    E.164 (a row older than this rule) is shown as it stands."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    zone = phonenumbers.region_code_for_number(parsed)
    french = zone in ZONES or _is_fictional(number)
    form = PhoneNumberFormat.NATIONAL if french else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def takes_sms(number: str) -> bool:
    """Whether a kept number may be a mobile's: a code sent to any other would never come."""
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number, None))
    except NumberParseException:
        return False
    mobile = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return kind in mobile or _is_fictional(number)


def _is_fictional(number: str) -> bool:
    return number.startswith(FICTIONAL) and len(number) == 12
