"""What an administrator does with the people of the structure: change, suspend, resume, remove, authorise."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from virage.accounts.access import Refused, require
from virage.accounts.actions.invitations import Place, check_place
from virage.accounts.actions.security import tell
from virage.accounts.actions.sessions import end_all_sessions
from virage.accounts.actions.structures import lock, note
from virage.accounts.models import CooperationAuthorisation, Membership, User
from virage.accounts.roles import Permission, Role


@dataclass(frozen=True)
class Profession:
    """What a person is by profession, wherever he or she works."""

    profession: str = ""
    specialty: str = ""
    rpps: str = ""
    agreement_sector: str = ""


@transaction.atomic
def change_place(*, by: Membership, member: Membership, place: Place, at: datetime) -> Membership:
    """Other roles, teams, dates or employment. The last administrator stays one."""
    row = _held(by, member)
    check_place(place, row.organisation)
    if Role.ADMINISTRATOR not in place.roles or place.ends_on:
        _leave_an_administrator(row, at.date())
    before = {"roles": row.roles, "starts_on": row.starts_on, "ends_on": row.ends_on, "employment": row.employment}
    after = {name: getattr(place, name) for name in before} | {"roles": list(place.roles)}
    teams = {team.ref for team in place.teams}
    changed = sorted(name for name in before if before[name] != after[name])
    if teams != set(row.teams.values_list("ref", flat=True)):
        changed.append("teams")
    if not changed:
        return row
    for name, value in after.items():
        setattr(row, name, value)
    row.save(update_fields=list(after))
    row.teams.set(place.teams)
    _note("change_member", row, by=by, at=at, changed=changed, roles=row.roles)
    return row


@transaction.atomic
def suspend(*, by: Membership, member: Membership, at: datetime) -> None:
    """Nothing opens any more from the next request on; care teams and teams stay as they are, for the return."""
    row = _held(by, member)
    if row.user_id == by.user_id:
        raise Refused("oneself")
    _leave_an_administrator(row, at.date())
    if row.suspended_at is None:
        row.suspended_at = at
        row.save(update_fields=["suspended_at"])
        end_all_sessions(user=row.user, by=by.actor, at=at)
        _note("suspend_member", row, by=by, at=at)


@transaction.atomic
def resume(*, by: Membership, member: Membership, at: datetime) -> None:
    """Give back what the suspension had closed."""
    row = _held(by, member)
    if row.suspended_at is not None:
        row.suspended_at = None
        row.save(update_fields=["suspended_at"])
        _note("resume_member", row, by=by, at=at)


@transaction.atomic
def remove(*, by: Membership, member: Membership, ends_on: date, at: datetime) -> None:
    """End the membership on that day, which is no longer worked. What was done stays; the account stays."""
    row = _held(by, member)
    if ends_on <= row.starts_on:
        raise Refused("dates_in_order")
    _leave_an_administrator(row, at.date())
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    _note("remove_member", row, by=by, at=at, ends_on=ends_on.isoformat())


@transaction.atomic
def change_profession(*, by: Membership, member: Membership, facts: Profession, at: datetime) -> None:
    """Profession, specialty, RPPS, agreement sector. They hold in every structure: while the person works in another
    one too, no single administrator changes them, least of all the number by which he or she is recognised."""
    row = _held(by, member)
    user = User.objects.select_for_update().get(pk=row.user_id)
    if works_elsewhere(user, row.organisation_id, at.date()):
        raise Refused("works_elsewhere")
    if facts.rpps and facts.rpps != user.rpps and User.objects.filter(rpps=facts.rpps, is_active=True).exists():
        raise Refused("rpps_taken")
    changed = sorted(name for name, value in asdict(facts).items() if getattr(user, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(user, name, getattr(facts, name))
    user.save(update_fields=changed)
    _note("change_profession", row, by=by, at=at, changed=changed)
    if "rpps" in changed:  # whoever bears this number signs in as this person
        tell(user, "number_changed", at=at)


def works_elsewhere(user: User, organisation_id: int, on: date) -> bool:
    """Whether the person works, or will, in another structure than this one."""
    current = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    return user.memberships.filter(current).exclude(organisation=organisation_id).exists()


@transaction.atomic
def authorise(
    *,
    by: Membership,
    member: Membership,
    protocol: str,
    region: str,
    starts_on: date,
    ends_on: date | None,
    at: datetime,
) -> CooperationAuthorisation:
    """Note that an agency lets this person act under a cooperation protocol (article 51 HPST)."""
    row = _held(by, member)
    if row.ends_on and row.ends_on <= at.date():  # who has left is another structure's to authorise
        raise Refused("not_in_structure")
    if ends_on and ends_on <= starts_on:
        raise Refused("dates_in_order")
    same = CooperationAuthorisation.objects.filter(user=row.user_id, protocol=protocol, region=region)
    overlap = same.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on))
    if (overlap.filter(starts_on__lt=ends_on) if ends_on else overlap).exists():
        raise Refused("authorised_already")
    granted = CooperationAuthorisation.objects.create(
        user_id=row.user_id, protocol=protocol, region=region, starts_on=starts_on, ends_on=ends_on, created_at=at
    )
    _note("authorise", row, by=by, at=at, authorisation=granted.ref, protocol=protocol)
    return granted


@transaction.atomic
def end_authorisation(
    *, by: Membership, member: Membership, authorisation: CooperationAuthorisation, ends_on: date, at: datetime
) -> None:
    """The authorisation ends on that day. What was done under it stays."""
    row = _held(by, member)
    held = CooperationAuthorisation.objects.select_for_update().filter(pk=authorisation.pk, user=row.user_id).first()
    if held is None:
        raise Refused("not_in_structure")
    if ends_on <= held.starts_on:
        raise Refused("dates_in_order")
    held.ends_on = ends_on
    held.save(update_fields=["ends_on"])
    _note("end_authorisation", row, by=by, at=at, authorisation=held.ref, ends_on=ends_on.isoformat())


def _held(by: Membership, member: Membership) -> Membership:
    """The member of this administrator's structure, under lock, with the whole structure."""
    require(by, Permission.MANAGE_ORGANISATION)
    organisation = lock(by.organisation)
    row = Membership.objects.select_for_update(of=("self",)).select_related("user").filter(pk=member.pk).first()
    if row is None or row.organisation_id != organisation.pk:
        raise Refused("not_in_structure")
    row.organisation = organisation
    return row


def _leave_an_administrator(row: Membership, on: date) -> None:
    """Raise `Refused` if this is the last one who can run the structure."""
    if Role.ADMINISTRATOR not in row.roles:
        return
    others = Membership.objects.in_force(on).filter(
        organisation=row.organisation_id, roles__contains=["administrator"]
    )
    if not others.exclude(pk=row.pk).filter(ends_on__isnull=True).exists():
        raise Refused("last_administrator")


def _note(verb: str, row: Membership, *, by: Membership, at: datetime, **data: object) -> None:
    note(verb, by=by.actor, organisation=row.organisation, at=at, data={"membership": row.ref, **data})
