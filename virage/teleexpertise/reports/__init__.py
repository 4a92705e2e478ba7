"""The signed report as it is read: one sheet of sections for the page, the PDF and the plain text."""

from virage.teleexpertise.reports.pdf import file_name, render
from virage.teleexpertise.reports.pieces import Block, Fact, Picture, Section, Sheet
from virage.teleexpertise.reports.sheet import sheet_of
from virage.teleexpertise.reports.text import as_text, text_of

__all__ = ["Block", "Fact", "Picture", "Section", "Sheet", "as_text", "file_name", "render", "sheet_of", "text_of"]
