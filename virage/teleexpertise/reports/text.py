"""The report as plain text, to be pasted into a practice's own software."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import override

from virage.acts.models import Report
from virage.teleexpertise.reports.pieces import Block, Section, Sheet
from virage.teleexpertise.reports.sheet import sheet_of


def as_text(report: Report, language: str) -> str:
    return text_of(sheet_of(report, language))


def text_of(sheet: Sheet) -> str:
    """Every section of the sheet; photographs by their captions."""
    with override(sheet.language):
        return "\n".join(_lines(sheet)).strip() + "\n"


def _lines(sheet: Sheet) -> Iterator[str]:
    yield f"{sheet.title.upper()} – {sheet.version}"
    if sheet.correction:
        yield _("Motif de la correction : %(reason)s") % {"reason": sheet.correction}
    for section in sheet.before:
        yield from _section(section)
    if sheet.pictures:
        yield from ("", _("Photographies").upper(), *(f"- {picture.caption}" for picture in sheet.pictures))
    for section in sheet.after:
        yield from _section(section)
    yield from ("", *sheet.signature)


def _section(section: Section) -> Iterator[str]:
    yield from ("", section.title.upper() + (f" ({section.cite})" if section.cite else ""))
    for block in filter(None, section.blocks):
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if block.title:
        yield _("%(title)s :") % {"title": block.title}
    yield from (_("%(label)s : %(value)s") % {"label": one.label, "value": one.value} for one in block.facts)
    yield from block.words
    yield from (f"- {point}" for point in block.points)
    yield from ("- " + " | ".join(cell.replace("\n", ", ") for cell in row if cell) for row in block.rows)
    if block.note:
        yield block.note
