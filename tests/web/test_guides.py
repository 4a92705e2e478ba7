"""The guides say what the pages say: links lead somewhere, pictures are there, the words of buttons are the pages' own."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.ground import ROOT

DOCS = ROOT / "docs"
GUIDES = sorted((DOCS / "how-to").glob("*.md"))
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\]\(([^)#\s]+)")
QUOTED = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
HEAVIEST = 200_000  # bytes of one picture


def msgids() -> set[str]:
    """Every French word of the pages: keys of the English catalogues."""
    found: set[str] = set()
    for path in (ROOT / "virage").glob("*/locale/en/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                found |= {message.id} if isinstance(message.id, str) else set(message.id)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_guide_is_in_the_index() -> None:
    listed = set(LINK.findall((DOCS / "index.md").read_text("utf-8")))
    assert {f"how-to/{guide.name}" for guide in GUIDES} <= listed


def test_every_picture_is_used_and_light() -> None:
    used = {Path(target).name for guide in GUIDES for target in LINK.findall(guide.read_text("utf-8"))}
    pictures = list((DOCS / "how-to" / "pictures").iterdir())
    assert {picture.name for picture in pictures} <= used
    assert all(picture.stat().st_size < HEAVIEST for picture in pictures)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_bold_words_are_those_of_the_pages(guide: Path) -> None:
    known = msgids()
    quoted = {re.sub(r"\s+", " ", words) for words in QUOTED.findall(guide.read_text("utf-8"))}
    assert quoted - known == set()
