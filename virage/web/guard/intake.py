"""What no page of ours takes: signs that no keyboard makes and no database stores, questions without end."""

from collections.abc import Iterable, Mapping

LONGEST_QUERY = 4_000  # characters of all that stands after the "?"
LONGEST_COOKIE = 4_000  # characters of one cookie, as browsers keep them
BREAKS = str.maketrans("", "", "\t\r\n")


def refuses_question(query: str, values: Iterable[str]) -> bool:
    """What stands after the "?": one line, of printable signs, of a length that a page of ours can have written."""
    return len(query) > LONGEST_QUERY or any(_unprintable(value.translate(BREAKS)) for value in values)


def refuses_form(values: Iterable[str]) -> bool:
    """Fields of a form. A text pasted from elsewhere may hold odd signs, and what was typed is not lost for them;
    only what the database can't store is refused here: fields of forms say so themselves, beside the field."""
    return any("\x00" in value or not _is_text(value) for value in values)


def refuses_cookies(cookies: Mapping[str, str]) -> bool:
    return any(len(value) > LONGEST_COOKIE or _unprintable(value) for value in cookies.values())


def _unprintable(value: str) -> bool:
    return any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in value) or not _is_text(value)


def _is_text(value: str) -> bool:
    """Half of a pair of UTF-16 is no text: it can't be written anywhere."""
    return not any(0xD800 <= ord(sign) <= 0xDFFF for sign in value)
