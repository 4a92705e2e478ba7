"""What advice proposes: the named prescriber decides, the nurses of the care team do it, each can take it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.teleexpertise.signed import address, client_of, press, signed
from tests.teleexpertise.world import World
from virage.teleexpertise.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World(timezone.now() - timedelta(hours=2))


def item_of(world: World) -> Item:
    return signed(world).advice.items.get()


def test_the_prescriber_sees_what_waits_and_nobody_else_does(world: World) -> None:
    item = item_of(world)
    assert item.text in client_of(world.doctor).get(address("decisions")).content.decode()
    assert item.text not in client_of(world.attending).get(address("decisions")).content.decode()
    for who in (world.nurse, world.dermatologist, world.stranger):
        assert client_of(who).get(address("decisions")).status_code == 403


def test_prescribed_it_becomes_a_task_that_a_nurse_does(world: World) -> None:
    item = item_of(world)
    assert item.text not in client_of(world.nurse).get(address("tasks")).content.decode()
    press(client_of(world.doctor), address("decide", item.ref), do="prescribe", **{f"{item.ref}-note": "Ce soir"})
    page = client_of(world.colleague).get(address("tasks")).content.decode()
    assert item.text in page
    assert "Ce soir" in page
    answer = press(client_of(world.colleague), address("do_task", item.ref))
    assert answer.headers["Location"] == address("tasks")
    item.refresh_from_db()
    assert (item.state, item.done_by) == ("done", world.colleague)
    done = client_of(world.nurse).get(address("tasks"), {"which": "done"}).content.decode()
    assert f"Fait par {world.colleague.user}" in done


def test_not_kept_it_needs_a_reason_and_what_was_typed_stays(world: World) -> None:
    item = item_of(world)
    client = client_of(world.doctor)
    answer = press(client, address("decide", item.ref), do="refuse", **{f"{item.ref}-note": " "})
    assert answer.status_code == 422
    assert "Dites pourquoi" in answer.content.decode()
    item.refresh_from_db()
    assert item.state == "proposed"
    long = "x" * 301
    answer = press(client, address("decide", item.ref), do="prescribe", **{f"{item.ref}-note": long})
    assert answer.status_code == 422
    assert long in answer.content.decode()
    press(client, address("decide", item.ref), do="refuse", **{f"{item.ref}-note": "Allergie connue"})
    item.refresh_from_db()
    assert (item.state, item.decision_note) == ("refused", "Allergie connue")
    assert item.text not in client_of(world.nurse).get(address("tasks")).content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("attending", 403), ("nurse", 403), ("dermatologist", 403), ("stranger", 404)]
)
def test_only_the_named_prescriber_decides(world: World, who: str, status: int) -> None:
    item = item_of(world)
    assert press(client_of(getattr(world, who)), address("decide", item.ref), do="prescribe").status_code == status
    item.refresh_from_db()
    assert item.state == "proposed"


@pytest.mark.parametrize(("who", "status"), [("doctor", 403), ("dermatologist", 403), ("stranger", 404)])
def test_only_nurses_of_the_care_team_do_it(world: World, who: str, status: int) -> None:
    item = item_of(world)
    press(client_of(world.doctor), address("decide", item.ref), do="prescribe")
    assert press(client_of(getattr(world, who)), address("do_task", item.ref)).status_code == status
    item.refresh_from_db()
    assert item.state == "prescribed"
    assert item.text not in client_of(world.stranger).get(address("tasks")).content.decode()


def test_a_decision_is_taken_back_within_ten_minutes(world: World) -> None:
    item = item_of(world)
    client = client_of(world.doctor)
    press(client, address("decide", item.ref), do="prescribe")
    undo = address("undecide", item.ref)
    assert undo in client.get(address("decisions")).content.decode()
    press(client, undo)
    item.refresh_from_db()
    assert item.state == "proposed"
    press(client, address("decide", item.ref), do="prescribe")
    Item.objects.filter(pk=item.pk).update(decided_at=timezone.now() - timedelta(minutes=11))
    assert undo not in client.get(address("decisions"), {"which": "done"}).content.decode()
    answer = press(client, undo)
    assert "trop tard" in client.get(answer.headers["Location"]).content.decode()
    item.refresh_from_db()
    assert item.state == "prescribed"


def test_a_task_is_taken_back_by_the_one_who_ticked_it(world: World) -> None:
    item = item_of(world)
    press(client_of(world.doctor), address("decide", item.ref), do="prescribe")
    press(client_of(world.nurse), address("do_task", item.ref))
    undo = address("undo_task", item.ref)
    assert undo in client_of(world.nurse).get(address("tasks")).content.decode()
    assert undo not in client_of(world.colleague).get(address("tasks"), {"which": "done"}).content.decode()
    assert press(client_of(world.colleague), undo).status_code == 403
    press(client_of(world.nurse), undo)
    item.refresh_from_db()
    assert item.state == "prescribed"


def test_of_two_nurses_who_tick_the_same_task_one_is_told(world: World) -> None:
    item = item_of(world)
    press(client_of(world.doctor), address("decide", item.ref), do="prescribe")
    press(client_of(world.nurse), address("do_task", item.ref))
    assert press(client_of(world.colleague), address("do_task", item.ref)).status_code == 409


def test_the_filters_stay_after_a_press(world: World) -> None:
    item = item_of(world)
    client = client_of(world.doctor)
    assert item.text in client.get(address("decisions"), {"kind": "dressing"}).content.decode()
    assert item.text not in client.get(address("decisions"), {"kind": "treatment"}).content.decode()
    answer = press(client, address("decide", item.ref) + "?kind=dressing", do="prescribe")
    assert answer.headers["Location"] == address("decisions") + "?kind=dressing"


def test_empty_lists_say_what_comes_here(world: World) -> None:
    assert "Rien à décider" in client_of(world.doctor).get(address("decisions")).content.decode()
    assert "Aucun soin à faire" in client_of(world.nurse).get(address("tasks")).content.decode()
    assert client_of(factories.member("secretary")).get(address("tasks")).status_code == 403


def test_lists_of_twenty_take_eight_statements(world: World, django_assert_max_num_queries) -> None:
    items = list(signed(world, items=25).advice.items.all())
    doctor, nurse = client_of(world.doctor), client_of(world.nurse)
    doctor.get(address("decisions"))
    with django_assert_max_num_queries(8):
        page = doctor.get(address("decisions")).content.decode()
    assert page.count('value="prescribe"') == 20
    for item in items:
        press(doctor, address("decide", item.ref), do="prescribe")
    nurse.get(address("tasks"))
    with django_assert_max_num_queries(8):
        page = nurse.get(address("tasks")).content.decode()
    assert page.count("/fait/") == 20
