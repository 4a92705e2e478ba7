"""One line of the expert's inbox: what is read for it, and how that is said. An act's own page says some of it too."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from virage.accounts.models import Membership
from virage.kernel.names import patient_name, person_name
from virage.kernel.periods import whole_years
from virage.law import lists
from virage.records.rules import body
from virage.teleexpertise.models import Expertise, Form, Urgency
from virage.teleexpertise.states import ACCEPTED, ANSWERED, CLOSED, FINISHED, SENT, WAITING

QUESTION_LETTERS = 160


class Line(NamedTuple):
    """What is read for one line, and no more: a list costs little when nothing of it is made into objects."""

    ref: str
    state: str
    specialty: str
    performer: int | None
    requested_at: datetime | None
    performed_at: datetime | None
    form: str
    urgency: str
    due_at: datetime | None
    validate_by: datetime | None
    stopped: bool
    question: str | None
    used_name: str
    birth_name: str
    used_first_name: str
    first_name: str
    first_names: str
    birth_date: date
    asker_title: str
    asker_first_name: str
    asker_last_name: str
    asker_place: str
    wound: str | None
    site: str | None
    to_team: str | None
    to_title: str | None
    to_first_name: str | None
    to_last_name: str | None


_ACT = ("ref", "state", "specialty", "performer", "requested_at", "performed_at")
_NAMES = ("used_name", "birth_name", "used_first_name", "first_name", "first_names", "birth_date")
_PERSON = ("title", "first_name", "last_name")
COLUMNS = (
    *(f"act__{name}" for name in _ACT),
    *("form", "urgency", "due_at", "validate_by", "stopped", "question"),
    *(f"act__patient__{name}" for name in _NAMES),
    *(f"act__requester__user__{name}" for name in _PERSON),
    *("act__requester_organisation__name", "wound__name", "wound__site", "to_team__name"),
    *(f"to_member__user__{name}" for name in _PERSON),
)
"""Where the fields of a `Line` stand, in their order."""


@dataclass(frozen=True)
class Row:
    """One line of the inbox, in words. `kind` and `word` are those of its badge; `due` is for whoever reads it."""

    url: str
    title: str
    about: str
    question: str
    asked_by: str
    urgent: str
    kind: str
    word: str
    due: datetime | None
    late: bool
    requested_at: datetime | None
    performed_at: datetime | None


def row_of(line: Line, by: Membership, at: datetime) -> Row:
    """What a line says of this request to this person."""
    kind, word, due = _badge(line.state, line.performer == by.pk, line.validate_by, line.due_at, stopped=line.stopped)
    late = due is not None and due < at and kind == "todo"
    if late:
        kind, word = "late", _("En retard")
    given = line.used_first_name or line.first_name or line.first_names.split(" ")[0]
    name = patient_name(line.used_name or line.birth_name, given)
    question = line.question or ""
    if len(question) > QUESTION_LETTERS:
        question = Truncator(question).chars(QUESTION_LETTERS)
    return Row(
        url=reverse("teleexpertise:act", args=[line.ref]),
        title=f"{name}, {_years(line.birth_date, at)}",
        about=f"{_about(line.wound, line.site, line.specialty)} · {Form(line.form).label}",
        question=question,
        asked_by=_asked_by(line),
        urgent=str(Urgency.URGENT.label) if line.urgency == Urgency.URGENT and line.state not in FINISHED else "",
        kind=kind,
        word=word,
        due=due,
        late=late,
        requested_at=line.requested_at,
        performed_at=line.performed_at,
    )


def _years(birth_date: date, at: datetime) -> str:
    age = whole_years(birth_date, at.date())
    return ngettext("%(age)s an", "%(age)s ans", age) % {"age": age}


def _asked_by(line: Line) -> str:
    asker = person_name(line.asker_title, line.asker_first_name, line.asker_last_name)
    expert = person_name(line.to_title, line.to_first_name, line.to_last_name)
    whom = expert or line.to_team
    return f"{asker}, {line.asker_place} → {whom}" if whom else f"{asker}, {line.asker_place}"


def badge_of(expertise: Expertise, by: Membership) -> tuple[str, str, datetime | None]:
    """Kind and word of the state as this person sees it, and until when it is her turn."""
    act = expertise.act
    mine = act.performer_id == by.pk
    return _badge(act.state, mine, expertise.validate_by, expertise.due_at, stopped=expertise.stopped)


def _badge(
    state: str, mine: bool, validate_by: datetime | None, due_at: datetime | None, *, stopped: bool
) -> tuple[str, str, datetime | None]:
    if stopped:
        return "off", _("Consentement retiré"), None
    if validate_by:
        kind, word = ("wait", _("Attend la validation d’un médecin")) if mine else ("todo", _("À valider"))
        return kind, word, validate_by
    if state == SENT:
        return "todo", _("À accepter"), due_at
    if state == ACCEPTED:
        kind, word = ("todo", _("À répondre")) if mine else ("info", _("Acceptée"))
        return kind, word, due_at
    words = {
        WAITING: ("wait", _("Complément attendu")),
        ANSWERED: ("ok", _("Répondue")),
        CLOSED: ("off", _("Terminée")),
    }
    kind, word = words.get(state, ("off", _("Fermée")))
    return kind, word, None


def about_of(expertise: Expertise) -> str:
    """For what: the wound and where it is, or the specialty."""
    wound = expertise.wound
    return _about(wound.name if wound else None, wound.site if wound else None, expertise.act.specialty)


def _about(wound: str | None, site: str | None, specialty: str) -> str:
    language = get_language() or "fr"
    if wound is not None:
        return f"{wound} · {body.label(site or '', language)}"
    return lists.label("specialties", specialty).of(language)
