"""The page of a signed report and its PDF: what they show, to whom, and to whom they are closed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.teleexpertise.signed import address, client_of, corrected, signed
from tests.teleexpertise.world import World
from virage.acts.actions import record_incident
from virage.acts.models import RecordEntry
from virage.journal.models import Entry
from virage.records import storage
from virage.records.models.documents import Rendition
from virage.teleexpertise.actions import papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World(timezone.now() - timedelta(hours=2))


@pytest.mark.parametrize("who", ["nurse", "doctor", "colleague", "dermatologist", "attending", "coordinator"])
def test_those_who_took_part_or_are_in_copy_read_it(world: World, who: str) -> None:
    report = signed(world)
    page = client_of(getattr(world, who)).get(address("report", report.ref))
    assert page.status_code == 200
    assert "Escarre de stade 2" in page.content.decode()
    pdf = client_of(getattr(world, who)).get(address("report_pdf", report.ref))
    assert pdf.content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ["report", "report_pdf"])
def test_a_stranger_and_an_expert_who_did_not_answer_get_nothing(world: World, name: str) -> None:
    report = signed(world)
    for who in (world.stranger, world.second, factories.member("ars"), factories.member("administrator")):
        assert client_of(who).get(address(name, report.ref)).status_code == 404
    assert client_of(world.nurse).get(address(name, "inconnu")).status_code == 404


def test_anonymous_visitors_are_led_to_the_sign_in(client, world: World) -> None:
    assert client.get(address("report", signed(world).ref)).status_code == 302


def test_reading_is_traced_and_shown_to_those_who_sent_the_copy(world: World) -> None:
    report = signed(world)
    before = client_of(world.nurse).get(address("report", report.ref)).content.decode()
    assert before.count("pas encore ouvert") == 2
    client_of(world.attending).get(address("report", report.ref))
    reads = Entry.objects.filter(verb="read", subject_kind="act", subject_ref=report.act.ref)
    assert reads.filter(actor_id=world.attending.user_id).count() == 1
    after = client_of(world.nurse).get(address("report", report.ref)).content.decode()
    assert after.count("pas encore ouvert") == 1


def test_neither_the_title_nor_the_file_name_tells_who_the_patient_is(world: World) -> None:
    report = signed(world)
    name = world.patient.birth_name
    page = client_of(world.nurse).get(address("report", report.ref)).content.decode()
    assert name not in page[page.index("<title>") : page.index("</title>")]
    pdf = client_of(world.nurse).get(address("report_pdf", report.ref))
    assert name not in pdf["Content-Disposition"]
    assert pdf["Cache-Control"] == "private, no-store"


def test_the_pdf_is_the_one_that_was_kept_and_made_again_when_damaged(world: World) -> None:
    report = signed(world)
    papers.keep_pdf(report=report, at=timezone.now())
    name = report.document.file(Rendition.FULL)
    kept = storage.vault().read_all(name)
    client = client_of(world.nurse)
    assert client.get(address("report_pdf", report.ref)).content == kept
    path = storage.vault().path(name)
    path.write_bytes(path.read_bytes()[:-40])
    again = client.get(address("report_pdf", report.ref))
    assert again.status_code == 200
    assert again.content.startswith(b"%PDF")


def test_the_record_is_shown_complete_or_not(world: World) -> None:
    report = signed(world)
    client = client_of(world.nurse)
    assert "Incomplet" not in client.get(address("report", report.ref)).content.decode()
    RecordEntry.objects.filter(report=report, membership=world.dermatologist).delete()
    assert "Incomplet" in client.get(address("report", report.ref)).content.decode()


def test_an_older_version_leads_to_the_one_in_force(world: World) -> None:
    first = signed(world)
    second = corrected(world, first, timezone.now())
    client = client_of(world.nurse)
    old = client.get(address("report", first.ref)).content.decode()
    assert "Cette version a été corrigée" in old
    assert address("report", second.ref) in old
    new = client.get(address("report", second.ref)).content.decode()
    assert "Pansement mal nommé" in new
    assert "Cette version a été corrigée" not in new


def test_an_incident_written_down_later_is_beside_what_was_signed(world: World) -> None:
    report = signed(world)
    at = timezone.now()
    record_incident(by=world.nurse, act=report.act, occurred_at=world.at, description="Réseau coupé", at=at)
    page = client_of(world.dermatologist).get(address("report", report.ref)).content.decode()
    assert "Incidents notés depuis la signature" in page
    assert "Réseau coupé" in page
    assert "Aucun incident signalé." in page


def test_withdrawing_consent_is_offered_to_those_who_care_for_the_patient(world: World) -> None:
    report = signed(world)
    words = "Noter un retrait du consentement"
    assert words in client_of(world.nurse).get(address("report", report.ref)).content.decode()
    assert words not in client_of(world.dermatologist).get(address("report", report.ref)).content.decode()


def test_the_page_takes_few_statements(world: World, django_assert_max_num_queries) -> None:
    report = signed(world, photo=True, items=5)
    client = client_of(world.nurse)
    client.get(address("report", report.ref))
    with django_assert_max_num_queries(40):
        client.get(address("report", report.ref))


def test_each_professional_has_the_act_in_a_file_of_his_own(world: World) -> None:
    report = signed(world)
    for who in (world.nurse, world.dermatologist):
        assert address("report", report.ref) in client_of(who).get(address("record")).content.decode()
    for who in (world.attending, world.stranger, world.second):
        assert address("report", report.ref) not in client_of(who).get(address("record")).content.decode()


def test_the_list_of_own_acts_takes_eight_statements(world: World, django_assert_max_num_queries) -> None:
    report = signed(world)
    for _number in range(3):
        report = corrected(world, report, timezone.now())
    client = client_of(world.dermatologist)
    client.get(address("record"))
    with django_assert_max_num_queries(8):
        page = client.get(address("record")).content.decode()
    assert page.count('class="item-link"') == 4
