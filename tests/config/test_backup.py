"""Backup and restore: everything comes back as it was, a damaged archive is refused, nothing is lost by a refusal."""

import io
import os
import shutil
import stat
import tarfile
import threading
import uuid
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from tests import factories
from tests.factories import NOW
from tests.records.pictures import PDF, phone_photo
from virage.config import archives, backups, dumps
from virage.config.binaries import PostgresError
from virage.journal.models import Entry
from virage.records import storage
from virage.records.actions import documents
from virage.records.actions.documents import Place
from virage.records.models.documents import Document
from virage.ui.holds import deleting, holding

KEPT_OUT = {"django_session"}


@pytest.fixture
def house(own_database, settings, tmp_path):
    """An installation with a few things in it."""
    for name, folder in (("DOCUMENTS_DIR", "documents"), ("DOCUMENT_KEYS_DIR", "keys")):
        if getattr(settings, name).exists():  # the demo world's, to which rows of the clone point
            shutil.copytree(getattr(settings, name), tmp_path / folder)
        setattr(settings, name, tmp_path / folder)
    at = timezone.now()  # without what other tests left there
    storage.vault().sweep_orphans(lambda names: documents.known_files(names, at=at), at + timedelta(hours=1))
    settings.JOURNAL_KEYS_DIR = tmp_path / "keys" / "journal"
    (tmp_path / "safe").mkdir()
    (tmp_path / "elsewhere").mkdir()
    receive(phone_photo(), processed=True), receive(PDF, processed=True), receive(phone_photo())
    call_command("journal_head", stdout=io.StringIO())
    return tmp_path


def receive(data, *, processed=False):
    nurse = factories.nurse()
    place = Place(patient=factories.patient(cared_by=nurse.organisation), folder=uuid.uuid4().hex[:22], opened_at=NOW)
    document = documents.receive(
        by=nurse.actor, place=place, file=SimpleUploadedFile("x", data), client_id=uuid.uuid4(), at=NOW
    )
    return documents.process(document=document, at=NOW) if processed else document


def run(command, *args, **options):
    out = io.StringIO()
    call_command(command, *map(str, args), stdout=out, stderr=out, **options)
    return out.getvalue()


def back_up(house):
    run("backup", house / "safe" / "all.tar", keys=house / "elsewhere" / "keys.tar")
    return house / "safe" / "all.tar"


def counts():
    return {
        model._meta.db_table: model.objects.count()
        for model in apps.get_models()
        if model._meta.managed and model._meta.db_table not in KEPT_OUT
    }


def files(house):
    root = house / "documents"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.glob("??/??/*") if path.is_file()}


def wipe(house, *, keys=False):
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connections.close_all()
    shutil.rmtree(house / "documents")
    if keys:
        shutil.rmtree(house / "keys")


class TestRoundTrip:
    def test_dumped_wiped_restored_it_is_what_it_was(self, house):
        before, stored = counts(), files(house)
        archive = back_up(house)
        wipe(house, keys=True)
        said = run("restore", archive, keys=house / "elsewhere" / "keys.tar", no_input=True)
        assert "journal whole" in said
        assert "documents whole" in said
        assert "0 orphans" in said
        assert counts() == before
        assert files(house) == stored

    def test_the_restored_house_goes_on(self, house):
        archive = back_up(house)
        wipe(house)
        run("restore", archive, no_input=True)
        receive(PDF, processed=True)
        assert "journal whole" in run("verify_journal")
        with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
            cursor.execute("DELETE FROM journal_entry")
        assert "documents whole" in run("verify_documents")

    def test_what_came_after_the_backup_is_gone_and_the_files_from_before_are_kept_aside(self, house):
        before = counts()
        archive = back_up(house)
        later = receive(PDF, processed=True)
        said = run("restore", archive, overwrite=True, no_input=True)
        assert counts() == before
        aside = next((house / "documents").glob(".before-*"))
        assert str(aside) in said
        assert any(path.name == later.ref for path in aside.rglob("*"))
        assert "0 orphans" in said

    def test_a_removed_row_comes_back(self, house):
        archive, before = back_up(house), Document.objects.count()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE records_document CASCADE")
        run("restore", archive, overwrite=True, no_input=True)
        assert Document.objects.count() == before > 0

    def test_it_is_for_its_owner_alone_and_says_where_the_keys_are(self, house):
        said = run("backup", house / "safe")
        archive = next((house / "safe").glob("virage-*.tar"))
        assert stat.S_IMODE(archive.stat().st_mode) == 0o600
        assert str(house / "keys") in said
        with tarfile.open(archive) as tar:
            assert not [name for name in tar.getnames() if "key" in name]
        assert [path for path in (house / "safe").iterdir() if path != archive] == []

    def test_without_its_keys_it_says_that_no_document_can_be_read(self, house):
        archive = back_up(house)
        wipe(house)
        shutil.rmtree(house / "keys")
        with pytest.raises(CommandError, match="fault"):
            run("restore", archive, no_input=True)
        with pytest.raises(CommandError, match="missing or not readable"):
            run("verify_documents")

    def test_nobody_stays_signed_in(self, house, client):
        client.force_login(factories.nurse().user)
        archive = back_up(house)
        run("restore", archive, overwrite=True, no_input=True)
        assert apps.get_model("sessions", "Session").objects.count() == 0

    def test_a_new_installation_takes_the_secret_of_the_old_one(self, house):
        secret = house / "keys" / "secret_key"
        secret.write_text("of the old one")
        archive = back_up(house)
        wipe(house, keys=True)
        secret.parent.mkdir()
        secret.write_text("made at the first start")
        run("restore", archive, keys=house / "elsewhere" / "keys.tar", no_input=True)
        assert secret.read_text() == "of the old one"
        assert next(secret.parent.glob(".secret_key.before-*")).read_text() == "made at the first start"


