"""The home page answers three questions: what is late, what waits for me, what can I start."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.law.lists import label
from virage.records.models import EmergencyAccess
from virage.records.reports.duplicates import Case, to_confirm
from virage.records.reports.emergency import to_review
from virage.teleexpertise import access
from virage.teleexpertise.models import Expertise, Item
from virage.teleexpertise.states import ACCEPTED, ANSWERED, DECLINED, OPEN, PREPARED, SENT, TO_VALIDATE, WAITING

SHOWN = 6
TO_DO = {
    ANSWERED: _("Réponse à lire"),
    DECLINED: _("Revenue : à renvoyer"),
    PREPARED: _("Préparée, à envoyer"),
    WAITING: _("Complément demandé"),
    SENT: _("À accepter"),
    ACCEPTED: _("Avis à écrire"),
    TO_VALIDATE: _("Avis à valider"),
}
STOPPED = _("Consentement retiré")
OPENING = _("Accès en urgence à examiner")
MERGE = _("Fusion de deux dossiers à confirmer")
STARTS = (
    (
        Permission.PREPARE_REQUEST,
        "teleexpertise:new",
        _("Demander un avis"),
        _("Sur une plaie, ou à une autre spécialité."),
        "send",
    ),
    (
        Permission.SEE_IDENTITY,
        "patients",
        _("Ouvrir un dossier"),
        _("Les patients que vous suivez."),
        "people",
    ),
    (
        Permission.SEE_OWN_LINES,
        "billing:own",
        _("Voir mes lignes"),
        _("Ce qui est dû, et par quel texte."),
        "currency-euro",
    ),
    (
        Permission.SEE_REGION_STATE,
        "activity:state",
        _("État mensuel de la région"),
        _("Actes, patients, professionnels, sommes."),
        "bar-chart",
    ),
    (
        Permission.SEE_REGION_LINES,
        "billing:region",
        _("Lignes de la région"),
        _("Sous pseudonyme, avec leurs motifs."),
        "currency-euro",
    ),
    (
        Permission.PAY_LINES,
        "billing:payer",
        _("Lignes à payer"),
        _("Avec ce qu’il faut pour payer."),
        "cash-coin",
    ),
    (
        Permission.SEE_ALL_STATES,
        "activity:states",
        _("États de toutes les régions"),
        _("Les 26 régions de 2014, mois par mois."),
        "bar-chart",
    ),
    (
        Permission.MANAGE_ORGANISATION,
        "accounts:members",
        _("Les personnes de ma structure"),
        _("Qui y travaille, dans quel rôle."),
        "person-badge",
    ),
    (
        Permission.READ_JOURNAL,
        "records:readings",
        _("Qui a consulté quoi"),
        _("Les lectures des dossiers de la structure."),
        "eye",
    ),
)


@dataclass(frozen=True)
class Row:
    """One thing to do: where it leads, whose it is, what it is about, and by when."""

    url: str
    title: str
    note: str
    due: datetime | None = None
    status: str = ""


@dataclass(frozen=True)
class Start:
    url: str
    title: str
    note: str
    icon: str


@dataclass
class Home:
    late: list[Row] = field(default_factory=list)
    todo: list[Row] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.late or self.todo or self.waiting)


def home_of(by: Membership, at: datetime) -> Home:
    """What this membership's roles put on its home page."""
    home = Home(starts=_starts(by))
    if by.may(Permission.ANSWER_EXPERTISE):
        _add(home, access.going_on(access.inbox_of(by, at)), by, at)
    if by.may(Permission.VALIDATE_ADVICE) or by.may(Permission.ANSWER_EXPERTISE):
        _add(home, access.going_on(access.to_validate(by, at)), by, at)
    if by.may(Permission.PREPARE_REQUEST):
        _add_requests(home, access.requests_of(by, at))
    if by.may(Permission.READ_JOURNAL):
        home.todo += [_opening(one) for one in to_review(by, at)[:SHOWN]]
    if by.may(Permission.MERGE_PATIENTS):
        home.todo += [_merge(case) for case in to_confirm(by, at)[:SHOWN]]
    if by.may(Permission.DECIDE_ITEM):
        home.todo += _items(access.decisions_of(by, at), "teleexpertise:decisions", _("Proposition à décider"))
    if by.may(Permission.DO_TASK):
        home.todo += _items(access.tasks_of(by, at), "teleexpertise:tasks", _("Soin à faire"))
    return home


def _row(expertise: Expertise, due: datetime | None, *, place: bool = False) -> Row:
    act = expertise.act
    about = str(
        expertise.wound
        or label("specialties", act.specialty).of(get_language() or "fr")
        or expertise.get_form_display()
    )
    return Row(
        url=reverse("teleexpertise:act", args=[act.ref]),
        title=act.patient.display_name,
        note=f"{about} · {act.requester_organisation.name}" if place else about,
        due=due,
        status=str(STOPPED if expertise.stopped else TO_DO.get(act.state, "")),
    )


def _add(home: Home, expertises: QuerySet[Expertise], by: Membership, at: datetime) -> None:
    """What an expert has to answer or a doctor to validate; what she asked of others is another's turn."""
    for expertise in expertises[:SHOWN]:
        due = expertise.validate_by or expertise.due_at
        theirs = expertise.act.state == TO_VALIDATE and expertise.act.performer_id == by.pk
        if expertise.act.state == WAITING or theirs:
            home.waiting.append(replace(_row(expertise, None, place=True), status=""))
        else:
            late = due is not None and due < at
            (home.late if late else home.todo).append(_row(expertise, due, place=True))


def _add_requests(home: Home, expertises: QuerySet[Expertise]) -> None:
    """What comes back to the one who asked, and what is still out, the first to come first."""
    back = expertises.filter(Q(act__state__in=(ANSWERED, DECLINED, PREPARED, WAITING)) | Q(stopped=True))
    home.todo += [_row(expertise, None) for expertise in back[:SHOWN]]
    out = access.going_on(expertises).filter(act__state__in=OPEN).exclude(act__state=WAITING).order_by("due_at", "pk")
    home.waiting += [replace(_row(expertise, expertise.due_at), status="") for expertise in out[:SHOWN]]


def _opening(opening: EmergencyAccess) -> Row:
    url = reverse("records:emergency_review", args=[opening.ref])
    note = f"{OPENING} · {opening.opened_by.user.get_full_name()}"
    return Row(url=url, title=opening.patient.display_name, note=note)


def _merge(case: Case) -> Row:
    url = reverse("records:duplicate", args=[case.pair.ref])
    who = case.pair.proposed_by.user.get_full_name()
    return Row(url=url, title=case.mine.display_name, note=f"{MERGE} · {who}")


def _items(items: Iterable[Item], name: str, note: object) -> list[Row]:
    url = reverse(name)
    return [
        Row(url=url, title=item.advice.expertise.act.patient.display_name, note=f"{note} · {item.get_kind_display()}")
        for item in list(items)[:SHOWN]
    ]


def _starts(by: Membership) -> list[Start]:
    return [
        Start(reverse(name), str(title), str(note), icon)
        for permission, name, title, note, icon in STARTS
        if by.may(permission)
    ]
