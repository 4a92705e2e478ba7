"""Heads: signed, one a day, safe to make twice; what was carried elsewhere shows a past that was rewritten."""

import base64
import json
import stat
import threading
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from tests.journal.forging import as_superuser, rewrite, write
from virage.journal import exports, heads
from virage.journal.heads import Tally, fingerprint_of, make_due, make_now
from virage.journal.keys import SigningKeyError, SigningKeys, signing_keys, verified, vouched
from virage.journal.models import Chain, Entry, Head, HeadLink
from virage.journal.verify import faults

DAY = timedelta(days=1)


@pytest.fixture
def keys(settings, tmp_path):
    settings.JOURNAL_KEYS_DIR = tmp_path / "journal"
    return signing_keys()


def export(keys, since=1):
    return list(exports.export(keys=keys, at=NOW, site="https://virage.invalid", since=since))


def reasons(found):
    return sorted((fault.chain, fault.position, fault.reason) for fault in found)


class TestMaking:
    def test_a_head_covers_every_chain_and_the_next_one_what_grew(self, db, keys):
        write("x"), write("y", count=2)
        first = make_due(at=NOW, keys=keys)
        assert (first.chains, first.entries) == (Chain.objects.count(), Entry.objects.count())
        write("y", count=1)
        second = make_due(at=NOW + DAY, keys=keys)
        assert [(link.chain_id, link.length) for link in second.links.all()] == [("thing:y", 3)]
        assert (second.chains, second.entries) == (first.chains, first.entries + 1)
        assert second.previous == fingerprint_of(first)
        assert list(faults(keys)) == []

    def test_the_same_day_has_one_head_and_the_next_covers_the_days_that_were_missed(self, db, keys):
        write()
        assert make_due(at=NOW, keys=keys)
        assert make_due(at=NOW + timedelta(minutes=5), keys=keys) is None
        late = make_due(at=NOW + 5 * DAY, keys=keys)
        assert (late.number, late.day) == (2, heads.last_day_over(NOW + 5 * DAY))

    def test_a_day_ends_at_midnight_in_paris(self):
        assert heads.last_day_over(NOW.replace(year=2026, month=6, day=10, hour=21, minute=59)) == date(2026, 6, 9)
        assert heads.last_day_over(NOW.replace(year=2026, month=6, day=10, hour=22, minute=1)) == date(2026, 6, 10)

    def test_one_made_at_once_does_not_stand_for_the_day_that_goes_on(self, db, keys):
        write()
        make_due(at=NOW, keys=keys)
        make_now(at=NOW + timedelta(hours=1), keys=keys)
        assert make_due(at=NOW + DAY, keys=keys).number == 3

    def test_two_workers_at_once_make_one(self, own_database, keys):
        write()
        gate, made = threading.Barrier(2), []

        def work():
            try:
                gate.wait()
                made.append(make_due(at=NOW, keys=keys))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(2)]
        [thread.start() for thread in threads], [thread.join() for thread in threads]
        assert sorted(head is None for head in made) == [False, True]
        assert Head.objects.count() == 1
        assert keys.ids() == ["j0001"]

    def test_an_empty_journal_has_a_head_too(self, own_database, keys):
        as_superuser(("DELETE FROM journal_entry",), ("DELETE FROM journal_chain",))
        head = make_due(at=NOW, keys=keys)
        assert (head.chains, head.entries, head.changes) == (0, 0, Tally().digest())
        assert list(faults(keys)) == []

    @pytest.mark.parametrize("table", ["journal_head", "journal_headlink"])
    @pytest.mark.parametrize("what", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_the_database_refuses_to_remove_them(self, db, keys, table, what):
        write()
        make_due(at=NOW, keys=keys)
        connection.check_constraints()
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(what.format(table))


class TestRewrittenPast:
    def test_one_who_recomputed_every_hash_is_shown_by_the_file_with_the_name_of_the_chain(self, db, keys):
        """The superuser rewrites an entry, its chain, and the state that the head kept of it: nothing in the chains
        tells; the head that was carried elsewhere does."""
        write("x", count=5), write("y")
        make_due(at=NOW, keys=keys)
        carried = export(keys)
        write("x", count=1)

        rewrite("thing:x", 2, verb="never_happened")

        assert [fault for fault in faults() if fault.chain != "heads"] == [], "every chain follows"
        found = exports.compare(carried)
        assert reasons(found.faults) == [("thing:x", 5, "was rewritten after head 1")]

    def test_the_head_in_the_database_shows_it_too_unless_it_is_rewritten_as_well(self, db, keys):
        write("x", count=5)
        make_due(at=NOW, keys=keys)
        rewrite("thing:x", 2, verb="never_happened")
        assert ("thing:x", 5, "is not what head 1 says") in reasons(faults(keys))
        as_superuser(("UPDATE journal_headlink SET hash = (SELECT head FROM journal_chain WHERE key = chain_id)",))
        assert "its list of chains was changed" in {fault.reason for fault in faults(keys)}

    def test_heads_forgotten_and_made_anew_with_a_stolen_key_pass_here_and_fail_against_the_file(self, db, keys):
        write("x", count=5)
        make_due(at=NOW, keys=keys)
        carried = export(keys)
        rewrite("thing:x", 2, verb="never_happened")
        as_superuser(("DELETE FROM journal_headlink",), ("DELETE FROM journal_head",))
        make_due(at=NOW, keys=keys)
        assert list(faults(keys)) == []
        assert ("thing:x", 5, "was rewritten after head 1") in reasons(exports.compare(carried).faults)

    def test_a_chain_that_was_cut_or_removed_is_told(self, db, keys):
        write("x", count=5), write("y")
        make_due(at=NOW, keys=keys)
        carried = export(keys)
        fourth = Entry.objects.get(chain="thing:x", position=4)
        as_superuser(
            ("DELETE FROM journal_headlink WHERE chain_id IN ('thing:x', 'thing:y')",),
            ("DELETE FROM journal_entry WHERE chain_id = 'thing:x' AND position = 5",),
            ("UPDATE journal_chain SET length = 4, head = %s WHERE key = 'thing:x'", fourth.hash),
            ("DELETE FROM journal_entry WHERE chain_id = 'thing:y'",),
            ("DELETE FROM journal_chain WHERE key = 'thing:y'",),
        )
        told = [fault.reason for fault in exports.compare(carried).faults]
        assert told == ["was there at head 1; the chain now ends at 4", "is gone since head 1"]

    def test_the_command_compares_and_says_so_by_its_exit(self, db, keys, tmp_path):
        write("x", count=5)
        make_due(at=NOW, keys=keys)
        path = tmp_path / "heads.jsonl"
        call_command("export_heads", str(path), stdout=StringIO())
        out, err = StringIO(), StringIO()
        call_command("verify_journal", "--heads", str(path), stdout=out)
        assert "journal whole" in out.getvalue()
        rewrite("thing:x", 2, verb="never_happened")
        with pytest.raises(CommandError, match="fault"):
            call_command("verify_journal", "--heads", str(path), stdout=out, stderr=err)
        assert "thing:x #5: was rewritten after head 1" in err.getvalue()


class TestFile:
    def test_a_part_of_the_heads_can_be_carried(self, db, keys):
        write("x")
        make_due(at=NOW, keys=keys)
        write("y")
        make_due(at=NOW + DAY, keys=keys)
        found = exports.compare(export(keys, since=2))
        assert (found.heads, found.links, found.faults) == (1, 1, [])

    def test_it_names_no_patient(self, db, keys):
        write("secretref")
        make_due(at=NOW, keys=keys)
        assert "secretref" not in "".join(export(keys))

    @pytest.mark.parametrize(
        "find, put, told",
        [
            ('"entries":', '"entries":1', "its signature in the file does not hold"),
            ('"day":"2', '"day":"1', "its signature in the file does not hold"),
            ('{"link":["', '{"link":["0', "its list of chains in the file was changed"),
        ],
    )
    def test_a_file_that_was_changed_is_told(self, db, keys, find, put, told):
        write("x")
        make_due(at=NOW, keys=keys)
        lines = [line.replace(find, put) for line in export(keys)]
        assert told in {fault.reason for fault in exports.compare(lines).faults}

    def test_a_head_left_out_is_told(self, db, keys):
        for n in range(3):
            write("x", count=1)
            make_due(at=NOW + n * DAY, keys=keys)
        lines = [line for line in export(keys) if '"number":2' not in line]
        assert "does not follow the head before it in the file" in {f.reason for f in exports.compare(lines).faults}

    def test_a_key_that_is_not_the_one_noted_is_told(self, db, keys, tmp_path):
        write("x")
        make_due(at=NOW, keys=keys)
        other = SigningKeys(tmp_path / "other")
        noted = {other.public(other.current())["public"]}
        told = {fault.reason for fault in exports.compare(export(keys), trusted=noted).faults}
        assert told == {"is not a key that can be trusted", "its signature in the file does not hold"}

    @pytest.mark.parametrize("text", ["", "no json\n", '{"format":"other"}\n', '{"format":"virage-heads-1"}\n'])
    def test_another_file_is_refused(self, db, keys, text):
        with pytest.raises(exports.UnreadableError):
            exports.compare(text.splitlines())

    def test_a_file_that_is_not_there_is_said(self, db, keys, tmp_path):
        with pytest.raises(CommandError, match="nowhere"):
            call_command("verify_journal", "--heads", str(tmp_path / "nowhere"), stdout=StringIO())


class TestKeys:
    def test_they_are_for_their_owner_alone(self, keys):
        keys.current()
        assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in keys.folder.iterdir()} == {0o600}

    def test_a_new_key_is_vouched_for_by_the_one_before_and_old_heads_still_hold(self, db, keys):
        write("x")
        first = make_due(at=NOW, keys=keys)
        noted = {keys.public("j0001")["public"]}
        assert keys.rotate() == "j0002"
        second = make_due(at=NOW + DAY, keys=keys)
        assert (first.key_id, second.key_id) == ("j0001", "j0002")
        assert vouched(keys.public("j0002"), keys.public("j0001"))
        assert list(faults(keys)) == []
        assert exports.compare(export(keys), trusted=noted).faults == []

    def test_a_new_key_that_the_old_one_did_not_vouch_for_is_told(self, db, keys, tmp_path):
        write("x")
        make_due(at=NOW, keys=keys)
        noted = {keys.public("j0001")["public"]}
        thief = SigningKeys(tmp_path / "thief")
        thief.current(), thief.rotate()
        lines = export(keys)
        card = thief.public("j0002") | {"by": "j0001"}
        lines.insert(2, json.dumps({"key": card}))
        assert "is not a key that can be trusted" in {f.reason for f in exports.compare(lines, trusted=noted).faults}

    def test_signatures_are_checked_with_public_keys_alone(self, db, keys):
        write("x")
        make_due(at=NOW, keys=keys)
        (keys.folder / "j0001.pem").unlink()
        assert list(faults(keys)) == []
        with pytest.raises(SigningKeyError, match="but none to sign with"):
            keys.current()

    def test_without_the_public_key_it_says_what_cannot_be_checked(self, db, keys, tmp_path):
        write("x")
        make_due(at=NOW, keys=keys)
        assert [f.reason for f in faults(SigningKeys(tmp_path / "none"))] == [
            f"can't be checked: public key j0001 is not in {tmp_path / 'none'}"
        ]

    def test_another_installation_s_signature_does_not_hold(self, db, keys, tmp_path):
        write("x")
        make_due(at=NOW, keys=keys)
        other = SigningKeys(tmp_path / "other")
        other.current()
        assert [f.reason for f in faults(other)] == ["was not signed by this installation"]

    def test_the_command_shows_and_rotates(self, db, keys):
        out = StringIO()
        call_command("journal_key", stdout=out)
        call_command("journal_key", "--rotate", stdout=out)
        assert "j0002" in out.getvalue()
        assert "PRIVATE" not in out.getvalue()


