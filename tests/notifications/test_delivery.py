"""Messages through a real mail server and a real HTTP gateway, started here; and what a gateway's answers mean."""

import email
import email.policy
import json
import logging
from datetime import timedelta

import pytest

from tests.factories import NOW
from tests.notifications.gateway import gateway, mail_server
from virage.notifications.actions import post, sending
from virage.notifications.models import Channel, Message, MessageState
from virage.notifications.rules import retries
from virage.notifications.rules.letters import SECRET_PLACE

NUMBER = "+33639980123"


@pytest.fixture(autouse=True)
def alone(db, settings):
    Message.objects.all().delete()
    settings.PUBLIC_URL = "https://virage.invalid"


@pytest.fixture
def sms(settings):
    with gateway() as running:
        settings.SMS_URL, settings.SMS_TOKEN = running.url, "jeton-d-essai"
        settings.SMS_SENDER, settings.SMS_TIMEOUT = "Virage", 0.3
        yield running


@pytest.fixture
def mailbox(settings):
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", running.port, False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield running


def text(**fields):
    defaults = {
        "address": NUMBER,
        "channel": Channel.SMS,
        "language": "fr",
        "subject_kind": "act",
        "subject_ref": "A" * 22,
    }
    link = fields.pop("link", f"/patient/lien/{SECRET_PLACE}/")
    return post("patient_link", once="one", link=link, at=NOW, **(defaults | fields))


def test_an_sms_reaches_the_gateway_as_the_contract_says(sms):
    message = text()
    assert sending.send_due(at=NOW) == 1
    [body], [headers] = sms.taken, sms.headers
    assert set(body) == {"to", "from", "text", "id"}
    assert (body["to"], body["from"], body["id"]) == (NUMBER, "Virage", message.ref)
    assert f"https://virage.invalid/patient/lien/{message.secret}/" in body["text"]
    assert len(body["text"]) <= 160
    assert headers["Authorization"] == "Bearer jeton-d-essai"
    assert headers["Idempotency-Key"] == message.ref
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_the_gateway_is_asked_again_with_the_same_key_until_it_takes_it(sms):
    sms.answers = [500, 503, 202]
    message, at = text(), NOW
    for wait in retries.RETRY_AFTER[:2]:
        sending.send_due(at=at)
        message.refresh_from_db()
        assert (message.state, message.due_at) == (MessageState.WAITING, at + wait)
        at = message.due_at
    sending.send_due(at=at)
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert {headers["Idempotency-Key"] for headers in sms.headers} == {message.ref}
    assert len({json.dumps(body) for body in sms.taken}) == 1


@pytest.mark.parametrize("status", [400, 404, 410, 413, 422])
def test_what_the_gateway_will_never_take_is_given_up_at_once(sms, status):
    sms.answers = [status]
    message = text()
    sending.send_due(at=NOW)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (MessageState.FAILED, 1, f"gateway: {status}")


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 408, 429, 500, 502, 503])
def test_what_may_pass_is_tried_again(sms, status):
    sms.answers = [status]
    message = text()
    sending.send_due(at=NOW)
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.WAITING, f"gateway: {status}")
    assert len(sms.taken) == 1  # a redirection is not followed: the number and the token go nowhere else


@pytest.mark.parametrize("status", [200, 201, 202, 204, 208, 409])
def test_a_gateway_that_has_it_already_has_taken_it(sms, status):
    sms.answers = [status]
    message = text()
    sending.send_due(at=NOW)
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_a_gateway_that_does_not_answer_is_left_after_the_time_out(sms):
    sms.answers = [None]
    message = text()
    sending.send_due(at=NOW)
    message.refresh_from_db()
    assert message.state == MessageState.WAITING
    assert message.error in ("gateway: TimeoutError", "gateway: URLError")


def test_a_gateway_that_is_not_there_is_tried_five_times_then_given_up(settings):
    with gateway() as gone:
        settings.SMS_URL, settings.SMS_TIMEOUT = gone.url, 0.3
    message, at = text(), NOW
    while message.state != MessageState.FAILED:
        sending.send_due(at=at)
        message.refresh_from_db()
        at = message.due_at
    assert message.attempts == retries.MAX_ATTEMPTS


def test_neither_number_nor_text_nor_secret_is_logged(sms, caplog):
    sms.answers = [500]
    message = text()
    with caplog.at_level(logging.DEBUG):
        sending.send_due(at=NOW)
    assert message.ref in caplog.text
    for word in (NUMBER, message.secret, "jeton-d-essai"):
        assert word not in caplog.text


def test_without_a_gateway_an_sms_is_shown_in_the_outbox_only(settings):
    settings.SMS_URL = ""
    message = text()
    sending.send_due(at=NOW)
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert message.secret in message.letter.body


def test_a_letter_reaches_a_mail_server(mailbox):
    message = post(
        "expertise_received",
        once="one",
        address="personne@essai.invalid",
        language="fr",
        link="/teleexpertise/x/",
        subject_kind="act",
        subject_ref="A" * 22,
        at=NOW,
    )
    sending.send_due(at=NOW)
    [letter] = [email.message_from_string(one, policy=email.policy.default) for one in mailbox.letters]
    assert letter["Subject"] == "Une demande d’avis vous attend"
    assert letter["Message-ID"] == f"<{message.ref}@virage.invalid>"
    assert "https://virage.invalid/teleexpertise/x/" in letter.get_content()


@pytest.mark.parametrize("answer, state", [("550 no such user", "failed"), ("451 later", "waiting")])
def test_a_mail_server_that_refuses_for_good_or_for_now(mailbox, answer, state):
    mailbox.refuse = answer
    message = text(channel=Channel.EMAIL, address="personne@essai.invalid")
    sending.send_due(at=NOW)
    message.refresh_from_db()
    assert message.state == state
    assert mailbox.letters == []


def test_a_mail_server_that_comes_back_gets_the_letter(mailbox):
    mailbox.refuse = "451 later"
    text(channel=Channel.EMAIL, address="personne@essai.invalid")
    sending.send_due(at=NOW)
    mailbox.refuse = ""
    sending.send_due(at=NOW + timedelta(minutes=1))
    assert len(mailbox.letters) == 1
