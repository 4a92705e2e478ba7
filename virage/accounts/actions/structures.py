"""An administrator's own structure: who it is, and its teams. Every change is on the chain of the structure."""

from datetime import datetime
from typing import Any

from django.db import transaction

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership, Organisation, Sector, Team
from virage.accounts.roles import Permission
from virage.journal.entries import Actor, record

FACTS = frozenset({"name", "finess", "siret", "category", "sector", "region", "city", "phone"})
"""What a form may write of a structure."""


def note(
    verb: str, *, by: Actor, organisation: Organisation, at: datetime, data: dict[str, Any] | None = None
) -> None:
    """An entry on the chain of the structure: references and slugs, no names."""
    record(verb, by=by, at=at, subject_kind="organisation", subject_ref=organisation.ref, data=data)


def lock(organisation: Organisation) -> Organisation:
    """One change of a structure's people at a time: two administrators can't remove each other at once."""
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


@transaction.atomic
def edit_organisation(*, by: Membership, facts: dict[str, Any], at: datetime) -> Organisation:
    """Correct the structure's facts. Whether it is a public body decides which rights it may hand out: that stays."""
    require(by, Permission.MANAGE_ORGANISATION)
    if unknown := set(facts) - FACTS:
        raise ValueError(f"not facts of a structure: {sorted(unknown)}")
    row = lock(by.organisation)
    public = Sector.PUBLIC in (row.sector, facts.get("sector"))
    if public and any(facts.get(name, getattr(row, name)) != getattr(row, name) for name in ("sector", "category")):
        raise Refused("public_body_stays")
    changed = sorted(name for name, value in facts.items() if getattr(row, name) != value)
    if changed:
        for name in changed:
            setattr(row, name, facts[name])
        row.save(update_fields=changed)
        note("edit_organisation", by=by.actor, organisation=row, at=at, data={"changed": changed})
    return row


@transaction.atomic
def save_team(
    *, by: Membership, team: Team | None, name: str, specialty: str, members: list[Membership], at: datetime
) -> Team:
    """Create a team, or give it that name, that specialty and those members."""
    require(by, Permission.MANAGE_ORGANISATION)
    organisation = lock(by.organisation)
    if any(one.organisation_id != organisation.pk for one in (team, *members) if one):
        raise Refused("not_in_structure")
    if Team.objects.filter(organisation=organisation, name=name).exclude(pk=team.pk if team else None).exists():
        raise Refused("team_name_taken")
    row = team or Team(organisation=organisation, created_at=at)
    verb = "edit_team" if team else "create_team"
    row.name, row.specialty = name, specialty
    row.save()
    before = set(row.members.values_list("ref", flat=True))
    row.members.set(members)
    after = {one.ref for one in members}
    data = {"team": row.ref, "joined": sorted(after - before), "left": sorted(before - after)}
    note(verb, by=by.actor, organisation=organisation, at=at, data=data)
    return row
