"""The journal: the database refuses changes; what is changed behind its back is found; writers queue without gaps."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from tests import factories
from tests.factories import NOW
from virage.journal.entries import PLATFORM, Actor, digest, record
from virage.journal.models import Chain, Entry
from virage.journal.moves import Overtaken, move
from virage.journal.verify import faults
from virage.kernel.workflow import NotPossible, Workflow
from virage.records.models.documents import Document
from virage.records.states import DOCUMENT

BY = Actor(id=7, label="Camille Fictive", organisation="EHPAD de l’Essai")
KEY = "thing:x"


def write(count=3, ref="x"):
    return [
        record("try", by=BY, at=NOW + timedelta(minutes=n), subject_kind="thing", subject_ref=ref, data={"n": n})
        for n in range(count)
    ]


def of(key=KEY):
    return [fault for fault in faults() if fault.chain == key]


def test_entries_follow_one_another(db):
    first, second, third = write()
    assert [entry.position for entry in (first, second, third)] == [1, 2, 3]
    assert first.previous == ""
    assert (second.previous, third.previous) == (first.hash, second.hash)
    assert of() == []


def test_entries_about_a_patient_share_the_patients_chain(db):
    one = record("a", by=BY, at=NOW, subject_kind="wound", subject_ref="w", patient_ref="p")
    two = record("b", by=PLATFORM, at=NOW, subject_kind="consent", subject_ref="c", patient_ref="p")
    assert one.chain_id == two.chain_id == "patient:p"
    assert two.position == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET verb = 'other' WHERE chain_id = 'thing:x'",
        "DELETE FROM journal_entry WHERE chain_id = 'thing:x'",
        "TRUNCATE journal_entry",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(db, statement):
    write()
    connection.check_constraints()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.filter(chain=KEY, verb="try").count() == 3


@pytest.mark.parametrize("change", [{"verb": "other"}, {"actor_label": "Autre"}, {"data": {"n": 99}}, {"at": NOW}])
def test_no_model_call_changes_an_entry_either(db, change):
    entry = write()[2]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(**change)


def tamper(statement):
    """As someone with all rights on the database would: triggers off, change, triggers on."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "statement, reason",
    [
        ("UPDATE journal_entry SET verb = 'other' WHERE chain_id = 'thing:x' AND position = 2", "was changed"),
        ("UPDATE journal_entry SET data = '{}' WHERE chain_id = 'thing:x' AND position = 1", "was changed"),
        (
            "UPDATE journal_entry SET at = at + interval '1 second' WHERE chain_id = 'thing:x' AND position = 3",
            "was changed",
        ),
        ("DELETE FROM journal_entry WHERE chain_id = 'thing:x' AND position = 2", "is missing"),
        ("DELETE FROM journal_entry WHERE chain_id = 'thing:x' AND position = 3", "head does not match"),
    ],
)
def test_a_change_behind_the_databases_back_is_found(db, statement, reason):
    write()
    tamper(statement)
    assert any(reason in fault.reason for fault in of())


def test_a_forged_hash_breaks_the_next_link(db):
    first = write()[0]
    first.verb = "other"
    tamper(f"UPDATE journal_entry SET verb = 'other', hash = '{digest(first)}' WHERE id = {first.pk}")
    assert [fault.reason for fault in of()] == ["does not follow the entry before it"]


def test_the_command_says_whole_or_where(db):
    write()
    out, err = StringIO(), StringIO()
    call_command("verify_journal", stdout=out)
    assert "journal whole" in out.getvalue()
    tamper("UPDATE journal_entry SET verb = 'other' WHERE chain_id = 'thing:x' AND position = 2")
    with pytest.raises(CommandError, match="fault"):
        call_command("verify_journal", stderr=err)
    assert "thing:x #2" in err.getvalue()


def test_many_writers_on_one_chain_leave_no_gap(own_database):
    gate, errors = threading.Barrier(6), []

    def work():
        try:
            gate.wait()
            write(count=10)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert list(Entry.objects.filter(chain=KEY).order_by("position").values_list("position", flat=True)) == list(
        range(1, 61)
    )
    assert of() == []
    assert Chain.objects.get(pk=KEY).length == 60


def test_writers_of_other_chains_do_not_wait(own_database):
    """One transaction holds a chain; another chain is written meanwhile."""
    done = threading.Event()

    def work():
        try:
            write(ref="y")
            done.set()
        finally:
            connections.close_all()

    with transaction.atomic():
        write()
        thread = threading.Thread(target=work)
        thread.start()
        assert done.wait(timeout=20)
    thread.join()


class TestMove:
    @pytest.fixture
    def row(self, db):
        patient = factories.patient()
        return Document.objects.create(
            patient=patient, folder="F" * 22, client_id="00000000-0000-4000-8000-000000000001", content_type="image/jpeg",
            size=1, sha256="0" * 64, key_id="k", uploaded_by_label="essai", created_at=NOW,
        )  # fmt: skip

    def test_the_state_and_its_entry_are_written_together(self, row):
        move(row, "process", workflow=DOCUMENT, by=BY, at=NOW, patient_ref=row.patient.ref)
        row.refresh_from_db()
        assert row.state == "ready"
        entry = Entry.objects.get(subject_ref=row.ref, verb="process")
        assert entry.data == {"from": "received", "to": "ready"}

    def test_the_second_of_two_is_told(self, row):
        seen = Document.objects.get(pk=row.pk)
        move(row, "process", workflow=DOCUMENT, by=BY, at=NOW)
        with pytest.raises(Overtaken) as told:
            move(seen, "refuse", workflow=DOCUMENT, by=BY, at=NOW, refusal="unreadable")
        assert told.value.state == "ready"
        assert Entry.objects.filter(subject_ref=row.ref).count() == 1

    def test_a_verb_without_a_place_is_refused(self, row):
        none = Workflow(name="none", table={("received", "go"): "gone"}, initial="received")
        with pytest.raises(NotPossible):
            move(row, "process", workflow=none, by=BY, at=NOW)
