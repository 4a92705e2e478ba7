"""The report as PDF/A-3a and PDF/UA-1: the same sheet, with the photographs and what was drawn over them."""

import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override

from virage.acts.models import Report
from virage.records import storage
from virage.records.models.documents import Document, DocumentState, Rendition
from virage.teleexpertise.reports.pieces import Picture, Section, Sheet
from virage.teleexpertise.reports.sheet import sheet_of
from virage.teleexpertise.rules import drawing
from virage.ui.typst import compile_pdf

TEMPLATE = Path(__file__).parent.parent / "templates" / "teleexpertise" / "report" / "report.typ"

logger = logging.getLogger(__name__)


def render(report: Report, language: str = "fr") -> bytes:
    """The PDF. A photograph that can no longer be read is said in its place, never left out in silence."""
    sheet = sheet_of(report, language)
    found: dict[str, bytes] = {}
    with override(language):
        data = _data(sheet, report, [_printed(number, one, found) for number, one in enumerate(sheet.pictures, 1)])
    return compile_pdf(TEMPLATE, data, found)


def file_name(report: Report) -> str:
    """Without a name of person: it ends in folders of downloads."""
    return f"compte-rendu-{report.signed_at:%Y-%m-%d}-v{report.version}.pdf"


def _data(sheet: Sheet, report: Report, pictures: list[dict[str, Any]]) -> dict[str, Any]:
    signed = report.signed_at.astimezone(ZoneInfo(report.content["time_zone"]))
    return {
        "lang": sheet.language,
        "title": sheet.title,
        "subject": f"{sheet.reference}, {sheet.version}",
        "date": [signed.year, signed.month, signed.day],
        "footer": f"Virage · {sheet.title} · {sheet.reference} · {sheet.version}",
        "version": sheet.version[:1].upper() + sheet.version[1:],
        "correction": [_("Motif de la correction"), sheet.correction] if sheet.correction else [],
        "before": [_section(one) for one in sheet.before],
        "pictures_title": _("Photographies"),
        "pictures": pictures,
        "after": [_section(one) for one in sheet.after],
        "signature_title": _("Signature"),
        "signature": list(sheet.signature),
    }


def _section(section: Section) -> dict[str, Any]:
    blocks = [asdict(block) for block in section.blocks if block]
    return {"key": section.key, "title": section.title, "cite": section.cite, "blocks": blocks}


def _printed(number: int, picture: Picture, found: dict[str, bytes]) -> dict[str, Any]:
    """One figure; its files go to `found`."""
    content = _bytes(picture.document)
    if content is None or picture.document is None:
        return {
            "file": "",
            "marks": "",
            "caption": picture.caption,
            "alt": _("Cette photographie ne peut plus être lue."),
        }
    name, marks = f"picture-{number}.jpg", ""
    found[name] = content
    if picture.shapes:
        marks = f"picture-{number}.svg"
        size = (picture.document.width or 0, picture.document.height or 0)
        found[marks] = drawing.svg(picture.shapes, *size).encode()
    return {"file": name, "marks": marks, "caption": picture.caption, "alt": picture.alt}


def _bytes(document: Document | None) -> bytes | None:
    if document is None or document.state != DocumentState.READY:
        return None
    try:
        return storage.vault().read_all(document.file(Rendition.VIEW))
    except storage.StorageError:
        logger.exception("document %s can't be printed", document.ref)
        return None
