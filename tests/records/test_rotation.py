"""A new key for the documents while the platform runs: nothing missing at any instant, killed or not."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from tests import factories, ground
from tests.factories import NOW
from tests.records.pictures import PDF
from virage.journal.models import Entry
from virage.records import storage
from virage.records.actions import documents, rotation
from virage.records.actions.documents import Place


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.DOCUMENTS_DIR, settings.DOCUMENT_KEYS_DIR = tmp_path / "documents", tmp_path / "keys"


@pytest.fixture
def vault():
    return storage.vault()


def filled(vault, count):
    names = [f"{index:022d}" for index in range(count)]
    for name in names:
        vault.write(name, [name.encode() * 100])
    return names


def whole(vault, names):
    return all(vault.read_all(name) == name.encode() * 100 for name in names)


def rotate(vault, **more):
    return rotation.rotate(vault=vault, at=datetime.now(UTC), tell=lambda *_: None, **more)


def later():
    return datetime.now(UTC) + rotation.SETTLED


def test_every_file_gets_the_new_key_and_keeps_its_content(db, vault):
    names = filled(vault, 5)
    told = []
    done = rotation.rotate(vault=vault, at=NOW, tell=lambda *part: told.append(part))
    assert (done.key_id, done.renewed, done.unreadable) == ("k0002", 5, [])
    assert {vault.key_of(name) for name in names} == {"k0002"}
    assert whole(vault, names)
    assert told == [(count, 5) for count in range(1, 6)]
    assert sorted(vault.names()) == names
    assert not list(vault.root.rglob("*.part"))
    entry = Entry.objects.get(verb="rotate_key")
    assert (entry.subject_ref, entry.data) == ("k0002", {"renewed": 5, "unreadable": 0})


def test_the_row_of_a_document_names_the_new_key(db, vault):
    nurse = factories.nurse()
    place = Place(patient=factories.patient(cared_by=nurse.organisation), folder="F" * 22, opened_at=NOW)
    file = SimpleUploadedFile("x.pdf", PDF)
    document = documents.receive(by=nurse.actor, place=place, file=file, client_id=uuid.uuid4(), at=NOW)
    rotate(vault)
    document.refresh_from_db()
    assert document.key_id == "k0002"
    assert documents.process(document=document, at=NOW).state == "ready"


def test_a_rotation_that_was_cut_is_finished_with_its_own_key(db, vault):
    names = filled(vault, 4)
    vault.keys.make_next()
    vault.renew(names[0])
    done = rotate(vault)
    assert (done.key_id, done.renewed) == ("k0002", 3)
    assert vault.keys.ids() == ["k0001", "k0002"]
    assert rotate(vault).key_id == "k0003"


def test_old_keys_are_retired_once_no_file_needs_them(db, vault):
    names = filled(vault, 3)
    rotate(vault)
    assert rotation.retire(vault=vault, at=later()) == ["k0001"]
    assert vault.keys.ids() == ["k0002"]
    assert whole(vault, names)
    assert rotation.retire(vault=vault, at=later()) == []
    assert Entry.objects.filter(verb="retire_key").count() == 1


def test_a_key_that_a_file_needs_is_kept(db, vault):
    names = filled(vault, 3)
    vault.keys.make_next()
    vault.renew(names[0])
    with pytest.raises(rotation.InUseError) as use:
        rotation.retire(vault=vault, at=later())
    assert use.value.left == 2
    assert vault.keys.ids() == ["k0001", "k0002"]


def test_a_key_that_a_slow_writer_may_hold_is_kept(db, vault):
    """It took the old key, then the rotation went by: its file comes under that key all the same."""
    filled(vault, 1)
    gate, go = threading.Event(), threading.Event()

    def slowly():
        yield b"first"
        gate.set()
        go.wait()
        yield b" and last"

    late = "L" * 22
    writer = threading.Thread(target=vault.write, args=(late, slowly()))
    writer.start()
    gate.wait()
    rotate(vault)
    with pytest.raises(rotation.InUseError) as use:
        rotation.retire(vault=vault, at=datetime.now(UTC))
    assert use.value.settles_at
    go.set()
    writer.join()
    assert vault.key_of(late) == "k0001"
    assert rotate(vault).renewed == 1
    assert vault.read_all(late) == b"first and last"


def test_a_file_that_can_not_be_read_is_told_left_alone_and_keeps_its_key(db, vault):
    names = filled(vault, 3)
    path = vault.path(names[1])
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    before = path.read_bytes()
    done = rotate(vault)
    assert (done.renewed, done.unreadable) == (2, [names[1]])
    assert path.read_bytes() == before
    with pytest.raises(rotation.InUseError):
        rotation.retire(vault=vault, at=later())
    assert rotate(vault, anew=True).key_id == "k0003"


def test_a_file_deleted_on_the_way_is_no_fault(db, vault):
    filled(vault, 1)
    vault.keys.make_next()
    assert vault.renew("N" * 22) is False


def test_a_file_written_anew_on_the_way_stays(db, vault, monkeypatch):
    (name,) = filled(vault, 1)
    vault.keys.make_next()
    read_all = vault.read_all

    def overtaken(wanted):
        plain = read_all(wanted)
        vault.write(name, [b"newer"])
        return plain

    monkeypatch.setattr(vault, "read_all", overtaken)
    assert vault.renew(name) is False
    monkeypatch.undo()
    assert vault.read_all(name) == b"newer"


def test_two_rotations_do_not_meet(db, vault):
    filled(vault, 1)
    with rotation._alone(vault), pytest.raises(rotation.BusyError):
        rotate(vault)


def test_readers_never_miss_a_file(db, vault):
    names, stop, faults, read = filled(vault, 60), threading.Event(), [], []

    def reader():
        while not stop.is_set():
            try:
                read.append(whole(vault, names))
            except storage.StorageError as fault:
                faults.append(fault)

    threads = [threading.Thread(target=reader) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        rotate(vault)
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert read
    assert all(read)


def test_the_command_says_what_it_did_and_why_it_did_not(db, vault):
    filled(vault, 2)
    out = StringIO()
    call_command("rotate_documents_key", stdout=out)
    assert "Key k0002 writes; 2 files" in out.getvalue()
    with pytest.raises(CommandError, match="too young"):
        call_command("rotate_documents_key", "--retire")
    old = (datetime.now(UTC) - timedelta(hours=2)).timestamp()
    os.utime(vault.keys.folder / "k0002.key", (old, old))
    call_command("rotate_documents_key", "--retire", stdout=out)
    assert "Retired: k0001." in out.getvalue()


def test_killed_in_the_middle_it_goes_on_and_no_file_is_lost(own_database, vault, settings):
    names = filled(vault, 600)
    env = {name: value for name, value in os.environ.items() if name not in ground.VARIABLES} | {
        "DJANGO_SETTINGS_MODULE": "virage.config.settings",
        "DATABASE_URL": own_database.url,
        "DEMO": "1",
        "DOCUMENTS_DIR": str(settings.DOCUMENTS_DIR),
        "DOCUMENT_KEYS_DIR": str(settings.DOCUMENT_KEYS_DIR),
    }
    command = [sys.executable, "manage.py", "rotate_documents_key"]
    process = subprocess.Popen(command, cwd=ground.ROOT, env=env, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while vault.key_of(names[0]) == "k0001" and vault.key_of(names[250]) == "k0001":
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    behind = [name for name in names if vault.key_of(name) == "k0001"]
    assert 0 < len(behind) < len(names)
    assert whole(vault, names)
    subprocess.run(command, cwd=ground.ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    assert {vault.key_of(name) for name in names} == {"k0002"}
    assert whole(vault, names)
