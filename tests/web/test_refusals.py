"""Every refusal is said in words: each code that the code raises has its sentence, in both languages."""

import re
from pathlib import Path

from django.utils import translation

import virage
from virage.teleexpertise.access import rights
from virage.web.refusals import WORDS, words

PACKAGE = Path(virage.__file__).parent
RAISED = re.compile(r"Refused\(\s*(.+?)\s*\)")
CONSTANT = re.compile(r"^(\w+) = \"(\w+)\"$", re.MULTILINE)


def raised() -> set[str]:
    """Codes written in the source: as text, or by the name of a constant of the same file or of `rights`."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        constants = dict(CONSTANT.findall(source))
        for words_of in RAISED.findall(source):
            found.update(re.findall(r'(?<!f)"(\w+)"', words_of))
            name = words_of.rsplit(".", 1)[-1]
            found.update(
                filter(None, [constants.get(name) or getattr(rights, name, None) if name.isupper() else None])
            )
    return found


def test_every_code_that_is_raised_has_words():
    assert len(raised()) > 30
    assert raised() - set(WORDS) == set()


def test_the_codes_of_rights_have_words():
    codes = {rights.ROLE, rights.SIDE, rights.CONSENT_WITHDRAWN, rights.NO_PROTOCOL, rights.MEMBERSHIP_ENDED}
    assert codes <= set(WORDS)


def test_they_are_said_in_the_reader_s_language():
    with translation.override("fr"):
        french = words("too_late_to_undo")
    with translation.override("en"):
        english = words("too_late_to_undo")
    assert french != english
    assert "_" not in french + english
