"""Pruning: old entries go behind a signed checkpoint; the database lets nothing else go, and verification goes on."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from tests.factories import NOW
from tests.journal.forging import as_superuser, rewrite, write
from virage.journal import exports
from virage.journal.checkpoints import prunable, prune
from virage.journal.heads import make_due
from virage.journal.keys import SigningKeys, signing_keys
from virage.journal.models import Chain, Checkpoint, Entry
from virage.journal.verify import faults

DAY = timedelta(days=1)
LONG_AGO = NOW - 3000 * DAY
KEY = "thing:x"


@pytest.fixture
def keys(settings, tmp_path):
    settings.JOURNAL_KEYS_DIR = tmp_path / "journal"
    return signing_keys()


@pytest.fixture
def old(db, keys):
    """Five entries of long ago, covered by a head, and two of today."""
    write(count=5, at=LONG_AGO)
    make_due(at=LONG_AGO + 2 * DAY, keys=keys)
    write(count=2)


def cut(keys, length=5):
    return prune(KEY, length=length, rule="journal", at=NOW, keys=keys)


def positions(key=KEY):
    return list(Entry.objects.filter(chain=key).order_by("position").values_list("position", flat=True))


class TestPruning:
    def test_old_entries_go_and_what_stays_is_whole(self, old, keys):
        assert prunable(NOW - 365 * DAY)[KEY] == 5
        assert cut(keys) == 5
        assert positions() == [6, 7]
        assert list(faults(keys)) == []

    def test_twice_is_once(self, old, keys):
        cut(keys)
        assert cut(keys) == 0
        assert Checkpoint.objects.filter(chain=KEY).count() == 1
        assert KEY not in prunable(NOW - 365 * DAY)

    def test_the_chain_goes_on(self, old, keys):
        cut(keys)
        write(count=1)
        assert positions() == [6, 7, 8]
        assert list(faults(keys)) == []

    def test_a_chain_may_go_whole_and_be_written_again(self, db, keys):
        write(count=3, at=LONG_AGO)
        make_due(at=LONG_AGO + 2 * DAY, keys=keys)
        assert cut(keys, 3) == 3
        assert list(faults(keys)) == []
        write(count=1)
        assert positions() == [4]
        assert list(faults(keys)) == []

    def test_it_can_be_done_again_later(self, old, keys):
        cut(keys, 2)
        cut(keys, 5)
        assert positions() == [6, 7]
        assert list(faults(keys)) == []

    def test_nothing_beyond_a_head_or_younger_is_proposed(self, db, keys):
        write("x", count=3, at=LONG_AGO)
        assert KEY not in prunable(NOW), "no head covers it"
        make_due(at=LONG_AGO + 2 * DAY, keys=keys)
        write("x", count=1, at=NOW)
        write("x", count=1, at=LONG_AGO)  # a clock that was wrong: it stays behind a young entry
        make_due(at=NOW + DAY, keys=keys)
        assert prunable(NOW - DAY)[KEY] == 3


class TestTheDoor:
    """Only `journal_prune` behind a good checkpoint lets an entry go."""

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM journal_entry WHERE chain_id = 'thing:x' AND position = 1",
            "UPDATE journal_entry SET verb = 'other' WHERE chain_id = 'thing:x' AND position = 1",
            "UPDATE journal_checkpoint SET length = 7",
            "DELETE FROM journal_checkpoint",
            "TRUNCATE journal_checkpoint",
        ],
    )
    def test_a_checkpoint_alone_opens_nothing(self, old, keys, statement):
        cut(keys, 3)
        write("x", count=1)
        connection.check_constraints()
        if "entry" in statement:
            statement = statement.replace("position = 1", "position = 4")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_the_flag_of_the_door_opens_only_what_the_checkpoint_covers(self, old, keys):
        cut(keys, 3)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('virage.prune', %s, true)", [KEY])
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM journal_entry WHERE chain_id = %s AND position = 4", [KEY])

    def test_the_door_takes_nothing_of_a_chain_without_a_checkpoint(self, old):
        with connection.cursor() as cursor:
            cursor.execute("SELECT journal_prune(%s)", [KEY])
            assert cursor.fetchone() == (0,)
        assert len(positions()) == 7

    @pytest.mark.parametrize(
        "changes, told",
        [
            ({"length": 6}, "the journal of the last year stays"),
            ({"length": 5, "hash": "0" * 64}, "says the hash of an entry"),
            ({"length": 99}, "says the hash of an entry"),
        ],
    )
    def test_the_database_refuses_a_checkpoint_that_is_wrong_or_young(self, old, changes, told):
        entry = Entry.objects.filter(chain=KEY, position=changes["length"]).first()
        given_hash = changes.get("hash") or (entry.hash if entry else "0" * 64)
        make_due(at=NOW + DAY, keys=signing_keys())
        with pytest.raises(IntegrityError, match=told), transaction.atomic():
            Checkpoint.objects.create(
                chain_id=KEY,
                length=changes["length"],
                hash=given_hash,
                made_at=NOW,
                rule="r",
                key_id="k",
                signature="s",
            )

    def test_the_database_refuses_a_checkpoint_that_no_head_covers(self, db, keys):
        write(count=2, at=LONG_AGO)
        with pytest.raises(IntegrityError, match="no head covers"):
            cut(keys, 2)


class TestForged:
    def test_a_checkpoint_without_our_signature_is_told(self, old, keys, tmp_path):
        """Who may write to the database can open the door, but cannot hide it: the key is elsewhere."""
        prune(KEY, length=5, rule="journal", at=NOW, keys=SigningKeys(tmp_path / "other"))
        assert [str(fault) for fault in faults(keys)] == ["thing:x #5: checkpoint was not signed by this installation"]

    def test_entries_rewritten_behind_a_checkpoint_break_it(self, old, keys):
        cut(keys, 2)
        rewrite_hash = "0" * 64
        as_superuser(("UPDATE journal_checkpoint SET hash = %s", rewrite_hash))
        told = {fault.reason for fault in faults(keys)}
        assert "checkpoint was not signed by this installation" in told
        assert "does not follow the entry before it" in told

    def test_a_cut_without_a_checkpoint_is_told(self, old, keys):
        as_superuser(("DELETE FROM journal_entry WHERE chain_id = %s AND position < 3", KEY))
        assert "position 1 is missing" in {fault.reason for fault in faults(keys)}

    def test_a_head_from_elsewhere_still_tells_what_was_rewritten_after_the_cut(self, old, keys):
        make_due(at=NOW + DAY, keys=keys)
        carried = list(exports.export(keys=keys, at=NOW, site="https://virage.invalid"))
        cut(keys, 3)
        found = exports.compare(carried)
        assert (found.faults, found.pruned) == ([], 0), "the head's own states are beyond the cut"
        cut(keys, 5)
        assert exports.compare(carried).faults == []
        last = Chain.objects.get(pk=KEY)
        as_superuser(("UPDATE journal_entry SET hash = %s WHERE chain_id = %s AND position = 7", "1" * 64, last.pk))
        assert [str(fault) for fault in exports.compare(carried).faults] == ["thing:x #7: was rewritten after head 2"]

    def test_states_behind_the_cut_are_counted_not_guessed(self, db, keys):
        write(count=2, at=LONG_AGO)
        make_due(at=LONG_AGO + 2 * DAY, keys=keys)
        write(count=2, at=LONG_AGO + 3 * DAY)
        make_due(at=LONG_AGO + 5 * DAY, keys=keys)
        carried = list(exports.export(keys=keys, at=NOW, site="https://virage.invalid"))
        cut(keys, 4)
        found = exports.compare(carried)
        assert (found.faults, found.pruned) == ([], 1)


def test_rewriting_helper_is_seen_by_nothing_in_the_chain(old, keys):
    """What the other tests stand on: the forger's work is perfect as far as the chain goes."""
    rewrite(KEY, 6, verb="other")
    assert [fault for fault in faults() if fault.chain == KEY] == []


@trials(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.booleans())
def test_however_it_is_cut_the_journal_is_whole(db, settings, tmp_path, cuts, more):
    settings.JOURNAL_KEYS_DIR = tmp_path / "property"
    keys = signing_keys()
    with transaction.atomic():
        write("p", count=6, at=LONG_AGO)
        make_due(at=LONG_AGO + 2 * DAY, keys=keys)
        for length in cuts:
            prune("thing:p", length=length, rule="journal", at=NOW, keys=keys)
        if more:
            write("p", count=2)
        kept = positions("thing:p")
        assert kept == list(range(max(cuts) + 1, 7)) + ([7, 8] if more else [])
        assert list(faults(keys)) == []
        transaction.set_rollback(True)
