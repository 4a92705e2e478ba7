"""Retention: each rule lets go what has had its time, once, and nothing younger; it says so in the journal."""

import threading
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connections

from tests import factories
from tests.billing.performed import performed_act
from tests.factories import NOW
from tests.journal.forging import write
from tests.teleexpertise.world import World, fresh
from virage.billing import actions as billing
from virage.billing.models import Line
from virage.journal.heads import make_due
from virage.journal.keys import signing_keys
from virage.journal.models import Checkpoint, Entry
from virage.journal.verify import faults
from virage.law import parameters
from virage.notifications import actions as notifications
from virage.notifications.models import Message
from virage.privacy import actions
from virage.privacy.models import Run
from virage.privacy.record import RULES, limit
from virage.records.models.documents import Document, PhoneLink
from virage.teleexpertise.actions import drafts

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.DOCUMENTS_DIR, settings.DOCUMENT_KEYS_DIR = tmp_path / "documents", tmp_path / "keys"
    settings.JOURNAL_KEYS_DIR = tmp_path / "keys" / "journal"


def counts(at):
    return {run.rule: run.count for run in actions.apply_all(at=at)}


def rule(name):
    return next(rule for rule in RULES if rule.name == name)


def waiting(name, at):
    return rule(name).waiting(limit(rule(name), at))


def span(name):
    return parameters.value(name, NOW.date())


class TestNumbers:
    @pytest.fixture
    def line(self, db):
        act = performed_act(at=NOW - timedelta(hours=1))
        billing.bill_performed(at=NOW)
        line = Line.objects.get(act=act)
        assert line.payer_data["nir"], "the test needs a line with a number"
        return line

    def test_the_payer_has_the_number_for_ninety_days(self, line):
        assert "retention.nir.performer" in {found.name for found in RULES}
        assert counts(NOW + 90 * DAY)["retention.nir.performer"] == 0
        line.refresh_from_db()
        assert line.payer_data["nir"]
        assert waiting("retention.nir.performer", NOW + 90 * DAY + DAY / 24) == 1
        assert counts(NOW + 90 * DAY + DAY / 24)["retention.nir.performer"] == 1
        line.refresh_from_db()
        assert not {"nir", "birth_date", "birth_rank"} & set(line.payer_data)
        assert line.payer_data["forgotten_on"]
        assert (line.state, line.payer_data["missing"]) == ("due", []), "what is due stays due"

    def test_it_does_not_come_back(self, line):
        late = NOW + 91 * DAY
        counts(late)
        assert counts(late)["retention.nir.performer"] == 0
        Line.objects.update(recheck_at=late)
        billing.recheck(at=late)
        line.refresh_from_db()
        assert "nir" not in line.payer_data

    def test_the_record_has_it_for_thirty_days_after_it_was_sent(self, line):
        patient = line.act.patient
        line.act.closed_at = NOW
        line.act.save()
        assert counts(NOW + 30 * DAY)["retention.nir.requester"] == 0
        assert counts(NOW + 31 * DAY)["retention.nir.requester"] == 1
        patient.refresh_from_db()
        assert patient.nir == ""
        assert Entry.objects.filter(patient_ref=patient.ref, verb="forget_number").count() == 1
        assert counts(NOW + 31 * DAY)["retention.nir.requester"] == 0

    @pytest.mark.parametrize(
        "under_way",
        [
            {"performed_at": None, "performer": None, "state": "sent"},
            {"performed_at": None, "performer": None, "state": "draft", "requested_at": None},
        ],
    )
    def test_the_record_keeps_it_while_something_is_under_way(self, line, under_way):
        act = line.act
        other = performed_act(patient=act.patient, requester=act.requester, complete=False)
        type(other).objects.filter(pk=other.pk).update(**under_way)
        assert counts(NOW + 31 * DAY)["retention.nir.requester"] == 0

    def test_the_record_keeps_it_until_the_line_of_what_was_done_is_written(self, line):
        performed_act(patient=line.act.patient, requester=line.act.requester, complete=False)
        assert counts(NOW + 31 * DAY)["retention.nir.requester"] == 0

    def test_a_number_that_was_never_sent_stays(self, db):
        patient = factories.patient()
        counts(NOW + 400 * DAY)
        patient.refresh_from_db()
        assert patient.nir