class TestRefused:
    @pytest.fixture
    def archive(self, house):
        return back_up(house)

    def unchanged(self, house, act, match):
        before, stored = counts(), files(house)
        with pytest.raises(CommandError, match=match):
            act()
        assert counts() == before
        assert files(house) == stored
        assert not (house / "documents" / ".restoring").exists()

    def test_a_database_that_is_not_empty(self, house, archive):
        self.unchanged(house, lambda: run("restore", archive, no_input=True), "--overwrite")

    def test_documents_that_are_there(self, house, archive):
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        with pytest.raises(CommandError, match="holds documents"):
            run("restore", archive, no_input=True)

    def test_a_name_that_was_not_typed(self, house, archive, monkeypatch):
        monkeypatch.setattr("builtins.input", lambda _question: "yes")
        self.unchanged(house, lambda: run("restore", archive, overwrite=True), "another name was typed")

    def test_the_name_of_the_database_goes_on(self, house, archive, monkeypatch):
        monkeypatch.setattr("builtins.input", lambda _question: connection.settings_dict["NAME"])
        assert "documents whole" in run("restore", archive, overwrite=True)

    def test_a_platform_that_runs(self, house, archive, own_database):
        with psycopg.connect(own_database.url):
            self.unchanged(house, lambda: run("restore", archive, overwrite=True, no_input=True), "stop the platform")

    def test_one_byte_that_changed(self, house, archive):
        data = bytearray(archive.read_bytes())
        data[len(data) // 2] ^= 1
        archive.write_bytes(data)
        self.unchanged(house, lambda: run("restore", archive, overwrite=True, no_input=True), "damaged")

    def test_the_keys_in_place_of_the_backup(self, house, archive):
        keys = house / "elsewhere" / "keys.tar"
        self.unchanged(house, lambda: run("restore", keys, overwrite=True, no_input=True), "it holds keys")
        self.unchanged(
            house, lambda: run("restore", archive, keys=archive, overwrite=True, no_input=True), "holds no keys"
        )

    def test_keys_that_differ_from_those_in_place(self, house, archive):
        (house / "keys" / "k0001.key").write_bytes(b"x" * 32)
        keys = house / "elsewhere" / "keys.tar"
        self.unchanged(
            house, lambda: run("restore", archive, keys=keys, overwrite=True, no_input=True), "is another key"
        )

    def test_a_dump_that_the_server_refuses_changes_nothing(self, house, archive, monkeypatch):
        broken = dumps.EMPTIED + b"SELECT 1/0;\n"
        monkeypatch.setattr(dumps, "EMPTIED", broken)
        self.unchanged(house, lambda: run("restore", archive, overwrite=True, no_input=True), "division by zero")

    def test_a_dump_that_cannot_be_read_to_its_end_changes_nothing(self, house, archive, monkeypatch):
        """pg_restore stops in the middle: what psql has done already is taken back."""
        unpack = archives.unpack

        def cut(path, wanted, folder):
            count = unpack(path, wanted, folder)
            if wanted == archives.DUMP:
                dump = folder / archives.DUMP
                os.truncate(dump, int(dump.stat().st_size * 0.7))
            return count

        monkeypatch.setattr(archives, "unpack", cut)
        self.unchanged(house, lambda: run("restore", archive, overwrite=True, no_input=True), "left as it was")

    def test_a_later_version_s(self, house, monkeypatch):
        state = backups._state
        later = lambda: state() | {"migrations": [["records", "9999_later"]]}  # noqa: E731
        monkeypatch.setattr(backups, "_state", later)
        archive = back_up(house)
        self.unchanged(
            house, lambda: run("restore", archive, overwrite=True, no_input=True), "later version of Virage"
        )

    def test_a_later_server_s(self, house, monkeypatch):
        state = backups._state
        monkeypatch.setattr(backups, "_state", lambda: state() | {"postgresql": 99})
        archive = back_up(house)
        self.unchanged(house, lambda: run("restore", archive, overwrite=True, no_input=True), "PostgreSQL 99")

    def test_one_that_is_not_there(self, house):
        self.unchanged(house, lambda: run("restore", house / "none.tar", no_input=True), "is not there")


class TestBackup:
    def test_nothing_is_written_over_a_backup(self, house):
        archive = back_up(house)
        data = archive.read_bytes()
        with pytest.raises(CommandError, match="there already"):
            run("backup", archive)
        assert archive.read_bytes() == data

    def test_keys_do_not_lie_beside_it_unless_one_says_so(self, house):
        beside = house / "safe" / "keys.tar"
        with pytest.raises(CommandError, match="protect nothing"):
            run("backup", house / "safe" / "all.tar", keys=beside)
        assert list((house / "safe").iterdir()) == []
        run("backup", house / "safe" / "all.tar", keys=beside, with_keys=True)
        assert archives.checked(beside)["files"] > 1

    def test_a_failure_leaves_nothing(self, house, monkeypatch):
        def full(self, name, path):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(archives.Writer, "add", full)
        with pytest.raises(CommandError, match="no backup was made"):
            run("backup", house / "safe" / "all.tar")
        assert list((house / "safe").iterdir()) == []

    def test_a_server_without_its_programs_says_which_to_install(self):
        with pytest.raises(PostgresError, match="postgresql-client-9"):
            dumps.programs_of(9)

    def test_a_photograph_cleaned_meanwhile_loses_nothing(self, house, monkeypatch):
        """Its row is dumped as it was received; the job cleans it before the files are copied. Its raw file stays."""
        waiting = Document.objects.get(state="received")
        dump = dumps.Programs.dump

        def and_clean(self, path, snapshot):
            dump(self, path, snapshot)
            worker = threading.Thread(target=clean)
            worker.start()
            worker.join()

        def clean():
            try:
                documents.process(document=Document.objects.get(pk=waiting.pk), at=NOW)
            finally:
                connections.close_all()

        monkeypatch.setattr(dumps.Programs, "dump", and_clean)
        archive = back_up(house)
        assert Document.objects.get(pk=waiting.pk).state == "ready"
        assert storage.vault().exists(f"{waiting.ref}.raw"), "the sweep deletes it later"
        wipe(house)
        said = run("restore", archive, no_input=True)
        assert "documents whole" in said
        documents.process(document=Document.objects.get(pk=waiting.pk), at=NOW)
        assert Document.objects.get(pk=waiting.pk).state == "ready"

    def test_who_deletes_waits_for_the_end_of_a_backup_and_a_backup_for_who_deletes(self, own_database):
        seen = []

        def look():
            try:
                with deleting() as free:
                    seen.append(free)
            finally:
                connections.close_all()

        for guard in (holding(), deleting()):
            with guard:
                thread = threading.Thread(target=look)
                thread.start()
                thread.join()
        look()
        assert seen == [False, True, True]


class TestVerifyDocuments:
    def test_whole(self, house):
        assert "documents whole" in run("verify_documents")

    @pytest.mark.parametrize("harm", ["gone", "altered", "cut"])
    def test_a_file_that_is_not_what_it_was(self, house, harm):
        path = next(path for path in Path(house / "documents").rglob("*.thumb"))
        if harm == "gone":
            path.unlink()
        elif harm == "cut":
            os.truncate(path, path.stat().st_size - 1)
        else:
            data = bytearray(path.read_bytes())
            data[-1] ^= 1
            path.write_bytes(data)
        out = io.StringIO()
        with pytest.raises(CommandError, match="1 file"):
            call_command("verify_documents", stdout=out, stderr=out)
        assert path.name in out.getvalue()

    def test_a_file_that_no_row_keeps_is_counted(self, house):
        storage.vault().write("a" * 22, [b"nobody's"])
        assert "1 orphans" in run("verify_documents")


def test_an_archive_says_how_much_it_holds(house):
    about = archives.checked(back_up(house))
    assert (about["entries"], about["kind"]) == (Entry.objects.count(), "backup")
    assert about["made_at"][:10] == timezone.now().date().isoformat()
