"""Encrypted files: what is written comes back whole, or is refused."""

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from virage.records import storage
from virage.records.storage import CHUNK, AlteredError, KeyMissingError, Keys, MissingError, StorageError, Vault

REF = "Rf2b7-_kQz8mW1xT5nY3uA"
OTHER = "Zq9c4-_aB7eR2vX6mK1pSg"
TAG = 16


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "documents", Keys(tmp_path / "keys"))


def sealed_chunks(raw):
    """The header and the sealed chunks of a stored file."""
    header = 6 + raw[5] + 32 + 7
    body = raw[header:]
    return raw[:header], [body[i : i + CHUNK + TAG] for i in range(0, len(body), CHUNK + TAG)]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])
def test_what_is_written_comes_back(vault, size):
    data = os.urandom(size)
    stored = vault.write(REF, [data[:100], data[100:]])
    assert (stored.size, len(stored.sha256), stored.key_id) == (size, 64, "k0001")
    assert vault.read_all(REF) == data


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=50_000), max_size=6))
def test_any_cutting_into_chunks_comes_back(vault, chunks):
    vault.write(REF, chunks)
    assert vault.read_all(REF) == b"".join(chunks)


def test_no_plain_byte_lies_on_disk_and_modes_are_narrow(vault, tmp_path):
    vault.write(REF, [b"a wound on the left heel " * 5000])
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert all(b"left heel" not in path.read_bytes() for path in files)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_two_files_of_one_content_differ(vault):
    vault.write(REF, [b"same"])
    vault.write(OTHER, [b"same"])
    assert vault.path(REF).read_bytes()[-20:] != vault.path(OTHER).read_bytes()[-20:]


@pytest.mark.parametrize("position", [0, 4, 5, 7, 20, 50, 60, 70_000, -1])
def test_one_changed_byte_is_found(vault, position):
    vault.write(REF, [os.urandom(2 * CHUNK)])
    raw = bytearray(vault.path(REF).read_bytes())
    raw[position] ^= 1
    vault.path(REF).write_bytes(raw)
    with pytest.raises(StorageError):
        vault.read_all(REF)


def tampered(vault, change):
    vault.write(REF, [os.urandom(3 * CHUNK)])
    header, chunks = sealed_chunks(vault.path(REF).read_bytes())
    assert len(chunks) == 3
    vault.path(REF).write_bytes(header + b"".join(change(chunks)))
    with pytest.raises(AlteredError):
        vault.read_all(REF)


def test_a_dropped_end_is_found(vault):
    tampered(vault, lambda chunks: chunks[:2])


def test_a_cut_chunk_is_found(vault):
    tampered(vault, lambda chunks: [*chunks[:2], chunks[2][:-5]])


def test_reordered_chunks_are_found(vault):
    tampered(vault, lambda chunks: [chunks[1], chunks[0], chunks[2]])


def test_a_repeated_chunk_is_found(vault):
    tampered(vault, lambda chunks: [chunks[0], *chunks])


def test_an_added_end_is_found(vault):
    tampered(vault, lambda chunks: [*chunks, os.urandom(40)])


def test_a_file_without_content_is_found(vault):
    tampered(vault, lambda chunks: [])


@pytest.mark.parametrize("left", [0, 3, 6, 20])
def test_a_file_cut_in_its_header_is_found(vault, left):
    vault.write(REF, [b"content"])
    vault.path(REF).write_bytes(vault.path(REF).read_bytes()[:left])
    with pytest.raises(AlteredError):
        vault.read_all(REF)


def test_a_file_put_in_the_place_of_another_is_found(vault):
    vault.write(REF, [b"one patient"])
    vault.write(OTHER, [b"another patient"])
    vault.path(OTHER).write_bytes(vault.path(REF).read_bytes())
    with pytest.raises(AlteredError):
        vault.read_all(OTHER)


def test_a_rendition_put_in_the_place_of_another_is_found(vault):
    vault.write(f"{REF}.raw", [b"with GPS"])
    vault.path(f"{REF}.raw").rename(vault.path(f"{REF}.view"))
    with pytest.raises(AlteredError):
        vault.read_all(f"{REF}.view")


def test_a_missing_file_and_a_missing_key_are_told_apart(vault):
    with pytest.raises(MissingError):
        vault.read(REF)
    vault.write(REF, [b"x"])
    (vault.keys.folder / "k0001.key").unlink()
    with pytest.raises(KeyMissingError):
        vault.read_all(REF)


def test_a_new_key_writes_and_the_old_one_still_reads(vault):
    vault.write(REF, [b"old"])
    vault.keys.make("k0002")
    assert vault.write(OTHER, [b"new"]).key_id == "k0002"
    assert (vault.read_all(REF), vault.read_all(OTHER)) == (b"old", b"new")


def test_a_second_making_of_the_same_key_keeps_the_first(vault):
    vault.write(REF, [b"kept"])
    vault.keys.make("k0001")
    assert vault.read_all(REF) == b"kept"


def test_the_first_key_is_made_once_by_many_writers(vault):
    refs = [f"{index:022d}" for index in range(8)]
    threads = [threading.Thread(target=vault.write, args=(ref, [ref.encode()])) for ref in refs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [vault.read_all(ref) for ref in refs] == [ref.encode() for ref in refs]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "short", f"{REF}/x", f"{REF}.RAW", f"{REF}\n", "", f"{REF}.raw.part"]
)
def test_a_malformed_name_is_refused(vault, name):
    with pytest.raises(StorageError):
        vault.write(name, [b"x"])


def test_a_write_that_breaks_leaves_nothing(vault, tmp_path):
    def lost():
        yield b"x" * CHUNK * 2
        raise ConnectionError("line lost")

    with pytest.raises(ConnectionError):
        vault.write(REF, lost())
    assert not [path for path in (tmp_path / "documents").rglob("*") if path.is_file()]


def test_a_write_that_breaks_keeps_the_former_file(vault):
    vault.write(REF, [b"former"])

    def lost():
        yield b"x" * CHUNK * 2
        raise ConnectionError("line lost")

    with pytest.raises(ConnectionError):
        vault.write(REF, lost())
    assert vault.read_all(REF) == b"former"


def test_delete_is_safe_twice(vault):
    vault.write(REF, [b"x"])
    vault.delete(REF)
    vault.delete(REF)
    assert not vault.exists(REF)


def test_the_sweep_takes_old_orphans_and_nothing_else(vault):
    now = datetime.now(UTC)
    for name in (REF, f"{REF}.raw", OTHER):
        vault.write(name, [b"x"])
    fresh = "F" * 22
    vault.write(fresh, [b"x"])
    partial = vault.path(REF).with_name(f".{REF}-abcd.part")
    partial.write_bytes(b"half")
    old = (now - timedelta(hours=3)).timestamp()
    for path in (vault.path(REF), vault.path(f"{REF}.raw"), vault.path(OTHER), partial):
        os.utime(path, (old, old))
    swept = vault.sweep_orphans(lambda names: {REF} & set(names), older_than=now - timedelta(hours=1))
    assert sorted(swept) == sorted([f"{REF}.raw", OTHER, partial.name])
    assert vault.exists(REF)
    assert vault.exists(fresh)
    assert not partial.exists()


def test_the_store_of_the_settings(settings, tmp_path):
    settings.DOCUMENTS_DIR, settings.DOCUMENT_KEYS_DIR = tmp_path / "d", tmp_path / "k"
    storage.vault().write(REF, [b"x"])
    assert storage.vault().read_all(REF) == b"x"
