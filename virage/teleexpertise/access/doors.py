"""Which téléexpertises a membership may see: the door to one, and the lists of each room."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.http import Http404

from virage.accounts.models import Membership, Team
from virage.accounts.roles import Permission, Role
from virage.records.access import care_rows, trace_read
from virage.records.models import Consent
from virage.teleexpertise.access.rights import is_doctor, pools_of
from virage.teleexpertise.models import Advice, Expertise, Item
from virage.teleexpertise.states import ACCEPTED, OPEN, PRESCRIBED, PROPOSED, SENT, TO_VALIDATE, WAITING


def visible(by: Membership, at: datetime) -> QuerySet[Expertise]:
    """Those of patients whose whole record is open, and those opened one by one; a draft only to its structure."""
    rows = care_rows(by, at)
    whole = rows.filter(scope="", patient=OuterRef("act__patient_id"))
    scoped = rows.filter(scope=OuterRef("act__ref"))
    ours = Q(act__requester_organisation=by.organisation_id) | Q(preparer__organisation=by.organisation_id)
    sent = Q(act__requested_at__isnull=False)
    return Expertise.objects.filter(Q(Exists(scoped)) | (Q(Exists(whole)) & (ours | sent)))


def expertise_for(by: Membership, ref: str, *, at: datetime) -> Expertise:
    """The téléexpertise of that reference, its reading traced; or 404."""
    rows = (
        visible(by, at)
        .annotate(stopped=stopped())
        .select_related("act__patient__residence", "wound", "assessment__version", "completion", "push__version")
    )
    expertise = rows.filter(act__ref=ref).first()
    if expertise is None:
        raise Http404
    _add_people(expertise)
    patient_ref = expertise.act.patient.ref
    trace_read(by, subject_kind="act", subject_ref=ref, patient_ref=patient_ref, at=at, purpose="teleexpertise")
    return expertise


def _add_people(expertise: Expertise) -> None:
    """Everyone whom the row names, in one statement: joining them all would cost more in planning than in reading."""
    act = expertise.act
    holders = (
        (act, ("requester", "performer")),
        (act.patient, ("attending_doctor",)),
        (expertise, ("preparer", "to_member")),
    )
    named = [(row, name) for row, names in holders for name in names]
    ids = {getattr(row, f"{name}_id") for row, name in named} - {None}
    people = Membership.objects.select_related("user", "organisation").in_bulk(ids)
    for row, name in named:
        setattr(row, name, people.get(getattr(row, f"{name}_id")))


def stopped() -> Case:
    """Of a request that waits for an answer: whether no consent to it is in force, so that none may be given."""
    in_force = Consent.objects.filter(subject=OuterRef("act__ref"), withdrawn_at__isnull=True)
    return Case(When(act__state__in=OPEN, then=~Exists(in_force)), default=False)


def listed(rows: QuerySet[Expertise]) -> QuerySet[Expertise]:
    """With what one line of a list shows."""
    return rows.annotate(stopped=stopped()).select_related(
        "act__patient",
        "act__requester__user",
        "act__requester_organisation",
        "act__performer__user",
        "wound",
        "to_team__organisation",
        "to_member__user",
    )


def detailed(rows: QuerySet[Expertise]) -> QuerySet[Expertise]:
    """With the rows that every page and verb looks at."""
    return rows.select_related(
        "act__patient__residence",
        "act__patient__attending_doctor__user",
        "act__requester__user",
        "act__requester_organisation",
        "act__performer__user",
        "act__performer__organisation",
        "act__project__programme",
        "wound",
        "assessment__version",
        "to_team__organisation",
        "to_member__user",
        "to_member__organisation",
        "preparer__user",
    )


def requests_of(by: Membership, at: datetime) -> QuerySet[Expertise]:
    """What this membership's structure asked or prepares, for patients it still cares for; the latest first."""
    rows = care_rows(by, at).filter(scope="", patient=OuterRef("act__patient_id"))
    ours = Q(act__requester_organisation=by.organisation_id) | Q(preparer__organisation=by.organisation_id)
    discarded = Q(act__closed_at__isnull=False, act__requested_at__isnull=True)
    return listed(Expertise.objects.filter(ours, Exists(rows)).exclude(discarded)).order_by("-act__created_at", "-pk")


def inbox_of(by: Membership, at: datetime) -> QuerySet[Expertise]:
    """What waits for an answer of this expert: addressed to her or to her pools, or accepted by her; by due time."""
    if not by.may(Permission.ANSWER_EXPERTISE):
        return listed(Expertise.objects.none())
    to_me = Q(to_member=by.pk) | Q(to_team__in=_ids(by.teams.all()))
    to_me &= ~Q(act__requester__user=by.user_id)  # nobody answers oneself
    mine = Q(act__state=SENT) & to_me | Q(act__state__in=(ACCEPTED, WAITING, TO_VALIDATE), act__performer=by.pk)
    return listed(_open().filter(mine, _opened(by, at))).order_by(F("due_at").asc(nulls_last=True), "pk")


