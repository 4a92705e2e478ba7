"""What a report is made of, whatever it becomes: a page, a PDF, plain text."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from virage.acts.models import Report
from virage.law.record import required_items
from virage.records.models.documents import Document
from virage.teleexpertise.rules import drawing

MEDICAL = ("request", "advice", "items")


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class Block:
    """A part of a section: facts, then words, then points, then a table, then a remark in small letters."""

    title: str = ""
    facts: tuple[Fact, ...] = ()
    words: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each row with the header of each of its cells, for tables that become cards."""
        return [list(zip(self.header, row, strict=True)) for row in self.rows]

    def __bool__(self) -> bool:
        return bool(self.facts or self.words or self.points or self.rows)


@dataclass(frozen=True)
class Section:
    """`cite`: the article that asks for it. Empty blocks are left out."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    cite: str = ""


@dataclass(frozen=True)
class Picture:
    """A photograph of the request with what was drawn over it; `document` is None when its row is gone."""

    document: Document | None
    caption: str
    alt: str
    shapes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def marks(self) -> SafeString:
        """The drawing as SVG, to stand in a frame of the picture's size."""
        width, height = (self.document.width or 0, self.document.height or 0) if self.document else (0, 0)
        return mark_safe(drawing.marks(self.shapes, width, height))  # noqa: S308 (numbers, fixed colours, escaped text)


@dataclass(frozen=True)
class Sheet:
    """The whole report. `before` and `after`: the sections on either side of the photographs. A page may show the
    `medical` ones first and fold the `formal` ones."""

    title: str
    language: str
    reference: str
    version: str
    correction: str
    before: tuple[Section, ...]
    pictures: tuple[Picture, ...]
    after: tuple[Section, ...]
    signature: tuple[str, ...]

    @property
    def medical(self) -> tuple[Section, ...]:
        return tuple(section for section in self.before if section.key in MEDICAL)

    @property
    def formal(self) -> tuple[Section, ...]:
        return tuple(section for section in self.before + self.after if section.key not in MEDICAL)


@dataclass(frozen=True)
class Source:
    """What the sections are made from: the signed content, and the day by whose text it is read."""

    report: Report
    language: str
    documents: dict[str, Document]

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = self.report.content
        return found

    @property
    def on(self) -> date:
        """The legal day of the act."""
        return date.fromisoformat(self.content["performed_on"])

    def cite(self, *codes: str) -> str:
        """The articles that ask for these items of the record, by the text in force on the act's day."""
        found = {item.code: item.citation.section for item in required_items(self.on)}
        named = list(dict.fromkeys(found[code] for code in codes if code in found))
        return _("CSP, art. %(articles)s") % {"articles": " ; ".join(named)} if named else ""


def source_of(report: Report, language: str) -> Source:
    refs = [row["document"] for row in report.content.get("pictures", ())]
    return Source(report, language, {row.ref: row for row in _documents(refs)})


def _documents(refs: list[str]) -> QuerySet[Document]:
    return Document.objects.filter(ref__in=refs)