class TestDrafts:
    @pytest.fixture
    def world(self, db):
        return World()

    def photograph(self, draft, at=NOW):
        return Document.objects.create(
            patient=draft.act.patient, folder=draft.act.ref, client_id=uuid.uuid4(), content_type="image/jpeg",
            size=1, sha256="0" * 64, key_id="k", uploaded_by_label="essai", created_at=at, state="ready",
        )  # fmt: skip

    def test_a_draft_left_alone_loses_what_was_typed_and_its_photographs(self, world):
        draft = world.draft()
        document = self.photograph(draft)
        late = NOW + span("retention.drafts") + DAY
        assert counts(late)["retention.drafts"] == 1
        draft, document = fresh(draft), Document.objects.get(pk=document.pk)
        assert (draft.act.state, draft.act.closed_at) == ("withdrawn", late)
        assert (draft.assessment.answers, draft.assessment.scores) == ({}, {})
        assert document.removed_at == late
        assert counts(late)["retention.drafts"] == 0

    def test_one_that_was_given_up_is_emptied_too(self, world):
        draft = world.draft()
        drafts.discard(by=world.nurse, expertise=draft, at=NOW)
        assert counts(NOW + span("retention.drafts") + DAY)["retention.drafts"] == 1
        assert fresh(draft).assessment.answers == {}

    def test_one_that_is_written_to_stays(self, world):
        draft = world.draft()
        late = NOW + span("retention.drafts") + DAY
        self.photograph(draft, at=late - DAY)
        assert counts(late)["retention.drafts"] == 0
        assert fresh(draft).act.state == "draft"

    def test_what_was_sent_stays_whatever_its_age(self, world):
        sent = world.sent()
        counts(NOW + 10 * span("retention.drafts"))
        assert fresh(sent).assessment.answers != {}


class TestRows:
    def test_messages_that_were_sent_go_and_those_that_wait_stay(self, db):
        Message.objects.all().delete()
        for once in ("old", "young", "waiting"):
            notifications.post(
                "expertise_received", address="a@virage.invalid", language="fr", link="/", subject_kind="act",
                subject_ref="r", once=once, at=NOW,
            )  # fmt: skip
        Message.objects.exclude(once="waiting").update(state="sent", sent_at=NOW)
        late = NOW + span("retention.messages") + DAY
        Message.objects.filter(once="young").update(due_at=late - DAY)
        assert counts(late)["retention.messages"] == 1
        assert set(Message.objects.values_list("once", flat=True)) == {"young", "waiting"}

    def test_sessions_that_ended(self, db):
        Session.objects.all().delete()
        for key, end in (("over", NOW - DAY), ("open", NOW + DAY)):
            Session.objects.create(session_key=key, session_data="", expire_date=end)
        assert counts(NOW)["retention.sessions"] == 1
        assert Session.objects.get().session_key == "open"

    def test_the_address_and_browser_of_a_session(self, db):
        user, late = factories.nurse().user, NOW + span("retention.sign_ins") + DAY
        for key, seen in (("old", NOW), ("young", late - DAY)):
            row = UserSession.objects.create(user=user, session_key=key, ip="192.0.2.1", user_agent="essai")
            UserSession.objects.filter(pk=row.pk).update(last_seen_at=seen)
        assert counts(late)["retention.sign_ins"] == 1
        assert UserSession.objects.get(user=user).session_key == "young"

    def test_links_of_phones(self, db):
        nurse = factories.nurse()
        late = NOW + span("retention.phone_links") + DAY
        for end in (NOW, late - DAY):
            PhoneLink.objects.create(
                token_hash=uuid.uuid4().hex, patient=factories.patient(), folder="f", created_by=nurse, expires_at=end,
                created_at=NOW,
            )  # fmt: skip
        assert counts(late)["retention.phone_links"] == 1

    def test_more_than_a_batch_goes_in_one_night(self, db, monkeypatch):
        monkeypatch.setattr("virage.privacy.record.BATCH", 2)
        Session.objects.all().delete()
        for number in range(5):
            Session.objects.create(session_key=str(number), session_data="", expire_date=NOW - DAY)
        assert counts(NOW)["retention.sessions"] == 5


