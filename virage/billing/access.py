"""Who sees which lines: the requis his or her own, the agency its region's, the payer those to pay."""

from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.http import Http404

from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.acts.access import is_involved
from virage.acts.models import Act
from virage.billing.models import Line, LineState
from virage.journal.entries import record

RELATED = ("act", "performer__user", "payee_member__user", "payee_organisation")


class Sight(StrEnum):
    """In what quality a line is seen. Only the payer sees `payer_data`; only the agency needs the pseudonym."""

    OWN = "own"
    REGION = "region"
    PAYER = "payer"


def must(by: Membership | None, permission: Permission) -> Membership:
    """The membership, or 404: to whoever may not see them, lines do not exist."""
    if by is None or not by.may(permission):
        raise Http404
    return by


def _lines() -> QuerySet[Line]:
    return Line.objects.select_related(*RELATED).order_by("-performed_on", "-id")


def own_lines(by: Membership) -> QuerySet[Line]:
    """Lines of the acts that this person performed in this structure, under any of their memberships there."""
    if not by.may(Permission.SEE_OWN_LINES):
        return Line.objects.none()
    mine = Membership.objects.filter(user=by.user_id, organisation=by.organisation_id).values_list("pk", flat=True)
    return _lines().filter(performer__in=list(mine)).defer("verdict", "payer_data")


def region_lines(by: Membership) -> QuerySet[Line]:
    """Lines of the officer's own region."""
    if not by.may(Permission.SEE_REGION_LINES):
        return Line.objects.none()
    return _lines().filter(region=by.organisation.region).defer("verdict", "payer_data")


def payer_lines(by: Membership) -> QuerySet[Line]:
    """Lines that are due: those of the payer's region, or all for a national fund (an organisation of no region)."""
    if not by.may(Permission.PAY_LINES):
        return Line.objects.none()
    lines = _lines().filter(state=LineState.DUE).defer("verdict")
    return lines.filter(region=by.organisation.region) if by.organisation.region else lines


def line_for(by: Membership, ref: str, *, at: datetime) -> tuple[Line, Sight]:
    """The line of that reference, and in what quality it is seen; or 404. Each opening by a payer is traced."""
    for sight, lines in ((Sight.OWN, own_lines), (Sight.REGION, region_lines), (Sight.PAYER, payer_lines)):
        line = lines(by).defer(None).select_related(*RELATED, "act__patient").filter(ref=ref).first()
        if line is None:
            continue
        if sight == Sight.PAYER:
            _trace(by, line, at)
        return line, sight
    raise Http404


def _trace(by: Membership, line: Line, at: datetime) -> None:
    """On the patient's chain: the patient can see who read his or her number, and when."""
    record(
        "read",
        by=by.actor,
        at=at,
        subject_kind="line",
        subject_ref=line.ref,
        patient_ref=line.act.patient.ref,
        data={"purpose": "payment"},
    )


def act_for_line(by: Membership, ref: str, *, at: datetime) -> Act:
    """The act whose line may be shown to this person: whoever takes part in it; or 404."""
    act = Act.objects.select_related("performer__user", "patient").filter(ref=ref).first()
    if act is None or not is_involved(by, act, at):
        raise Http404
    return act


def may_see_amount(by: Membership, line: Line) -> bool:
    """The amount is for who is paid, or whose employer is."""
    return line.performer.user_id == by.user_id
