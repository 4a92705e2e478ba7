"""What one may do without, by one press; what always comes; what failed and is tried again."""

from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from tests import factories
from tests.factories import NOW
from tests.teleexpertise.signed import press
from virage.journal.moves import Overtaken
from virage.notifications.access import failed_to, messages_about, unwanted_by
from virage.notifications.actions import choices, post, sending
from virage.notifications.models import Message, MessageState, OptOut
from virage.notifications.rules.kinds import OPTIONAL, Kind
from virage.notifications.rules.templates import TEMPLATES

ADDRESS = "personne@essai.invalid"


@pytest.fixture(autouse=True)
def alone(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PUBLIC_URL = "https://virage.invalid"
    Message.objects.all().delete()
    mail.outbox = []


def sent(template="report_unread", once="one", address=ADDRESS):
    return post(
        template,
        once=once,
        address=address,
        language="fr",
        link="/x/",
        subject_kind="act",
        subject_ref="A" * 22,
        at=NOW,
    )


def test_a_reminder_carries_its_way_out_for_people_and_for_programs():
    message = sent()
    sending.send_due(at=NOW)
    [letter] = mail.outbox
    link = f"https://virage.invalid{message.stop}"
    assert letter.extra_headers["List-Unsubscribe"] == f"<{link}>"
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in letter.body
    assert ADDRESS not in link


@pytest.mark.parametrize("template", ["expertise_received", "emergency_access", "patient_link", "patient_code"])
def test_what_always_comes_carries_none(template):
    assert sent(template).stop == ""
    sending.send_due(at=NOW)
    [letter] = mail.outbox
    assert "List-Unsubscribe" not in letter.extra_headers


def test_reading_the_way_out_changes_nothing_one_press_stops_another_resumes():
    message, browser = sent(), Client(enforce_csrf_checks=True)
    page = browser.get(message.stop)
    assert page.status_code == 200
    assert ADDRESS not in page.content.decode()
    assert not OptOut.objects.exists()
    assert browser.post(message.stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    browser.post(message.stop)
    assert unwanted_by(ADDRESS.upper()) == {Kind.REMINDER}
    browser.post(message.stop, {"resume": "1"})
    assert unwanted_by(ADDRESS) == set()


def test_a_forged_way_out_is_not_there():
    message = sent()
    for ref, key in ((message.ref, "x" * 22), ("0" * 22, message.stop_key), (message.ref, message.secret)):
        assert Client().post(reverse("notifications:stop", args=[ref, key])).status_code == 404
    other = sent("expertise_received", once="two")  # of a kind that always comes
    assert Client().post(reverse("notifications:stop", args=[other.ref, other.stop_key])).status_code == 404


def test_what_one_does_not_want_does_not_go_and_the_sender_is_told():
    choices.stop(address=ADDRESS, kind=Kind.REMINDER, at=NOW)
    choices.stop(address=ADDRESS, kind=Kind.REMINDER, at=NOW)
    unwanted, wanted, other = (
        sent(),
        sent("report_copy", once="two"),
        sent(once="three", address="autre@essai.invalid"),
    )
    sending.send_due(at=NOW)
    states = {message.once: message.state for message in Message.objects.all()}
    assert states == {unwanted.once: "unwanted", wanted.once: "sent", other.once: "sent"}
    with translation.override("fr"):
        assert "ne veut pas de ce genre de message" in delivery()


@pytest.mark.parametrize("kind", sorted(set(Kind) - set(OPTIONAL)))
def test_what_awaits_an_answer_and_security_cannot_be_stopped(kind):
    with pytest.raises(ValueError, match=kind):
        choices.stop(address=ADDRESS, kind=kind, at=NOW)
    OptOut.objects.create(
        address="x", kind=kind, since=NOW
    )  # nor does a row that got there otherwise matter elsewhere
    assert unwanted_by(ADDRESS) == set()


def test_every_optional_kind_is_used_and_has_words():
    assert {words.kind for words in TEMPLATES.values()} >= set(OPTIONAL)


def test_one_chooses_on_ones_own_page():
    nurse, browser = factories.nurse(), Client()
    browser.force_login(nurse.user)
    where = reverse("notifications:choices")
    assert browser.get(where).content.decode().count("checked") == len(OPTIONAL)
    assert press(browser, where, wanted="reminder").url == where
    assert unwanted_by(nurse.user.email) == {Kind.FOLLOW, Kind.COPY}
    assert press(browser, where, wanted="security").status_code == 200  # no such choice
    assert browser.get(where).content.decode().count("checked") == 1


def fail(message):
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, attempts=5, error="gateway: 410")
    message.refresh_from_db()


def delivery(**context):
    text = "{% load notifications %}{% delivery messages again ref %}"
    return Template(text).render(
        Context({"messages": messages_about("act", "A" * 22), "again": "", "ref": ""} | context)
    )


def test_a_failure_is_unfolded_says_what_to_do_and_may_be_tried_again():
    message = sent()
    assert " open>" not in delivery()
    fail(message)
    with translation.override("fr"):
        text = delivery(again="teleexpertise:message_again", ref="A" * 22)
    assert " open>" in text
    assert "prévenez cette personne autrement" in text
    assert reverse("teleexpertise:message_again", args=["A" * 22, message.ref]) in text
    assert ADDRESS not in text


def test_what_was_given_up_goes_once_more_from_the_first_attempt():
    message = sent()
    fail(message)
    choices.try_again(message=message, at=NOW)
    with pytest.raises(Overtaken):
        choices.try_again(message=message, at=NOW)
    sending.send_due(at=NOW)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.SENT, 1)


def test_an_administrator_sees_and_sends_again_what_did_not_reach_the_structures_people():
    home = factories.organisation()
    here, elsewhere = factories.nurse(organisation_=home), factories.nurse()
    administrator = factories.member("administrator", organisation_=home)
    rows = [sent(once=who.user.email, address=who.user.email) for who in (here, elsewhere)]
    Message.objects.update(created_at=timezone.now())
    for row in rows:
        fail(row)
    browser = Client()
    browser.force_login(administrator.user)
    text = browser.get(reverse("accounts:undelivered")).content.decode()
    assert here.user.email in text
    assert elsewhere.user.email not in text
    mine, other = (reverse("accounts:undelivered_again", args=[row.ref]) for row in rows)
    assert press(browser, other).status_code == 404
    assert press(browser, mine).status_code == 302
    assert [failed.address for failed in failed_to([here.user.email, elsewhere.user.email], since=NOW)] == [
        elsewhere.user.email
    ]


def test_one_who_runs_no_structure_sees_no_failed_message():
    browser = Client()
    browser.force_login(factories.nurse().user)
    assert browser.get(reverse("accounts:undelivered")).status_code == 403


def test_the_operator_lists_failures_without_an_address_and_sends_them_again():
    message, out = sent(), StringIO()
    Message.objects.update(created_at=timezone.now())
    fail(message)
    call_command("failed_messages", stdout=out)
    assert message.ref in out.getvalue()
    assert "gateway: 410" in out.getvalue()
    assert ADDRESS not in out.getvalue()
    call_command("failed_messages", "--again", stdout=out)
    message.refresh_from_db()
    assert message.state == MessageState.WAITING
