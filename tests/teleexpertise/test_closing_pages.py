"""After the answer: the asking side says it has read and what the patient was told; incidents are written down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.teleexpertise.signed import address, client_of, corrected, press, signed
from tests.teleexpertise.world import World
from virage.acts.models import Incident

pytestmark = pytest.mark.django_db

TOLD = "Nouveau pansement, décharge du talon."


@pytest.fixture
def world() -> World:
    return World(timezone.now() - timedelta(hours=2))


@pytest.mark.parametrize("who", ["nurse", "colleague", "doctor"])
def test_the_asking_side_acknowledges(world: World, who: str) -> None:
    report = signed(world)
    client = client_of(getattr(world, who))
    assert 'name="told_patient"' in client.get(address("report", report.ref)).content.decode()
    answer = press(client, address("acknowledge", report.act.ref), told_patient=TOLD)
    assert answer.headers["Location"] == address("report", report.ref)
    report.act.refresh_from_db()
    assert report.act.state == "closed"
    assert report.act.expertise.__class__.objects.get(act=report.act).told_patient == TOLD
    page = client.get(address("report", report.ref)).content.decode()
    assert TOLD in page
    assert 'name="told_patient"' not in page


@pytest.mark.parametrize(("who", "status"), [("dermatologist", 403), ("attending", 403), ("stranger", 404)])
def test_nobody_else_acknowledges(world: World, who: str, status: int) -> None:
    report = signed(world)
    client = client_of(getattr(world, who))
    assert press(client, address("acknowledge", report.act.ref), told_patient=TOLD).status_code == status
    report.act.refresh_from_db()
    assert report.act.state == "answered"


def test_without_words_nothing_is_closed_and_the_form_comes_back(world: World) -> None:
    report = signed(world)
    answer = press(client_of(world.nurse), address("acknowledge", report.act.ref), told_patient="  ")
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    report.act.refresh_from_db()
    assert report.act.state == "answered"


def test_a_second_press_by_a_colleague_is_told(world: World) -> None:
    report = signed(world)
    press(client_of(world.nurse), address("acknowledge", report.act.ref), told_patient=TOLD)
    answer = press(client_of(world.colleague), address("acknowledge", report.act.ref), told_patient="Autre chose")
    assert answer.status_code == 409


def test_a_double_click_acknowledges_once(world: World) -> None:
    report = signed(world)
    client = client_of(world.nurse)
    fields = {"once": "une-seule-fois", "told_patient": TOLD}
    first = client.post(address("acknowledge", report.act.ref), fields)
    second = client.post(address("acknowledge", report.act.ref), fields)
    assert first.headers["Location"] == second.headers["Location"]


def test_a_correction_is_to_be_read_again_on_its_own_page(world: World) -> None:
    first = signed(world)
    client = client_of(world.nurse)
    press(client, address("acknowledge", first.act.ref), told_patient=TOLD)
    second = corrected(world, first, timezone.now())
    assert 'name="told_patient"' not in client.get(address("report", first.ref)).content.decode()
    assert 'name="told_patient"' in client.get(address("report", second.ref)).content.decode()


@pytest.mark.parametrize("who", ["nurse", "dermatologist", "attending"])
def test_whoever_takes_part_writes_down_an_incident(world: World, who: str) -> None:
    report = signed(world)
    local = timezone.localtime(timezone.now() - timedelta(hours=1))
    answer = press(
        client_of(getattr(world, who)),
        address("incident", report.act.ref),
        day=f"{local:%d/%m/%Y}",
        hour=f"{local:%H:%M}",
        description="Réseau coupé",
    )
    assert answer.headers["Location"] == address("report", report.ref)
    incident = Incident.objects.get(act=report.act)
    assert incident.description == "Réseau coupé"
    assert timezone.localtime(incident.occurred_at) == local.replace(second=0, microsecond=0)


def test_a_stranger_writes_down_nothing(world: World) -> None:
    report = signed(world)
    where = address("incident", report.act.ref)
    assert client_of(world.stranger).get(where).status_code == 404
    assert press(client_of(world.stranger), where, description="Non").status_code == 404
    assert not Incident.objects.filter(act=report.act).exists()


@pytest.mark.parametrize("fields", [{"hour": "25:99"}, {"description": " "}, {"day": "31/02/2026"}, {"ahead": "1"}])
def test_a_wrong_incident_comes_back_with_what_was_typed(world: World, fields: dict[str, str]) -> None:
    report = signed(world)
    local = timezone.localtime(timezone.now())
    later = local + timedelta(days=1)
    typed = {"day": f"{local:%d/%m/%Y}", "hour": "00:00", "description": "Photographie illisible"}
    typed |= {"day": f"{later:%d/%m/%Y}"} if "ahead" in fields else fields
    answer = press(client_of(world.nurse), address("incident", report.act.ref), **typed)
    assert answer.status_code == 422
    assert typed["day"] in answer.content.decode()
    assert not Incident.objects.filter(act=report.act).exists()
