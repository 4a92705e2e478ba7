"""The expert's inbox: what waits for an answer, by when."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Case, F, Func, IntegerField, JSONField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from virage.accounts.access import require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.law import lists
from virage.teleexpertise import access
from virage.teleexpertise.forms.answer import InboxFilter
from virage.teleexpertise.models import Expertise, Urgency
from virage.teleexpertise.states import ACCEPTED, ANSWERED, CLOSED, FINISHED, SENT, TO_VALIDATE, WAITING
from virage.teleexpertise.views.door import acting

PAGE = 20
MOST_TO_VALIDATE = 5
QUESTION_LETTERS = 160
NEEDED = (
    "act__patient",
    "act__requester__user",
    "act__requester_organisation",
    "act__performer__user",
    "wound",
    "to_team",
    "to_member__user",
)
QUESTION = Func(
    F("assessment__answers"),
    template="""jsonb_path_query_first(%(expressions)s, '$.**?(@.linkId=="question").answer[0].valueString')""",
    output_field=JSONField(),
)
"""The words of the question, taken out by the database: forms are not read for a list."""


@dataclass(frozen=True)
class Row:
    """One line of the inbox. `kind` and `word` are those of its badge; `due` is for whoever reads it."""

    expertise: Expertise
    about: str
    question: str
    whom: str
    kind: str
    word: str
    due: datetime | None
    late: bool
    age: int


@acting
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Late ones on top; what waits for somebody else below."""
    by, at = request.membership, timezone.now()
    if not by.may(Permission.VALIDATE_ADVICE):
        require(by, Permission.ANSWER_EXPERTISE)
    form = InboxFilter(request.GET)
    which = form.values.get("which", "")
    page = Paginator(_slim(_in_turn(form.apply(by, at), which)), PAGE).get_page(request.GET.get("page"))
    first = not form.applied and page.number == 1
    to_validate = _slim(access.to_validate(by, at))[:MOST_TO_VALIDATE] if first else []
    context = {
        "filter": form,
        "page": page,
        "rows": [row_of(one, by, at) for one in page],
        "to_validate": [row_of(one, by, at) for one in to_validate],
    }
    return render(request, "teleexpertise/inbox.html", context)


def _in_turn(rows: QuerySet[Expertise], which: str) -> QuerySet[Expertise]:
    """By due time, but what waits for somebody else comes after."""
    if which in ("validate", "done"):
        return rows
    others = When(act__state__in=(WAITING, TO_VALIDATE), then=Value(1))
    turn = Case(others, default=Value(0), output_field=IntegerField())
    return rows.order_by(turn, F("due_at").asc(nulls_last=True), "pk")


def _slim(rows: QuerySet[Expertise]) -> QuerySet[Expertise]:
    """With what a line shows and nothing more: a form's definition is heavy."""
    return rows.select_related(None).select_related(*NEEDED).annotate(question=QUESTION)


def row_of(expertise: Expertise, by: Membership, at: datetime) -> Row:
    kind, word, due = badge_of(expertise, by)
    late = due is not None and due < at and kind == "todo"
    if late:
        kind, word = "late", _("En retard")
    return Row(
        expertise=expertise,
        about=about_of(expertise),
        question=Truncator(getattr(expertise, "question", None) or "").chars(QUESTION_LETTERS),
        whom=_whom(expertise),
        kind=kind,
        word=word,
        due=due,
        late=late,
        age=expertise.act.patient.age(at.date()),
    )


def _whom(expertise: Expertise) -> str:
    if expertise.to_member:
        return str(expertise.to_member.user)
    return expertise.to_team.name if expertise.to_team else ""


def badge_of(expertise: Expertise, by: Membership) -> tuple[str, str, datetime | None]:
    """Kind and word of the state as this person sees it, and until when it is her turn."""
    act = expertise.act
    if expertise.validate_by and act.performer_id != by.pk:
        return "todo", _("À valider"), expertise.validate_by
    if expertise.validate_by:
        return "wait", _("Attend la validation d’un médecin"), expertise.validate_by
    if act.state == SENT:
        return "todo", _("À accepter"), expertise.due_at
    if act.state == ACCEPTED and act.performer_id == by.pk:
        return "todo", _("À répondre"), expertise.due_at
    if act.state == ACCEPTED:
        return "info", _("Acceptée"), expertise.due_at
    words = {
        WAITING: ("wait", _("Complément attendu")),
        ANSWERED: ("ok", _("Répondue")),
        CLOSED: ("off", _("Terminée")),
    }
    kind, word = words.get(act.state, ("off", _("Fermée")))
    return kind, word, None


def about_of(expertise: Expertise) -> str:
    """For what: the wound and where it is, or the specialty."""
    if expertise.wound:
        return f"{expertise.wound.name} · {expertise.wound.site_label}"
    return lists.label("specialties", expertise.act.specialty).of(get_language() or "fr")


def is_urgent(expertise: Expertise) -> bool:
    return expertise.urgency == Urgency.URGENT and expertise.act.state not in FINISHED
