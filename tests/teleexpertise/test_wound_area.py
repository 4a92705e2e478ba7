"""The last area of a wound, on its patient's page."""

import pytest
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils import translation

from tests import factories
from virage.acts.models import Act
from virage.records.models import Wound
from virage.teleexpertise.models import Expertise


@pytest.fixture
def wound(db):
    """The demo's wound with the longest history."""
    return Wound.objects.get(patient__birth_name="EXEMPLE", site="talon_gauche")


@pytest.fixture
def sent(wound):
    """Its requests that were sent, latest first."""
    rows = Expertise.objects.filter(wound=wound, act__requested_at__isnull=False)
    return list(rows.select_related("assessment").order_by("-act__requested_at"))


def shown(client, wound, member=None):
    member = member or factories.nurse(organisation_=wound.patient.residence)
    client.force_login(member.user)
    return client.get(reverse("teleexpertise:wound_area", args=[wound.ref]))


def words(expertise):
    with translation.override("fr"):
        return f"{floatformat(expertise.assessment.scores['surface'], '-1')} cm²"


def test_the_last_area_and_its_change_since_the_first(client, wound, sent):
    first, last = sent[-1].assessment.scores["surface"], sent[0].assessment.scores["surface"]
    text = shown(client, wound).content.decode()
    assert words(sent[0]) in text
    assert f"{'+' if last > first else '-'}" in text
    assert "%)" in text


def test_what_was_not_sent_is_no_measure(client, wound, sent):
    Act.objects.filter(pk=sent[0].act_id).update(requested_at=None, performed_at=None)
    text = shown(client, wound).content.decode()
    assert words(sent[1]) in text
    assert words(sent[0]) not in text


def test_a_wound_never_measured_shows_nothing(client, wound):
    assert "cm²" not in shown(client, factories.wound(wound.patient)).content.decode()


def test_a_stranger_finds_no_area(client, wound):
    assert shown(client, wound, factories.nurse()).status_code == 404
