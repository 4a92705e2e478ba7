"""The role that runs the platform: it writes the journal, and can neither change it nor switch its guards off."""

import secrets
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW
from tests.journal.forging import write
from virage.journal.checkpoints import prune
from virage.journal.heads import make_due
from virage.journal.keys import signing_keys
from virage.journal.models import Entry
from virage.journal.verify import faults


@pytest.fixture
def role(db):
    """Made inside the test's transaction, gone with it."""
    name = f"app_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} NOLOGIN")
    return name


@contextmanager
def acting_as(role):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        yield cursor
        cursor.execute("RESET ROLE")


def give(role):
    call_command("app_role", role, stdout=StringIO())


def test_it_writes_entries_and_heads_and_prunes_by_the_door(role, settings, tmp_path):
    settings.JOURNAL_KEYS_DIR = tmp_path / "journal"
    keys, long_ago = signing_keys(), NOW - timedelta(days=3000)
    give(role)
    with acting_as(role):
        write(count=3, at=long_ago)
        make_due(at=long_ago + timedelta(days=2), keys=keys)
        assert prune("thing:x", length=2, rule="journal", at=NOW, keys=keys) == 2
        assert list(faults(keys)) == []
        assert Entry.objects.filter(chain="thing:x").count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET verb = 'other'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry CASCADE",
        "ALTER TABLE journal_entry DISABLE TRIGGER USER",
        "DROP TRIGGER journal_entry_append_only ON journal_entry",
        "DROP TABLE journal_entry CASCADE",
        "SET session_replication_role = replica",
        "UPDATE journal_head SET root = ''",
        "DELETE FROM journal_checkpoint",
        "UPDATE django_migrations SET name = ''",
        "CREATE OR REPLACE FUNCTION journal_refuse_entry() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_it_is_refused(role, statement):
    give(role)
    refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
    with acting_as(role) as cursor, refused, transaction.atomic():
        cursor.execute(statement)


def test_a_role_that_is_not_there_or_could_do_all_is_not_given_anything(db):
    for name, told in (("nobody_here", "does not exist"), (connection.settings_dict["USER"], "superuser")):
        with CaptureQueriesContext(connection) as queries, pytest.raises(CommandError, match=told):
            call_command("app_role", name)
        assert not any("GRANT" in query["sql"] for query in queries)
