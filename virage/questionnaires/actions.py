"""What is done with forms. The act that holds a response checks the right before it calls these."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language

from virage.questionnaires.models import QuestionnaireVersion, Response
from virage.questionnaires.reports.words import problem_lines, value_words
from virage.questionnaires.rules.definition import Answers, Form
from virage.questionnaires.rules.parsing import parse
from virage.questionnaires.rules.posting import answers_from_post, initial_answers, same_answers
from virage.questionnaires.rules.responses import to_response
from virage.questionnaires.rules.scoring import Settled, plain, settle
from virage.questionnaires.rules.validation import Problem, validate
from virage.questionnaires.rules.values import Value

LIBRARY = Path(__file__).parent / "library"


class Frozen(Exception):  # noqa: N818 (a refusal, said to the user)
    """A published form or a completed response was to be changed."""


class Conflict(Exception):  # noqa: N818 (a refusal, said to the user)
    """Someone else (or another tab) saved a later revision."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"revision {revision} is there already")
        self.revision = revision


class Invalid(Exception):  # noqa: N818 (a refusal, said to the user)
    """A response can't be completed yet."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True)
class Saved:
    """What a draft has become: problems are said, never refused."""

    revision: int
    problems: tuple[Problem, ...]
    enabled: frozenset[str]
    values: Mapping[str, Value]


@transaction.atomic
def load_library(at: datetime) -> tuple[str, ...]:
    """Publish the shipped forms that are not there yet; returns their `url|version`. Safe to run twice."""
    added = []
    for path in sorted(LIBRARY.glob("*.json")):
        definition = json.loads(path.read_text(encoding="utf-8"))
        if publish(definition=definition, at=at):
            added.append(f"{definition['url']}|{definition['version']}")
    return tuple(added)


@transaction.atomic
def publish(*, definition: Mapping[str, Any], at: datetime) -> bool:
    """Publish a form; False when it is there already. Raises Frozen when another text bears the same version."""
    form = parse(definition)
    row, created = QuestionnaireVersion.objects.get_or_create(
        url=form.url,
        version=form.version,
        defaults={"title": form.title.fr, "definition": definition, "published_at": at},
    )
    if row.definition != definition:
        raise Frozen(f"{form.canonical} is published with another text: give the new one a higher version")
    return created


def start(
    *,
    version: QuestionnaireVersion,
    author_id: int,
    author_label: str,
    at: datetime,
    based_on: Response | None = None,
) -> Response:
    """A new draft, empty or with the answers that an earlier response gave to the same questions."""
    response = blank(version=version, author_id=author_id, author_label=author_label, at=at, based_on=based_on)
    response.save()
    return response


def blank(
    *,
    version: QuestionnaireVersion,
    author_id: int,
    author_label: str,
    at: datetime,
    based_on: Response | None = None,
) -> Response:
    """What `start` would keep, not kept: to show a page without writing anything."""
    form = version.form
    answers = initial_answers(form)
    if based_on is not None:
        answers |= {key: found for key, found in based_on.values().items() if _carries_over(form, based_on.form, key)}
    settled = settle(form, answers)
    return Response(
        version=version,
        author_id=author_id,
        author_label=author_label,
        created_at=at,
        updated_at=at,
        answers=to_response(form, settled.answers, completed=False, authored=at),
        scores=_scores(settled),
    )


def _carries_over(form: Form, earlier: Form, key: str) -> bool:
    link_id = key.rsplit("/", 1)[-1].split(":", 1)[0]
    here, there = form.index.get(link_id), earlier.index.get(link_id)
    if here is None or there is None or here.type != there.type:
        return False
    rows = [[group.link_id for group in one.ancestors(link_id) if group.row_group] for one in (form, earlier)]
    return rows[0] == rows[1] and here.row_group == there.row_group


@transaction.atomic
def save_answers(
    *, response: Response, posted: Mapping[str, Sequence[str]], at: datetime, revision: int | None = None
) -> Saved:
    """Keep a draft as it is typed. Raises Frozen when it is completed, Conflict when `revision` is an old one."""
    current = Response.objects.select_for_update().get(pk=response.pk)
    if current.completed_at is not None:
        raise Frozen("a completed response is never edited")
    form, before = response.form, current.values()
    given = {key: found for key, found in before.items() if _kept_from_page(form, key)}
    settled = settle(form, given | answers_from_post(form, posted))
    problems = validate(form, settled.answers, final=False, on=_day(at))
    if not same_answers(settled.answers, before):
        if revision is not None and revision != current.revision:
            raise Conflict(current.revision)
        current.answers = to_response(form, settled.answers, completed=False, authored=at)
        current.scores = _scores(settled)
        current.revision += 1
        current.updated_at = at
        current.save(update_fields=["answers", "scores", "revision", "updated_at"])
    _mirror(current, response)
    return Saved(current.revision, problems, settled.enabled, settled.values)


def _kept_from_page(form: Form, key: str) -> bool:
    """Read-only answers come from the draft itself, not from the page."""
    item = form.index.get(key.rsplit("/", 1)[-1])
    return item is not None and item.read_only and not item.calculated


def save_posted(response: Response, data: QueryDict, at: datetime) -> tuple[dict[str, Any], int]:
    """Autosave for a page: (body, status) to be sent as JSON. 409 when another tab has saved, 423 when completed."""
    typed = data.get("revision", "")
    revision = int(typed) if typed.isdecimal() and len(typed) < 10 else None
    try:
        saved = save_answers(response=response, posted=dict(data.lists()), at=at, revision=revision)
    except Conflict as conflict:
        return {"conflict": True, "revision": conflict.revision}, 409
    except Frozen:
        return {"completed": True}, 423
    language = get_language() or "fr"
    form = response.form
    return {
        "saved_at": at.isoformat(timespec="seconds"),
        "saved_time": at.astimezone(get_current_timezone()).strftime("%H:%M"),
        "revision": saved.revision,
        "problems": problem_lines(form, saved.problems, language),
        "enabled": sorted(saved.enabled),
        "values": {key: value_words(form, key, value, language) for key, value in saved.values.items()},
    }, 200


@transaction.atomic
def complete(*, response: Response, at: datetime) -> Response:
    """Make the answers final. Raises Invalid with what is missing or wrong, Frozen when they are final already."""
    current = Response.objects.select_for_update().get(pk=response.pk)
    if current.completed_at is not None:
        raise Frozen("a completed response is never edited")
    form = response.form
    settled = settle(form, _without_empty_rows(current.values()))
    problems = tuple(
        problem for problem in validate(form, settled.answers, final=True, on=_day(at)) if not problem.warning
    )
    if problems:
        raise Invalid(problems)
    current.answers = to_response(form, settled.answers, completed=True, authored=at)
    current.scores = _scores(settled)
    current.revision += 1
    current.updated_at = current.completed_at = at
    current.save(update_fields=["answers", "scores", "revision", "updated_at", "completed_at"])
    _mirror(current, response)
    return response


def _without_empty_rows(answers: Answers) -> dict[str, tuple[Value, ...]]:
    """Rows of repeated groups in which nothing was answered are dropped."""
    filled = {key for key in answers if ":" not in key.rsplit("/", 1)[-1]}
    return {
        key: found
        for key, found in answers.items()
        if key in filled or any(name.startswith(f"{key}/") for name in filled)
    }


def _mirror(current: Response, response: Response) -> None:
    """The caller's object shows what was written."""
    for field in ("answers", "scores", "revision", "updated_at", "completed_at"):
        setattr(response, field, getattr(current, field))


def _scores(settled: Settled) -> dict[str, Any]:
    return {key: plain(value) for key, value in settled.values.items()}


def _day(at: datetime) -> date:
    """The day it is where the page is read."""
    return at.astimezone(get_current_timezone()).date()
