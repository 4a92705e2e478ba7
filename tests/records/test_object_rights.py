"""Object rights as properties: between a person and a patient there is no path but a current row of the care team.

The rows are read here in plain Python, apart from the queries of the doors, so that one is the measure of the other.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from tests.pages.objects import PARTS, made, member
from tests.pages.table import ANSWERING_PAGES, ASKING_PAGES, CLOSING_PAGES, DOCUMENTS, PATIENTS, Page
from tests.pages.walk import Cast
from virage.accounts.models import Membership, Organisation, Team
from virage.accounts.roles import Permission
from virage.acts.access import acts_of
from virage.records.access import documents_of, identities_of, patients_of
from virage.records.models import CareReason, CareTeamMember, DataUse, Opposition, Patient
from virage.records.models.documents import Document
from virage.teleexpertise.access import decisions_of, inbox_of, requests_of, tasks_of, visible
from virage.teleexpertise.access.items import items_of
from virage.teleexpertise.models import Expertise

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAYS = st.integers(-3, 3)


def lets_in(row: CareTeamMember, by: Membership, at: datetime) -> bool:
    """Whether this row lets this person in now, by reading it."""
    if row.starts_at > at or (row.ends_at and row.ends_at <= at):
        return False
    own = row.user_id == by.user_id and row.acting_for_id in (None, by.organisation_id)
    party = (
        own or row.organisation_id == by.organisation_id or row.team_id in set(by.teams.values_list("pk", flat=True))
    )
    opposed = any(
        one.use == DataUse.EXCHANGE
        and one.ended_at is None
        and (one.user_id == by.user_id or one.organisation_id == by.organisation_id)
        for one in Opposition.objects.filter(patient=row.patient_id)
    )
    own_file = bool(row.user_id and row.scope and row.reason == CareReason.EXPERTISE)
    return party and (own_file or not opposed)


def rows_of(by: Membership, at: datetime) -> list[CareTeamMember]:
    if not by.may(Permission.SEE_PATIENTS):
        return []
    return [row for row in CareTeamMember.objects.all() if lets_in(row, by, at)]


def scatter(draw: st.DataObject) -> None:
    """Random rows and oppositions between random people of the demo world and random patients."""
    patients = list(Patient.objects.order_by("pk")[:8])
    people = [member(part) for part in PARTS]
    teams, houses = list(Team.objects.order_by("pk")), list(Organisation.objects.order_by("pk"))
    acts = list(Expertise.objects.select_related("act").order_by("pk")[:20])
    for _number in range(draw.draw(st.integers(0, 4))):
        kind = draw.draw(st.sampled_from(["user", "team", "organisation"]))
        who = draw.draw(st.sampled_from({"user": people, "team": teams, "organisation": houses}[kind]))
        starts = NOW + timedelta(days=draw.draw(DAYS))
        lasts = draw.draw(st.one_of(st.none(), st.integers(1, 4)))
        one = draw.draw(st.one_of(st.none(), st.sampled_from(acts)))
        CareTeamMember.objects.create(
            patient=one.act.patient if one else draw.draw(st.sampled_from(patients)),
            **{kind: who.user if kind == "user" else who},
            acting_for=draw.draw(st.sampled_from([None, who.organisation])) if kind == "user" else None,
            reason=draw.draw(st.sampled_from(CareReason.values)),
            scope=one.act.ref if one else "",
            scope_wound=one.wound if one else None,
            starts_at=starts,
            ends_at=starts + timedelta(days=lasts) if lasts else None,
            granted_by="essai",
        )
    for _number in range(draw.draw(st.integers(0, 2))):
        who = draw.draw(st.sampled_from(people))
        party = draw.draw(st.sampled_from([{"user": who.user}, {"organisation": who.organisation}]))
        Opposition.objects.get_or_create(
            patient=draw.draw(st.sampled_from(patients)),
            use=DataUse.EXCHANGE,
            ended_at=None,
            **({"user": None, "organisation": None} | party),
            defaults={"recorded_by": who, "created_at": NOW},
        )


def paths(by: Membership, at: datetime) -> Iterator[tuple[str, int, str]]:
    """Every object that a door gives: which door, whose patient, of which act (none: the whole record is needed)."""
    for patient in patients_of(by, at):
        yield "patients_of", patient.pk, ""
    for act in acts_of(by, at):
        yield "acts_of", act.patient_id, act.ref
    for name, rows in (("visible", visible), ("inbox_of", inbox_of), ("requests_of", requests_of)):
        for one in rows(by, at).select_related("act"):
            yield name, one.act.patient_id, one.act.ref
    for name, items in (("items_of", items_of), ("decisions_of", decisions_of), ("tasks_of", tasks_of)):
        for item in items(by, at):
            act = item.advice.expertise.act
            yield name, act.patient_id, act.ref


@trying(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(draw=st.data(), part=st.sampled_from(PARTS))
def test_whatever_a_door_gives_a_current_row_explains(db: None, draw: st.DataObject, part: str) -> None:
    scatter(draw)
    by = member(part)
    rows = rows_of(by, NOW)
    whole = {row.patient_id for row in rows if not row.scope}
    scopes = {(row.patient_id, row.scope) for row in rows if row.scope}
    assert {patient.pk for patient in patients_of(by, NOW)} == whole
    for door, patient, act in paths(by, NOW):
        assert patient in whole or (act and (patient, act) in scopes), (door, part)
    wounds = {row.scope_wound_id for row in rows if row.scope_wound_id}
    for document in documents_of(by, NOW):
        by_act = (document.patient_id, document.folder) in scopes
        assert document.patient_id in whole or by_act or document.wound_id in wounds


@trying(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(part=st.sampled_from(PARTS))
def test_once_the_rows_are_closed_no_path_remains(db: None, part: str) -> None:
    CareTeamMember.objects.filter(ends_at__isnull=True).update(ends_at=NOW)
    by = member(part)
    assert list(paths(by, NOW)) == []
    assert not documents_of(by, NOW).exists()
    assert not identities_of(by, NOW).exists()
    assert Document.objects.exists()
    assert Expertise.objects.exists()


ROOMS = (PATIENTS, DOCUMENTS, ASKING_PAGES, ANSWERING_PAGES, CLOSING_PAGES)
OWN = {"phrase"}  # what one wrote for oneself is no patient's
OBJECTS = [
    page for room in ROOMS for page in room if set(page.objects) - OWN and page.method == "GET" and not page.open
]
OVERSIGHT = {"privacy"}
"""Who may go on reading who read, and judging: never what was read."""


@pytest.fixture
def cast(settings: Any) -> Cast:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    return Cast()


def _address(page: Page) -> str:
    return reverse(page.name, args=[made(name) for name in page.objects])


@pytest.mark.parametrize("page", OBJECTS, ids=lambda page: f"{page.name}-{'-'.join(page.objects)}")
def test_no_address_leads_to_a_patient_once_the_rows_are_closed(db: None, cast: Cast, page: Page) -> None:
    """Whoever opens the page today finds nothing there once the care team's rows are closed."""
    seen = [part for status, parts in page.who.items() if status != 404 for part in parts.split()]
    seen = [part for part in seen if part not in OVERSIGHT]
    address = _address(page)
    CareTeamMember.objects.filter(ends_at__isnull=True).update(ends_at=timezone.now() - timedelta(seconds=1))
    CareTeamMember.objects.filter(ends_at__gt=timezone.now()).update(ends_at=timezone.now() - timedelta(seconds=1))
    for part in seen:
        assert cast.asks(part, "GET", address).status == 404, part
