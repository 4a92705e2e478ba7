"""Answers as they are read: sections of lines for a page, a report or plain text."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext, override

from virage.questionnaires.models import QuestionnaireVersion, Response
from virage.questionnaires.reports.words import value_words
from virage.questionnaires.rules.definition import Answers, Form, Item, rows
from virage.questionnaires.rules.enabling import enabled
from virage.questionnaires.rules.posting import same_answers


@dataclass(frozen=True)
class Line:
    key: str
    label: str
    values: tuple[str, ...]
    calculated: bool = False

    @property
    def text(self) -> str:
        return " ; ".join(self.values)


@dataclass(frozen=True)
class Section:
    """The answers of one group; answers outside any group stand in a section without title."""

    title: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def latest(name: str) -> QuestionnaireVersion:
    """The published version to use today of a form named as its file (`plaie-evaluation`)."""
    found = QuestionnaireVersion.objects.filter(url__endswith=f"/{name}", published_at__isnull=False)
    versions = sorted(found, key=lambda row: [int(part) if part.isdecimal() else 0 for part in row.version.split(".")])
    if not versions:
        raise QuestionnaireVersion.DoesNotExist(f"questionnaire {name!r} is not published")
    return versions[-1]


def sections(response: Response, language: str) -> tuple[Section, ...]:
    """What was answered, group by group, without what was left empty or not asked. Sources of scales are kept."""
    form, answers = response.form, response.values()
    found: list[Section] = []
    _read(form, form.items, "", "", answers, enabled(form, answers), language, found)
    return tuple(section for section in found if section.lines)


def _read(
    form: Form,
    items: tuple[Item, ...],
    prefix: str,
    title: str,
    answers: Answers,
    asked: frozenset[str],
    language: str,
    found: list[Section],
) -> None:
    """Append the section of these items, then those of the groups among them."""
    lines: list[Line] = []
    place = len(found)
    for item in items:
        key = prefix + item.link_id
        if key not in asked or item.hidden:
            continue
        label = item.text.say(language)
        if item.row_group:
            for rank, row in enumerate(rows(key, answers), 1):
                _read(form, item.children, f"{key}:{row}/", f"{label} {rank}", answers, asked, language, found)
        elif item.type == "group":
            _read(form, item.children, prefix, label, answers, asked, language, found)
        elif answers.get(key):
            values = tuple(value_words(form, key, value, language, unit=True) for value in answers[key])
            lines.append(Line(key, label, values, bool(item.calculated)))
    notes = tuple(
        item.text.say(language) for item in items if item.type == "display" and prefix + item.link_id in asked
    )
    found.insert(place, Section(title, tuple(lines), notes))


def changes(response: Response, earlier: Response, language: str) -> tuple[Section, ...]:
    """What a response says otherwise than an earlier one to the same form; an answer taken out is said as such."""
    now, before = response.values(), earlier.values()
    differing = {key for key in {*now, *before} if not same_answers(_only(now, key), _only(before, key))}
    found = [_kept(section, differing) for section in sections(response, language)]
    with override(language):
        gone = (gettext("réponse retirée"),)
    told = {line.key for section in found for line in section.lines}
    for section in sections(earlier, language):
        lost = tuple(replace(line, values=gone) for line in section.lines if line.key in differing - told - {*now})
        place = next((rank for rank, one in enumerate(found) if one.title == section.title), None)
        if place is None:
            found.append(replace(section, lines=lost))
        else:
            found[place] = replace(found[place], lines=found[place].lines + lost)
    return tuple(section for section in found if section.lines)


def _only(answers: Answers, key: str) -> Answers:
    return {key: answers[key]} if key in answers else {}


def _kept(section: Section, keys: set[str]) -> Section:
    return replace(section, lines=tuple(line for line in section.lines if line.key in keys))


def as_text(response: Response, language: str) -> str:
    """The answers as plain text, to be copied into another software."""
    blocks = []
    for section in sections(response, language):
        heading = [section.title.upper()] if section.title else []
        blocks.append("\n".join([*heading, *(f"{line.label} : {line.text}" for line in section.lines)]))
    return "\n\n".join(blocks)
