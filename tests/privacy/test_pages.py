"""The privacy officer's room: who enters it, what it shows, what is carried away."""

from datetime import timedelta

import pytest
from django.urls import reverse
from procrastinate.contrib.django import app

from tests import factories
from tests.factories import NOW
from tests.journal.forging import write
from virage.journal import exports
from virage.journal.heads import make_due
from virage.journal.keys import signing_keys
from virage.privacy import actions
from virage.privacy.models import Run

PAGES = ("privacy:retention", "privacy:seals", "privacy:seals_file")


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.JOURNAL_KEYS_DIR = tmp_path / "journal"
    return signing_keys()


@pytest.fixture
def officer(client, db):
    client.force_login(factories.member("privacy").user)
    return client


@pytest.mark.parametrize("name", PAGES)
def test_a_nurse_does_not_enter(client, db, name):
    client.force_login(factories.nurse().user)
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_nobody_signed_in_is_led_to_sign_in(client, db, name):
    assert client.get(reverse(name)).status_code == 302


def test_the_rules_are_shown_with_their_text_and_what_was_let_go(officer):
    page = officer.get(reverse("privacy:retention")).content.decode()
    assert "Décret du 9 octobre 2015, article 5, 1°" in page
    assert "30\u00a0jours" in page
    assert "20\u00a0ans" in page
    assert "Rien n’a encore dépassé sa durée" in page
    Run.objects.create(rule="retention.messages", before=NOW, count=12, created_at=NOW)
    assert "Messages envoyés ou abandonnés</strong> : 12" in officer.get(reverse("privacy:retention")).content.decode()


def test_before_the_first_seal_it_says_when_it_comes(officer):
    page = officer.get(reverse("privacy:seals")).content.decode()
    assert "Le premier scellé est fait dans l’heure" in page
    assert reverse("privacy:seals_file") not in page


def test_the_file_is_what_the_verification_takes(officer, keys):
    write("x")
    make_due(at=NOW, keys=keys)
    page = officer.get(reverse("privacy:seals")).content.decode()
    assert keys.public("j0001")["public"] in page
    answer = officer.get(reverse("privacy:seals_file"))
    assert answer["Content-Disposition"].startswith('attachment; filename="virage-')
    lines = b"".join(answer.streaming_content).decode().splitlines()
    found = exports.compare(lines)
    assert (found.heads, found.faults) == (1, [])


def test_days_without_a_seal_are_said(officer, keys):
    write("x")
    make_due(at=NOW - timedelta(days=4000), keys=keys)
    assert "prévenez l’exploitant" in officer.get(reverse("privacy:seals")).content.decode()


def test_its_rooms_stand_in_the_rail(officer):
    page = officer.get(reverse("home")).content.decode()
    assert reverse("privacy:retention") in page
    assert reverse("privacy:seals") in page


def test_the_job_runs_at_the_hour_that_the_page_says():
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons["privacy.apply_retention"] == f"{actions.MINUTE} {actions.HOUR} * * *"
    assert "journal.make_head" in crons
