"""Two people correct the same identity, or the same wound: nobody's words are overwritten nor lost."""

import threading

import pytest
from django.db import connections
from django.urls import reverse

from tests import factories
from tests.factories import NOW
from tests.records.test_patients import TYPED
from virage.journal.moves import Overtaken
from virage.records.actions.patients import edit_patient
from virage.records.actions.wounds import edit_wound
from virage.records.models import Patient


@pytest.fixture
def nurse(db):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    return factories.patient(
        cared_by=nurse.organisation, birth_name="INVENTE", first_names="Jeanne", city="Essaiville"
    )


@pytest.fixture
def page(client, nurse):
    client.force_login(nurse.user)
    return client


def as_shown(page, url):
    """What the open form would send, untouched."""
    form = page.get(url).context["form"]
    found = {name: form._written(name) for name in form.fields if name != "seen"}
    return found | {"seen": form.initial["seen"]}


def test_what_the_other_wrote_is_taken_where_the_user_wrote_nothing(page, nurse, patient):
    url = reverse("records:edit", args=[patient.ref])
    typed = as_shown(page, url) | {"city": "Ma VILLE"}
    edit_patient(by=nurse, patient=patient, traits={"phone": "+33639980123"}, at=NOW)
    response = page.post(url, typed | {"once": "a"})
    assert response.status_code == 409
    text = response.content.decode()
    assert "06 39 98 01 23" in text
    assert 'value="Ma VILLE"' in text
    assert nurse.user.get_full_name() in text
    again = response.context["form"]
    page.post(url, {**{name: again.data[name] for name in typed}, "once": "b"})
    patient.refresh_from_db()
    assert (patient.city, patient.phone, patient.revision) == ("Ma VILLE", "+33639980123", 2)


def test_what_both_wrote_is_shown_side_by_side(page, nurse, patient):
    url = reverse("records:edit", args=[patient.ref])
    typed = as_shown(page, url) | {"birth_name": "MIEN", "birth_date": "15/03/1940"}
    edit_patient(by=nurse, patient=patient, traits={"birth_name": "SIEN"}, at=NOW)
    response = page.post(url, typed | {"once": "a"})
    [change] = response.context["form"].changes
    assert (change.theirs, change.mine, change.clashes) == ("SIEN", "MIEN", True)
    assert 'value="MIEN"' in response.content.decode()
    assert 'value="15/03/1940"' in response.content.decode()
    patient.refresh_from_db()
    assert patient.birth_name == "SIEN"
    response = page.post(url, typed | {"seen": response.context["form"].data["seen"], "once": "b", "confirmed": "yes"})
    patient.refresh_from_db()
    assert patient.birth_name == "MIEN"


def test_the_same_correction_by_both_clashes_with_nothing(page, nurse, patient):
    url = reverse("records:edit", args=[patient.ref])
    typed = as_shown(page, url) | {"city": "Autreville"}
    edit_patient(by=nurse, patient=patient, traits={"city": "Autreville"}, at=NOW)
    assert page.post(url, typed | {"once": "a"}).context["form"].changes == ()


@pytest.mark.parametrize("seen", ["", "forged", None])
def test_a_form_that_does_not_say_what_it_saw_is_not_taken_for_current(page, patient, seen):
    url = reverse("records:edit", args=[patient.ref])
    other = factories.patient(cared_by=patient.residence)
    token = as_shown(page, reverse("records:edit", args=[other.ref]))["seen"] if seen is None else seen
    response = page.post(url, TYPED | {"seen": token, "once": "a"})
    assert response.status_code == 409
    patient.refresh_from_db()
    assert patient.revision == 0


def test_a_wound_that_was_moved_meanwhile(page, nurse, patient):
    wound = factories.wound(patient)
    url = reverse("records:wound", args=[wound.ref])
    typed = as_shown(page, url) | {"name": "Mon nom"}
    edit_wound(by=nurse, wound=wound, name=wound.name, site=wound.site, view="back", x=10, y=20, at=NOW)
    response = page.post(url, typed | {"once": "a"})
    assert response.status_code == 409
    assert "Place sur le dessin" in response.content.decode()
    page.post(url, {**{name: response.context["form"].data[name] for name in typed}, "once": "b"})
    wound.refresh_from_db()
    assert (wound.name, wound.x, wound.revision) == ("Mon nom", 10, 2)


def test_the_verbs_themselves_refuse_a_stale_revision(nurse, patient):
    edit_patient(by=nurse, patient=patient, traits={"city": "Ici"}, revision=0, at=NOW)
    with pytest.raises(Overtaken):
        edit_patient(by=nurse, patient=patient, traits={"city": "Là"}, revision=0, at=NOW)


def test_of_two_corrections_at_one_moment_one_is_told(own_database):
    nurse = factories.nurse()
    patient = factories.patient(cared_by=nurse.organisation)
    told = []

    def correct(city):
        try:
            edit_patient(by=nurse, patient=patient, traits={"city": city}, revision=0, at=NOW)
        except Overtaken:
            told.append(city)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=correct, args=(city,)) for city in ("Ici", "Là")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = Patient.objects.get(pk=patient.pk)
    assert len(told) == 1
    assert (row.revision, row.city) == (1, "Là" if told == ["Ici"] else "Ici")
