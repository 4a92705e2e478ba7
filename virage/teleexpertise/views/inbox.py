"""The expert's inbox: what waits for an answer, by when."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Case, F, Func, IntegerField, JSONField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from virage.accounts.access import require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.law import lists
from virage.records.models import Patient
from virage.teleexpertise import access
from virage.teleexpertise.forms.answer import InboxFilter
from virage.teleexpertise.models import Expertise, Urgency
from virage.teleexpertise.states import ACCEPTED, ANSWERED, CLOSED, FINISHED, SENT, TO_VALIDATE, WAITING
from virage.teleexpertise.views.door import acting

PAGE = 20
MOST_TO_VALIDATE = 5
QUESTION_LETTERS = 160
JOINED = ("act__patient", "act__requester__user", "act__requester_organisation", "wound", "to_team", "to_member__user")
PERSON = ("title", "first_name", "last_name")
COLUMNS = (
    *("form", "urgency", "due_at", "validate_by"),
    *(f"act__{name}" for name in ("ref", "state", "specialty", "performer", "requested_at", "performed_at")),
    *(f"act__patient__{name}" for name in ("birth_name", "first_names", "first_name", "birth_date")),
    *(f"act__patient__{name}" for name in ("used_name", "used_first_name")),
    *(f"act__requester__user__{name}" for name in PERSON),
    "act__requester_organisation__name",
    *("wound__name", "wound__site", "to_team__name"),
    *(f"to_member__user__{name}" for name in PERSON),
)
"""What a line shows: a list of twenty costs little when nothing else is fetched and made into objects."""
QUESTION = Func(
    F("assessment__answers"),
    template="""jsonb_path_query_first(%(expressions)s, '$.**?(@.linkId=="question").answer[0].valueString')""",
    output_field=JSONField(),
)
"""The words of the question, taken out by the database: forms are not read for a list."""


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
    stopped = When(stopped=True, then=Value(2))
    others = When(act__state__in=(WAITING, TO_VALIDATE), then=Value(1))
    turn = Case(stopped, others, default=Value(0), output_field=IntegerField())
    return rows.order_by(turn, F("due_at").asc(nulls_last=True), "pk")


def _slim(rows: QuerySet[Expertise]) -> QuerySet[Expertise]:
    return rows.select_related(None).select_related(*JOINED).only(*COLUMNS).annotate(question=QUESTION)


def row_of(expertise: Expertise, by: Membership, at: datetime) -> Row:
    """What a line says of this request to this person."""
    act = expertise.act
    kind, word, due = badge_of(expertise, by)
    late = due is not None and due < at and kind == "todo"
    if late:
        kind, word = "late", _("En retard")
    asked_by = f"{act.requester.user}, {act.requester_organisation.name}"
    whom = _whom(expertise)
    return Row(
        url=reverse("teleexpertise:act", args=[act.ref]),
        title=f"{act.patient.display_name}, {age_words(act.patient, at)}",
        about=f"{about_of(expertise)} · {expertise.get_form_display()}",
        question=Truncator(getattr(expertise, "question", None) or "").chars(QUESTION_LETTERS),
        asked_by=f"{asked_by} → {whom}" if whom else asked_by,
        urgent=str(Urgency.URGENT.label) if is_urgent(expertise) else "",
        kind=kind,
        word=word,
        due=due,
        late=late,
        requested_at=act.requested_at,
        performed_at=act.performed_at,
    )


def age_words(patient: Patient, at: datetime) -> str:
    age = patient.age(at.date())
    return ngettext("%(age)s an", "%(age)s ans", age) % {"age": age}


def _whom(expertise: Expertise) -> str:
    if expertise.to_member:
        return str(expertise.to_member.user)
    return expertise.to_team.name if expertise.to_team else ""


def badge_of(expertise: Expertise, by: Membership) -> tuple[str, str, datetime | None]:
    """Kind and word of the state as this person sees it, and until when it is her turn."""
    act = expertise.act
    if expertise.stopped:
        return "off", _("Consentement retiré"), None
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
