"""What goes wrong while one works: the line drops, the server is killed, one presses twice. Nothing is lost or doubled."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests import ground
from tests.browser.house import answer, signed_in
from tests.pages import objects
from tests.records.pictures import phone_photo
from virage.accounts.models import Membership, Team
from virage.acts.models import Act
from virage.notifications.models import Message
from virage.records.actions.consents import record_consent
from virage.records.models import ConsentBy
from virage.records.models.documents import Document
from virage.teleexpertise.actions import drafts, sending
from virage.teleexpertise.models import Expertise

pytestmark = pytest.mark.browser
ANSWERS = {
    "type": "escarre",
    "apparition": "01/11/2026",
    "largeur": "2",
    "necrose": "20",
    "fibrine": "30",
    "bourgeonnement": "50",
    "epithelialisation": "0",
    "exsudat": "modere",
    "douleur": "4",
    "signes": "aucun",
}


def test_a_killed_server_a_lost_line_and_a_double_press(chromium: Browser, own_database: ground.Database) -> None:
    expertise = objects.draft()
    with ground.site(own_database) as site, signed_in(chromium, site.url, "ehpad_nurse") as page:
        page.watch.bad_line = True  # type: ignore[attr-defined]
        page.goto(f"/teleexpertise/{expertise.act.ref}/brouillon/")
        what_is_typed_without_a_line_survives_a_reload(page, expertise)
        site.process.kill()
        site.process.wait(timeout=30)
        send_a_photograph_and_type(page)
        with ground.site(own_database, port=int(site.url.rpartition(":")[2])):
            all_of_it_arrives_once(page, expertise)
            complete(expertise)
            a_double_press_sends_once(page, expertise)


def answers_of(expertise: Expertise) -> str:
    expertise.assessment.refresh_from_db()
    return str(expertise.assessment.answers)


def what_is_typed_without_a_line_survives_a_reload(page: Page, expertise: Expertise) -> None:
    page.route("**/brouillon/reponses/", lambda route: route.abort("internetdisconnected"))
    answer(page, "question", "Faut-il une détersion ?")
    expect(page.locator("#evaluation [data-autosave-status]")).to_contain_text("gardé sur cet appareil")
    assert "détersion" not in answers_of(expertise)
    page.on("dialog", lambda dialog: dialog.accept())  # « leave the page? »
    page.reload()
    expect(page.locator("[name=question]")).to_have_value("Faut-il une détersion ?")
    page.unroute("**/brouillon/reponses/")
    for key, value in ANSWERS.items():
        answer(page, key, value)
    expect(page.locator("#evaluation [data-autosave-status]")).to_contain_text("Enregistré à")
    assert "détersion" in answers_of(expertise)


def send_a_photograph_and_type(page: Page) -> None:
    """While no server answers."""
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": phone_photo()}
    page.locator("[data-upload-input]").set_input_files([photo])
    expect(page.locator("[data-upload-queue]")).to_contain_text("nouvel essai")
    answer(page, "longueur", "3,5")


def all_of_it_arrives_once(page: Page, expertise: Expertise) -> None:
    expect(page.locator("#documents .tile")).to_have_count(1, timeout=60_000)
    expect(page.locator("#documents img.tile-picture")).to_have_count(1, timeout=30_000)
    expect(page.locator("#evaluation [data-autosave-status]")).to_contain_text("Enregistré à", timeout=60_000)
    assert Document.objects.filter(folder=expertise.act.ref).count() == 1
    assert "3.5" in answers_of(expertise)


def complete(expertise: Expertise) -> None:
    """The rest of the draft, by the verbs."""
    at, by = timezone.now(), Membership.objects.get(user__email="ehpad-nurse@virage.invalid")
    expertise = Expertise.objects.get(pk=expertise.pk)
    pool = Team.objects.get(specialty="dermatologie", organisation__name__contains="Lilas")
    drafts.choose_addressee(by=by, expertise=expertise, to_team=pool, at=at)
    sending.confirm_relevance(by=by, expertise=expertise, at=at)
    record_consent(
        by=by,
        patient=expertise.act.patient,
        subject=expertise.act.ref,
        given_by=ConsentBy.PATIENT,
        informed_on_exchange=True,
        at=at,
    )


def a_double_press_sends_once(page: Page, expertise: Expertise) -> None:
    """Both presses of a double click, and the same form sent again from the history."""
    acts, told = Act.objects.count(), Message.objects.count()
    page.goto(f"/teleexpertise/{expertise.act.ref}/brouillon/")
    button = page.get_by_role("button", name="Envoyer la demande")
    form = page.locator("form", has=button)
    sent = form.evaluate("form => [form.action, Object.fromEntries(new FormData(form))]")
    button.dblclick()
    expect(page.get_by_text("Demande envoyée").first).to_be_visible()
    again = page.request.post(sent[0], form=sent[1], max_redirects=0, headers={"Referer": page.url})
    assert again.status == 302, "led where the first press led"
    expertise.act.refresh_from_db()
    assert expertise.act.state == "sent"
    assert Act.objects.count() == acts
    pool = Team.objects.get(specialty="dermatologie", organisation__name__contains="Lilas").members.count()
    assert Message.objects.count() == told + pool, "one message for each expert of the pool"
