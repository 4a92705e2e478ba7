"""From a signed content to sections of words in one language. Nothing is added to what was signed but labels."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from virage.acts.models import Report
from virage.teleexpertise.reports import formal, medical
from virage.teleexpertise.reports.pieces import Section, Sheet, Source, source_of


def sheet_of(report: Report, language: str) -> Sheet:
    """The report in French or English: what a reader wants first, then what the law wants besides."""
    with override(language):
        return _sheet(source_of(report, language))


def _sheet(source: Source) -> Sheet:
    content = source.content
    return Sheet(
        title=_("Compte rendu de téléexpertise"),
        language=source.language,
        reference=content["act"],
        version=_("version %(number)s") % {"number": source.report.version},
        correction=content.get("correction_reason", ""),
        before=_kept(
            formal.patient(source),
            formal.act(source),
            medical.request(source),
            medical.advice(source),
            medical.items(source),
        ),
        pictures=medical.pictures(source),
        after=_kept(
            medical.files(source),
            medical.assessment(source),
            medical.completion(source),
            medical.push(source),
            medical.thread(source),
            formal.consent(source),
            formal.people(source),
            formal.incidents(source),
            formal.basis(source),
        ),
        signature=formal.signature(source),
    )


def _kept(*sections: Section) -> tuple[Section, ...]:
    """Those that say something."""
    return tuple(section for section in sections if any(section.blocks))
