"""Wounds: named, placed, corrected, healed; by those who ask for opinions."""

from datetime import date

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import NOW
from virage.accounts.access import Refused
from virage.journal.models import Entry
from virage.records.actions import wounds
from virage.records.models import Wound
from virage.records.rules import body

PLACE = {"name": "Escarre du sacrum", "site": "sacrum", "view": "back", "x": 500, "y": 455}


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(cared_by=nurse.organisation)


def test_a_nurse_names_and_places_a_wound(nurse, patient):
    wound = wounds.add_wound(by=nurse, patient=patient, at=NOW, **PLACE)
    assert (wound.name, wound.view, wound.x, wound.y) == ("Escarre du sacrum", "back", 500, 455)
    assert Entry.objects.filter(verb="add_wound", subject_ref=wound.ref, patient_ref=patient.ref).exists()


def test_two_wounds_of_a_patient_have_two_names(nurse, patient):
    wounds.add_wound(by=nurse, patient=patient, at=NOW, **PLACE)
    with pytest.raises(Refused, match="wound_name_taken"):
        wounds.add_wound(by=nurse, patient=patient, at=NOW, **PLACE)


def test_a_secretary_or_a_stranger_may_not(nurse, patient):
    for by in (factories.member("secretary", organisation_=nurse.organisation), factories.nurse()):
        with pytest.raises(Refused):
            wounds.add_wound(by=by, patient=patient, at=NOW, **PLACE)


def test_a_correction_that_changes_nothing_is_not_noted(nurse, patient):
    wound = wounds.add_wound(by=nurse, patient=patient, at=NOW, **PLACE)
    wounds.edit_wound(by=nurse, wound=wound, at=NOW, **PLACE)
    assert not Entry.objects.filter(verb="edit_wound").filter(subject_ref=wound.ref).exists()
    wounds.edit_wound(by=nurse, wound=wound, at=NOW, **(PLACE | {"x": 510}))
    assert Entry.objects.get(verb="edit_wound", subject_ref=wound.ref).data == {"changed": ["x"]}


def test_healing_is_noted_once_and_may_be_taken_back(nurse, patient):
    wound = factories.wound(patient)
    for _twice in range(2):
        wounds.mark_healed(by=nurse, wound=wound, on=date(2026, 11, 1), at=NOW)
    assert Entry.objects.filter(verb="heal_wound", subject_ref=wound.ref).count() == 1
    wounds.reopen(by=nurse, wound=wound, at=NOW)
    assert Wound.objects.get(pk=wound.pk).healed_on is None


def test_the_page_places_a_wound_by_the_list_alone(client, nurse, patient):
    client.force_login(nurse.user)
    fields = {"name": "Talon", "site": "talon_gauche", "onset": "", "once": "a"}
    assert client.post(reverse("records:wound_add", args=[patient.ref]), fields).status_code == 302
    wound = patient.wounds.get()
    assert (wound.view, wound.x, wound.y) == ("back", 440, 960)


def test_the_page_keeps_the_point_that_was_touched(client, nurse, patient):
    client.force_login(nurse.user)
    fields = {"name": "Talon", "site": "talon_gauche", "view": "back", "x": "447", "y": "955", "once": "a"}
    back = "/teleexpertise/nouvelle/"
    response = client.post(reverse("records:wound_add", args=[patient.ref]), fields | {"next": back})
    wound = patient.wounds.get()
    assert (wound.x, wound.y) == (447, 955)
    assert response.url == f"{back}?wound={wound.ref}"


def test_one_is_not_led_to_another_site_afterwards(client, nurse, patient):
    client.force_login(nurse.user)
    fields = {"name": "Talon", "site": "talon_gauche", "once": "a", "next": "https://ailleurs.invalid/"}
    response = client.post(reverse("records:wound_add", args=[patient.ref]), fields)
    assert response.url == reverse("records:patient", args=[patient.ref])


def test_a_point_off_the_drawing_or_a_day_to_come_is_refused(client, nurse, patient):
    client.force_login(nurse.user)
    fields = {
        "name": "Talon",
        "site": "talon_gauche",
        "view": "back",
        "x": "1001",
        "y": "5",
        "onset": "01/01/2150",
        "once": "a",
    }
    page = client.post(reverse("records:wound_add", args=[patient.ref]), fields)
    assert set(page.context["form"].errors) == {"x", "onset"}
    assert not patient.wounds.exists()


def test_a_name_that_is_taken_is_said_on_the_field(client, nurse, patient):
    wound = factories.wound(patient, name="Talon")
    client.force_login(nurse.user)
    fields = {"name": "Talon", "site": "talon_gauche", "once": "a"}
    page = client.post(reverse("records:wound_add", args=[patient.ref]), fields)
    assert "name" in page.context["form"].errors
    assert client.get(reverse("records:wound", args=[wound.ref])).status_code == 200


def test_a_stranger_finds_no_wound(client, patient):
    wound = factories.wound(patient)
    client.force_login(factories.nurse().user)
    for name in ("wound", "wound_heal", "wound_reopen"):
        assert client.post(reverse(f"records:{name}", args=[wound.ref]), {"once": "a"}).status_code == 404


def test_healing_and_reopening_by_the_page(client, nurse, patient):
    wound = factories.wound(patient)
    client.force_login(nurse.user)
    client.post(reverse("records:wound_heal", args=[wound.ref]), {"on": "01/06/2026", "once": "a"})
    wound.refresh_from_db()
    assert wound.healed_on == date(2026, 6, 1)
    client.post(reverse("records:wound_reopen", args=[wound.ref]), {"once": "b"})
    wound.refresh_from_db()
    assert wound.healed_on is None


def test_every_named_site_lies_on_the_drawing_once_and_in_both_languages():
    assert len({site.code for site in body.SITES}) == len(body.SITES)
    for site in body.SITES:
        assert 0 < site.x < 1000
        assert 0 < site.y < 1000
        assert site.label("fr") != site.code
        assert site.label("en")
        if site.code != "autre":
            assert body.nearest(site.view, site.x, site.y) == site


def test_left_and_right_mirror_one_another():
    for site in body.SITES:
        if site.code.endswith("_gauche"):
            right = (
                body.BY_CODE.get(site.code.replace("_gauche", "_droite"))
                or body.BY_CODE[site.code.replace("_gauche", "_droit")]
            )
            assert (right.view, right.x, right.y) == (site.view, 1000 - site.x, site.y)
    assert body.BY_CODE["main_droite"].x < 500  # seen from the front, the patient's right is on the left
    assert body.BY_CODE["talon_gauche"].x < 500  # seen from the back, the left is


def test_a_site_that_is_no_code_is_shown_as_written():
    assert body.label("Pli inter-fessier", "en") == "Pli inter-fessier"
    assert body.label("talon_gauche", "en") == "Left heel"