class TestJournal:
    def test_old_entries_go_behind_a_signed_checkpoint(self, db):
        keys = signing_keys()
        old = NOW - span("retention.journal") - 10 * DAY
        write("old", count=4, at=old)
        make_due(at=old + 3 * DAY, keys=keys)
        write("old", count=1, at=NOW)
        assert waiting("retention.journal", NOW) == 4
        assert counts(NOW)["retention.journal"] == 4
        assert Checkpoint.objects.get(chain="thing:old").rule == "retention.journal"
        assert [fault for fault in faults(keys) if fault.chain == "thing:old"] == []
        assert counts(NOW)["retention.journal"] == 0


class TestRuns:
    def test_old_records_wait_for_a_person(self, db):
        patient = factories.patient()
        late = NOW + span("retention.medical_record") + DAY
        assert waiting("retention.medical_record", late) >= 1
        counts(late)
        patient.refresh_from_db()
        assert "retention.medical_record" not in set(Run.objects.values_list("rule", flat=True))

    def test_what_was_done_is_in_the_journal_and_nothing_says_of_whom(self, db):
        Session.objects.create(session_key="over", session_data="", expire_date=NOW - DAY)
        counts(NOW)
        entry = Entry.objects.get(verb="apply_retention", data__rule="retention.sessions")
        assert entry.data["count"] >= 1
        assert entry.patient_ref == ""

    def test_a_rule_that_fails_does_not_hold_up_the_others(self, db, monkeypatch):
        def fail(**_arguments):
            raise RuntimeError("no")

        monkeypatch.setattr(billing, "forget_numbers", fail)
        Session.objects.create(session_key="over", session_data="", expire_date=NOW - DAY)
        runs = {run.rule: run for run in actions.apply_all(at=NOW)}
        assert runs["retention.nir.performer"].failed
        assert runs["retention.sessions"].count >= 1
        with pytest.raises(CommandError, match="could not be applied"):
            call_command("retention", stdout=StringIO())

    def test_a_dry_run_counts_and_changes_nothing(self, db):
        Session.objects.create(session_key="over", session_data="", expire_date=NOW - 400 * DAY)
        out = StringIO()
        call_command("retention", "--dry-run", stdout=out)
        assert all(found.name in out.getvalue() for found in RULES)
        assert Session.objects.filter(session_key="over").exists()
        assert not Run.objects.exists()

    def test_two_at_once_let_go_once(self, own_database):
        performed_act(at=NOW - timedelta(hours=1))
        billing.bill_performed(at=NOW)
        gate, found = threading.Barrier(2), []

        def work():
            try:
                gate.wait()
                found.append(counts(NOW + 91 * DAY))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(2)]
        [thread.start() for thread in threads], [thread.join() for thread in threads]
        assert len(found) == 2
        assert (
            Entry.objects.filter(verb="forget_number", subject_kind="line").count()
            == Line.objects.filter(payer_data__has_key="forgotten_on").count()
            >= 1
        )

    def test_the_next_night_is_at_the_hour_of_the_job(self):
        assert actions.next_run(NOW.replace(hour=3, minute=52)) == NOW.replace(hour=3, minute=53, second=0)
        assert actions.next_run(NOW.replace(hour=3, minute=53, second=0)).day == (NOW + DAY).day

    def test_every_rule_has_a_period_with_its_text(self):
        for found in RULES:
            parameter = parameters.at(found.name, NOW.date())
            assert parameter is not None, found.name
            assert parameter.status in {"law", "project"}
            assert parameter.citation.section
