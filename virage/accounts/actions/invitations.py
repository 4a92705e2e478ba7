"""Invite someone to a structure, send the link again, take it back, accept it."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from virage.accounts.access import Refused, require
from virage.accounts.actions.structures import lock, note
from virage.accounts.models import Employment, Invitation, Membership, Organisation, Team, User
from virage.accounts.roles import PASSING, Permission, assignable
from virage.journal.entries import PLATFORM, Actor
from virage.notifications.actions import post
from virage.notifications.models import Message
from virage.notifications.rules.letters import SECRET_PLACE

LASTS = timedelta(days=7)
"""How long a link opens (project default); the message says so too."""

MOST_SENDINGS = 10
"""How often one invitation may be sent (project default): nobody is flooded."""


@dataclass(frozen=True)
class Place:
    """What one is to be in a structure: roles, teams, from when to when."""

    roles: tuple[str, ...]
    starts_on: date
    ends_on: date | None = None
    employment: str = Employment.SALARIED
    teams: tuple[Team, ...] = ()


@dataclass(frozen=True)
class Person:
    """With whom an account is opened, if there is none for this address yet."""

    email: str
    first_name: str
    last_name: str
    title: str = ""
    profession: str = ""
    specialty: str = ""
    rpps: str = ""
    agreement_sector: str = ""


def check_place(place: Place, organisation: Organisation) -> None:
    """Raise `Refused` for roles that this structure cannot give, and dates or teams that cannot be."""
    allowed = {role.value for role in assignable(organisation.category)}
    if not place.roles or not set(place.roles) <= allowed:
        raise Refused("role_not_given_here")
    if PASSING & set(place.roles) and place.ends_on is None:
        raise Refused("end_date_needed")
    if place.ends_on and place.ends_on <= place.starts_on:
        raise Refused("dates_in_order")
    if any(team.organisation_id != organisation.pk for team in place.teams):
        raise Refused("not_in_structure")


@transaction.atomic
def invite(*, by: Membership, person: Person, place: Place, language: str, at: datetime) -> Invitation:
    """Send a link to this address. One open invitation of one address at a time."""
    require(by, Permission.MANAGE_ORGANISATION)
    return _invite(by.actor, by.organisation, person, place, language=language, at=at, invited_by=by)


@transaction.atomic
def open_structure(*, facts: dict[str, str], person: Person, place: Place, language: str, at: datetime) -> Invitation:
    """A new structure and the invitation of its first administrator: by the operator, from the command line."""
    organisation = Organisation.objects.create(created_at=at, **facts)
    note("open_structure", by=PLATFORM, organisation=organisation, at=at)
    return _invite(PLATFORM, organisation, person, place, language=language, at=at)


def _invite(
    actor: Actor,
    organisation: Organisation,
    person: Person,
    place: Place,
    *,
    language: str,
    at: datetime,
    invited_by: Membership | None = None,
) -> Invitation:
    organisation = lock(organisation)
    check_place(place, organisation)
    email = person.email.strip().lower()
    _check_free(organisation, email, at.date())
    invitation = Invitation(
        organisation=organisation,
        invited_by=invited_by,
        language=language,
        created_at=at,
        **(asdict(person) | {"email": email}),
        roles=list(place.roles),
        employment=place.employment,
        starts_on=place.starts_on,
        ends_on=place.ends_on,
    )
    _send(invitation, at=at)
    invitation.teams.set(place.teams)
    data = {"invitation": invitation.ref, "roles": invitation.roles}
    note("invite", by=actor, organisation=organisation, at=at, data=data)
    return invitation


def _check_free(organisation: Organisation, email: str, on: date) -> None:
    there = Membership.objects.filter(organisation=organisation, user__email__iexact=email)
    if there.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).exists():
        raise Refused("already_member")
    if Invitation.objects.open().filter(organisation=organisation, email__iexact=email).exists():
        raise Refused("already_invited")


def _send(invitation: Invitation, *, at: datetime) -> None:
    """A new link; the one before opens nothing any more."""
    message = post(
        "invitation",
        address=invitation.email,
        language=invitation.language,
        link=f"/compte/invitation/{SECRET_PLACE}/",
        subject_kind="invitation",
        subject_ref=invitation.ref,
        once=f"invitation:{invitation.ref}:{invitation.sendings}",
        at=at,
    )
    if not isinstance(message, Message):
        raise TypeError("this invitation was sent under this number already")
    invitation.token_hash, invitation.sent_at, invitation.expires_at = _digest(message.secret), at, at + LASTS
    invitation.save()


@transaction.atomic
def resend(*, by: Membership, invitation: Invitation, at: datetime) -> None:
    """Send a new link, which lasts its full time; the former ones end."""
    row = _held(by, invitation)
    if row.sendings >= MOST_SENDINGS:
        raise Refused("sent_too_often")
    row.sendings += 1
    _send(row, at=at)
    note("resend_invitation", by=by.actor, organisation=row.organisation, at=at, data={"invitation": row.ref})


@transaction.atomic
def revoke(*, by: Membership, invitation: Invitation, at: datetime) -> None:
    """Take the invitation back: its link opens nothing any more."""
    row = _held(by, invitation)
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    note("revoke_invitation", by=by.actor, organisation=row.organisation, at=at, data={"invitation": row.ref})


def _held(by: Membership, invitation: Invitation) -> Invitation:
    """The open invitation of this administrator's structure, under lock."""
    require(by, Permission.MANAGE_ORGANISATION)
    rows = Invitation.objects.open().select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(pk=invitation.pk, organisation=by.organisation_id).first()
    if row is None:
        raise Refused("invitation_over")
    return row


