"""Messages: posted once, sent by one worker at a time, tried again, given up; never with health data."""

import threading
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections
from django.urls import reverse
from django.utils import translation

from tests import factories
from tests.factories import NOW
from virage.notifications import jobs
from virage.notifications.access import messages_about
from virage.notifications.actions import post as post_message
from virage.notifications.actions import sending
from virage.notifications.models import Message, MessageState
from virage.notifications.rules import letters, retries, templates


@pytest.fixture(autouse=True)
def mailbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PUBLIC_URL = "https://virage.invalid"
    mail.outbox = []


@pytest.fixture
def empty_outbox(db):
    Message.objects.all().delete()


def post(once="person-1:reason", **fields):
    defaults = {
        "address": "personne@essai.invalid",
        "language": "fr",
        "link": "/teleexpertise/x/",
        "subject_kind": "act",
        "subject_ref": "A" * 22,
        "at": NOW,
    }
    return post_message("expertise_received", once=once, **(defaults | fields))


def break_mail(monkeypatch, error):
    def refuse(self, messages):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def test_posting_twice_for_one_reason_makes_one_message(empty_outbox):
    assert post() is not None
    assert post() is None
    assert Message.objects.count() == 1


def test_a_message_is_sent_once_with_a_link_and_a_stable_identifier(empty_outbox):
    message = post()
    assert sending.send_due(at=NOW) == 1
    assert sending.send_due(at=NOW + timedelta(hours=1)) == 0
    [sent] = mail.outbox
    assert sent.to == ["personne@essai.invalid"]
    assert "https://virage.invalid/teleexpertise/x/" in sent.body
    assert sent.extra_headers["Message-ID"] == f"<{message.ref}@virage.invalid>"
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, NOW, 1)


def test_a_message_speaks_its_recipients_language(empty_outbox):
    with translation.override("fr"):
        post(language="en")
        sending.send_due(at=NOW)
    assert mail.outbox[0].subject == "A request for your opinion is waiting"
    assert "sign in" in mail.outbox[0].body


def test_a_message_that_is_not_due_waits(empty_outbox):
    post(due_at=NOW + timedelta(hours=2))
    assert sending.send_due(at=NOW) == 0
    assert sending.send_due(at=NOW + timedelta(hours=2)) == 1


def test_failures_are_tried_again_later_and_given_up_after_five(empty_outbox, monkeypatch):
    message, at = post(), NOW
    break_mail(monkeypatch, SMTPServerDisconnected("bye"))
    waits = []
    while True:
        sending.send_due(at=at)
        message.refresh_from_db()
        if message.state == MessageState.FAILED:
            break
        assert message.state == MessageState.WAITING
        waits.append(message.due_at - at)
        at = message.due_at
    assert waits == list(retries.RETRY_AFTER)
    assert message.attempts == 5
    assert message.error == "SMTPServerDisconnected"


def test_an_address_that_does_not_exist_is_given_up_at_once(empty_outbox, monkeypatch):
    message = post()
    break_mail(monkeypatch, SMTPRecipientsRefused({"personne@essai.invalid": (550, b"no such user")}))
    sending.send_due(at=NOW)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.FAILED, 1)
    assert "personne" not in message.error


def test_an_unknown_template_fails_alone(empty_outbox):
    bad = post(once="bad")
    Message.objects.filter(pk=bad.pk).update(template="none_such")
    post(once="good")
    assert sending.send_due(at=NOW) == 2
    assert len(mail.outbox) == 1
    bad.refresh_from_db()
    assert (bad.state, bad.error) == (MessageState.FAILED, "template")


def test_what_a_dead_worker_held_is_taken_again_after_ten_minutes(empty_outbox):
    message = post()
    sending.claim(at=NOW)  # and the worker dies here
    assert sending.claim(at=NOW + timedelta(minutes=9)) == []
    [again] = sending.claim(at=NOW + timedelta(minutes=10))
    assert again.pk == message.pk
    assert again.attempts == 2


def test_a_worker_held_for_dead_does_not_write_over_the_next_one(empty_outbox):
    message = post()
    [slow] = sending.claim(at=NOW)
    [second] = sending.claim(at=NOW + timedelta(minutes=10))
    sending.deliver(second, at=NOW + timedelta(minutes=10))
    sending.deliver(slow, at=NOW + timedelta(minutes=11))
    message.refresh_from_db()
    assert message.sent_at == NOW + timedelta(minutes=10)


def test_a_message_whose_worker_dies_each_time_is_given_up(empty_outbox):
    message, at = post(), NOW
    for _attempt in range(retries.MAX_ATTEMPTS):
        assert sending.claim(at=at)
        at += retries.CLAIM_LASTS
    assert sending.claim(at=at) == []
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.FAILED, "interrupted")


def test_two_workers_at_once_never_take_the_same_message(own_database):
    Message.objects.all().delete()
    expected = {post(once=f"person-{number}").pk for number in range(40)}
    taken, gate = [], threading.Barrier(4)

    def work():
        try:
            gate.wait()
            while batch := sending.claim(at=NOW, limit=3):
                taken.extend(message.pk for message in batch)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A worker may leave while others hold the last rows: what matters is that nothing is taken twice.
    assert sorted(taken) == sorted(expected)


def test_the_job_sends_what_is_due(empty_outbox):
    post()
    jobs.send_due(timestamp=0)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("key", sorted(templates.TEMPLATES))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_template_is_complete_in_both_languages(key, language):
    letter = letters.compose(key, language, "https://virage.invalid/x/", code="123456")
    assert letter.subject
    assert ("https://virage.invalid/x/" in letter.body) != ("123456" in letter.body)
    assert "{" not in letter.subject + letter.body


def test_the_outbox_shows_what_was_sent_in_the_demo(empty_outbox, client, settings):
    settings.DEMO = True
    post()
    client.force_login(factories.nurse().user)
    page = client.get(reverse("notifications:outbox"))
    assert page.status_code == 200
    assert "Une demande d’avis vous attend" in page.content.decode()


def test_the_outbox_exists_in_the_demo_only(empty_outbox, client, settings):
    settings.DEMO = False
    client.force_login(factories.user())  # whom no second factor is asked for
    assert client.get(reverse("notifications:outbox")).status_code == 404


def test_the_outbox_asks_to_sign_in(client, db, settings):
    settings.DEMO = True
    assert client.get(reverse("notifications:outbox")).status_code == 302


def test_the_outbox_reads_a_page_in_a_bounded_number_of_statements(
    empty_outbox, client, settings, django_assert_max_num_queries
):
    settings.DEMO = True
    for number in range(45):
        post(once=f"p{number}")
    client.force_login(factories.nurse().user)
    with django_assert_max_num_queries(8):
        page = client.get(reverse("notifications:outbox"))
    assert page.content.decode().count("personne@essai.invalid") == 20


def test_a_sender_sees_what_became_of_the_messages_about_an_act(empty_outbox):
    post()
    post(once="other", subject_ref="B" * 22)
    sending.send_due(at=NOW)
    [message] = messages_about("act", "A" * 22)
    assert message.look == "ok"