class TestCommands:
    def test_journal_head_makes_what_is_due_once(self, db, keys):
        write("x")
        out = StringIO()
        call_command("journal_head", stdout=out)
        call_command("journal_head", stdout=out)
        assert Head.objects.count() == 1
        assert "up to date" in out.getvalue()
        call_command("journal_head", "--now", stdout=out)
        assert Head.objects.count() == 2

    def test_verify_says_how_many_days_wait_for_their_head(self, db, keys):
        write("x")
        make_due(at=NOW - 400 * DAY, keys=keys)
        out = StringIO()
        call_command("verify_journal", stdout=out)
        assert "wait for theirs" in out.getvalue()


LINE = st.tuples(st.text("0123456789abcdef", min_size=64, max_size=64), st.integers(1, 9), st.just("0" * 64))


@given(st.lists(LINE, max_size=8), st.lists(LINE, max_size=8))
def test_two_lists_of_chains_have_one_hash_only_if_they_are_one(one, other):
    def of(lines):
        tally = Tally()
        tally.add(lines)
        return tally.digest()

    assert (of(one) == of(other)) == (one == other)


@given(st.dictionaries(st.text(max_size=5), st.integers(), max_size=5), st.integers(0, 63), st.integers(0, 7))
def test_a_signature_holds_for_one_statement_and_no_other_bit(tmp_path_factory, statement, byte, bit):
    keys = SigningKeys(tmp_path_factory.getbasetemp() / "property")
    key_id, signature = keys.sign(statement)
    assert keys.holds(statement, key_id, signature)
    assert not keys.holds(statement | {"more": 1}, key_id, signature)
    raw = bytearray(base64.b64decode(signature))
    raw[byte] ^= 1 << bit
    public = keys.public(key_id)["public"]
    assert not verified(public, statement | {"key": key_id}, base64.b64encode(bytes(raw)).decode())


def test_no_head_forgets_a_chain(db, keys):
    """Whatever grows between heads, the last states together are the chains."""
    for n, refs in enumerate(("ab", "b", "", "ca", "abc")):
        for ref in refs:
            write(ref, count=1)
        make_due(at=NOW + n * DAY, keys=keys)
    latest = {}
    for link in HeadLink.objects.order_by("length"):
        latest[link.chain_id] = (link.length, link.hash)
    assert latest == {chain.key: (chain.length, chain.head) for chain in Chain.objects.all()}
    assert list(faults(keys)) == []