def find_invitation(token: str, *, at: datetime) -> Invitation | None:
    """The invitation that this link opens; None for a wrong, used, ended or revoked one alike."""
    row = Invitation.objects.select_related("organisation").filter(token_hash=_digest(token)).first()
    return row if row and row.holds(at) else None


@transaction.atomic
def accept(*, invitation: Invitation, user: User, at: datetime) -> Membership:
    """Someone who has an account takes the place, signed in as the one who was invited."""
    row = _taken(invitation, at=at)
    if user.email.lower() != row.email.lower() or not user.is_active:
        raise Refused("invitation_for_someone_else")
    return _settle(row, user, at=at)


@transaction.atomic
def open_account(*, invitation: Invitation, password: str | None, language: str, at: datetime) -> User:
    """Open the account of the one who was invited, and give the place. Without a password: one who signs in through
    a provider of identity."""
    row = _taken(invitation, at=at)
    if User.objects.filter(email__iexact=row.email).exists():
        raise Refused("account_exists")
    if row.rpps and User.objects.filter(rpps=row.rpps, is_active=True).exists():  # since the invitation left
        raise Refused("rpps_taken")
    facts: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("title", "first_name", "last_name", "profession", "specialty", "rpps", "agreement_sector")
    }
    user = User.objects.create_user(row.email, password, language=language, created_at=at, **facts)
    _settle(row, user, at=at)
    return user


def _taken(invitation: Invitation, *, at: datetime) -> Invitation:
    """The invitation under lock: of two presses at the same moment, the second finds it over."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(pk=invitation.pk, token_hash=invitation.token_hash).first()
    if row is None or not row.holds(at):
        raise Refused("invitation_over")
    return row


def _settle(invitation: Invitation, user: User, *, at: datetime) -> Membership:
    organisation = lock(invitation.organisation)
    current = Q(ends_on__isnull=True) | Q(ends_on__gt=at.date())
    if Membership.objects.filter(current, organisation=organisation, user=user).exists():
        raise Refused("already_member")
    membership = Membership.objects.create(
        user=user,
        organisation=organisation,
        roles=invitation.roles,
        employment=invitation.employment,
        starts_on=invitation.starts_on,
        ends_on=invitation.ends_on,
        created_at=at,
    )
    membership.teams.set(invitation.teams.all())
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    data = {"invitation": invitation.ref, "membership": membership.ref, "roles": membership.roles}
    note("accept_invitation", by=membership.actor, organisation=organisation, at=at, data=data)
    return membership


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