def going_on(rows: QuerySet[Expertise]) -> QuerySet[Expertise]:
    """Without those that no longer have a consent: nobody's turn, but the requérant's to withdraw them."""
    return rows.exclude(stopped=True)


def to_validate(by: Membership, at: datetime) -> QuerySet[Expertise]:
    """Advice of article 51 nurses of this doctor's pools that waits for a doctor; the first to fall due first."""
    if not is_doctor(by) or not (by.may(Permission.VALIDATE_ADVICE) or by.may(Permission.ANSWER_EXPERTISE)):
        return listed(Expertise.objects.none())
    pools = _ids(pools_of(by))
    if not pools:
        return listed(Expertise.objects.none())
    colleagues = Team.members.rel.through.objects.filter(team__in=pools)
    in_pool = Q(to_team__in=pools) | Q(act__performer__in=colleagues.values("membership"))
    proposed = Advice.objects.filter(expertise=OuterRef("pk"), proposed_at__isnull=False, signed_at__isnull=True)
    # `validate_by` is set exactly while a proposal waits: its index spares a walk through all acts.
    waiting = Expertise.objects.filter(Exists(proposed), validate_by__isnull=False)
    rows = waiting.filter(in_pool, _opened(by, at)).exclude(act__performer=by.pk)
    return listed(rows).order_by(F("validate_by").asc(nulls_last=True), "pk")


def decisions_of(by: Membership, at: datetime) -> QuerySet[Item]:
    """Items of signed advice that this prescriber has to decide; the oldest first."""
    if not by.may(Permission.DECIDE_ITEM):
        return Item.objects.none()
    rows = care_rows(by, at)
    act = "advice__expertise__act"
    whole = rows.filter(scope="", patient=OuterRef(f"{act}__patient_id"))
    scoped = rows.filter(scope=OuterRef(f"{act}__ref"))
    named = Item.objects.filter(prescriber=by.pk, state=PROPOSED, advice__signed_at__isnull=False)
    return _with_act(named.filter(Q(Exists(whole)) | Q(Exists(scoped)))).order_by("advice__signed_at", "pk")


def tasks_of(by: Membership, at: datetime) -> QuerySet[Item]:
    """Prescribed items of the patients whom this membership cares for; the oldest decision first."""
    if not by.may(Permission.DO_TASK):
        return Item.objects.none()
    rows = care_rows(by, at).filter(scope="", patient=OuterRef("advice__expertise__act__patient_id"))
    return _with_act(Item.objects.filter(Exists(rows), state=PRESCRIBED)).order_by("decided_at", "pk")


def history_of(expertise: Expertise) -> QuerySet[Expertise]:
    """The téléexpertises on the same wound that were sent before this one (or before now for a draft), oldest first.
    Who may see this one may see them: the record was opened for the wound."""
    if expertise.wound_id is None:
        return Expertise.objects.none()
    rows = Expertise.objects.filter(wound=expertise.wound_id, act__requested_at__isnull=False).exclude(pk=expertise.pk)
    if expertise.act.requested_at:
        rows = rows.filter(act__requested_at__lt=expertise.act.requested_at)
    return rows.select_related("act", "assessment__version").order_by("act__requested_at")


def prescribers_of(expertise: Expertise, at: datetime) -> QuerySet[Membership]:
    """Who may be named to decide what the advice proposes: prescribers of the requérant's structure and of where
    the patient lives, and the médecin traitant."""
    act = expertise.act
    near = Q(organisation=act.requester_organisation_id) | Q(pk=act.patient.attending_doctor_id)
    if act.patient.residence_id:
        near |= Q(organisation=act.patient.residence_id)
    able = [role.value for role in (Role.DOCTOR, Role.COORDINATOR)]
    rows = Membership.objects.in_force(at.date()).filter(near, roles__overlap=able)
    return rows.select_related("user", "organisation").order_by("user__sort_name", "pk")


def _ids(teams: Iterable[Team]) -> list[int]:
    """Numbers rather than a subquery: the lists of an inbox then share one reading of the teams."""
    return [team.pk for team in teams]


def _opened(by: Membership, at: datetime) -> Exists:
    """Of a téléexpertise: whether it was opened to this membership. To be addressed is not enough: a patient may
    oppose the exchange, and a colleague's answer closes the pool."""
    return Exists(care_rows(by, at).filter(scope=OuterRef("act__ref")))


def _open() -> QuerySet[Expertise]:
    """Sent, not performed, not closed: the words of the partial index `act_open`."""
    return Expertise.objects.filter(
        act__requested_at__isnull=False, act__performed_at__isnull=True, act__closed_at__isnull=True
    )


def _with_act(items: QuerySet[Item]) -> QuerySet[Item]:
    return items.select_related(
        "advice__expertise__act__patient",
        "advice__expertise__wound",
        "advice__author__user",
        "prescriber__user",
        "decided_by__user",
        "done_by__user",
    )
