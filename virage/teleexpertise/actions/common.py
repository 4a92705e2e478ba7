"""What all verbs begin and end with."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.acts.models import Act
from virage.acts.record import time_zone
from virage.journal.entries import Actor, lock_patient, record
from virage.journal.moves import Overtaken, move
from virage.kernel.workflow import NotPossible
from virage.notifications.actions import Recipient, post_all
from virage.records.access import close_scope, open_record, opposed_places, unopposed
from virage.records.models import CareReason
from virage.teleexpertise.access import rights
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.states import WORKFLOW

TEXT_NEEDED = "text_needed"
OPPOSED = "patient_opposes"


def begin(verb: str, *, by: Membership, expertise: Expertise, at: datetime) -> None:
    """Lock, look again at what the caller saw, and check the right.

    Raises `Overtaken` when somebody acted since, `NotPossible` when the verb has no place in this state, `Refused`.
    """
    refresh(verb, expertise)
    reason = rights.why_not(by, expertise, verb, at)
    if reason == rights.STATE:
        raise NotPossible(WORKFLOW.name, expertise.act.state, verb)
    if reason:
        raise Refused(reason)


def refresh(verb: str, expertise: Expertise) -> None:
    """Take the patient's lock, then bring the caller's object up to date; `Overtaken` when its state has changed."""
    lock_patient(expertise.act.patient.ref)
    fresh = Expertise.objects.select_related("act").get(pk=expertise.pk)
    if fresh.act.state != expertise.act.state:
        raise Overtaken(verb, fresh.act.state)
    for row, found in ((expertise, fresh), (expertise.act, fresh.act)):
        for field in row._meta.concrete_fields:
            setattr(row, field.attname, getattr(found, field.attname))
    if verb in rights.NEW:
        expertise.act.patient.refresh_from_db(fields=["deceased_on"])


def step(
    verb: str, *, by: Actor, expertise: Expertise, at: datetime, data: dict[str, Any] | None = None, **changes: Any
) -> None:
    """Move the act's state, with `changes` to other columns of the act."""
    act = expertise.act
    move(act, verb, workflow=WORKFLOW, by=by, at=at, patient_ref=act.patient.ref, data=data, **changes)


def keep(expertise: Expertise, **changes: Any) -> None:
    """Write columns of the detail table."""
    for name, value in changes.items():
        setattr(expertise, name, value)
    expertise.save(update_fields=list(changes))


def trace(verb: str, *, by: Actor, expertise: Expertise, at: datetime, data: dict[str, Any] | None = None) -> None:
    """An entry for a verb that moves no state. References and codes only."""
    act = expertise.act
    record(verb, by=by, at=at, subject_kind="act", subject_ref=act.ref, patient_ref=act.patient.ref, data=data)


def legal_day(act: Act, at: datetime) -> date:
    """The day of the act's law: that of the patient's place."""
    return at.astimezone(time_zone(act)).date()


def text_of(words: str) -> str:
    """The words without blanks around; `Refused` when there are none."""
    if not words.strip():
        raise Refused(TEXT_NEEDED)
    return words.strip()


def experts(expertise: Expertise, at: datetime) -> list[Membership]:
    """Those to whom the request is addressed, who are there and may answer; never the one who asks."""
    if expertise.to_member:
        found = [expertise.to_member]
    elif expertise.to_team:
        there = expertise.to_team.members.in_force(at.date()).select_related("user", "organisation")
        found = list(unopposed(expertise.act.patient, there))
    else:
        found = []
    able = [who for who in found if rights.in_force(who, at) and who.may(Permission.ANSWER_EXPERTISE)]
    return [who for who in able if who.user_id != expertise.act.requester.user_id]


def opposed(expertise: Expertise) -> bool:
    """Whether the patient opposes the exchange with the expert, or with the pool's structure. Of a pool, a person whom
    the patient opposes is left out (`experts`); the others answer."""
    patient = expertise.act.patient
    if expertise.to_member_id:
        return not unopposed(patient, Membership.objects.filter(pk=expertise.to_member_id)).exists()
    return (
        bool(expertise.to_team)
        and opposed_places(patient).filter(organisation=expertise.to_team.organisation_id).exists()
    )


def doctors_of_pools(expertise: Expertise, at: datetime) -> list[Membership]:
    """Doctors who may validate the advice of this performer."""
    performer = expertise.act.performer
    if performer is None:
        return []
    pools = {team.pk for team in rights.pools_of(performer)} | {expertise.to_team_id}
    rows = Membership.objects.in_force(at.date()).filter(teams__in=pools - {None}).exclude(pk=performer.pk)
    found = rows.select_related("user", "organisation").distinct()
    able = (Permission.VALIDATE_ADVICE, Permission.ANSWER_EXPERTISE)
    return [who for who in found if rights.is_doctor(who) and any(who.may(one) for one in able)]


def tell(
    template: str,
    members: Iterable[Membership],
    *,
    expertise: Expertise,
    at: datetime,
    but: Membership | None = None,
) -> None:
    """Post a message with a link to each of these people, once for this moment; not to `but`, who acts."""
    ref = expertise.act.ref
    people = {who.user_id: who.user for who in members if who.user.is_active}
    if but:
        people.pop(but.user_id, None)
    post_all(
        template,
        [
            Recipient(user.email, user.language, once=f"{template}:{ref}:{user.pk}:{at.timestamp():.0f}")
            for user in people.values()
        ],
        link=reverse("teleexpertise:act", args=[ref]),
        subject_kind="act",
        subject_ref=ref,
        at=at,
    )


def asking_side(expertise: Expertise) -> list[Membership]:
    """Who is told on the requérant's side: the one who asked, and the one who prepared."""
    return [who for who in (expertise.act.requester, expertise.preparer) if who]


def open_to_addressee(expertise: Expertise, *, by: Membership, at: datetime) -> None:
    """Open what the act holds, and its wound, to the addressee and to nobody else."""
    party = {"team_id": expertise.to_team_id} if expertise.to_team_id else {"user_id": expertise.to_member.user_id}
    open_scope(expertise, reason=CareReason.EXPERTISE, by=by.actor.label, at=at, **party)


def open_scope(expertise: Expertise, *, reason: CareReason, by: str, at: datetime, **party: int) -> None:
    """Let a party (user_id or team_id) into this act."""
    open_record(
        expertise.act.patient,
        reason=reason,
        at=at,
        by=by,
        scope=expertise.act.ref,
        scope_wound_id=expertise.wound_id,
        **party,
    )


def close_scopes(expertise: Expertise, *, at: datetime, but: Iterable[Membership | None] = ()) -> None:
    """End what the act had opened, but for those who keep it as their own record (R. 6316-4)."""
    close_scope(expertise.act.ref, at=at, but=tuple(who.user_id for who in but if who))


def close_pools(expertise: Expertise, *, at: datetime) -> None:
    """End what was open to pools: to all who might accept, or to the doctors who were to validate."""
    close_scope(expertise.act.ref, at=at, teams_only=True)
