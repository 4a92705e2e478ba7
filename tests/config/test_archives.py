"""The file of a backup: whole or not there; no byte of it can change, go or come without being told."""

import io
import os
import tarfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from virage.config import archives
from virage.config.archives import ArchiveError

FILES = {"database.dump": b"d" * 700, "documents/aa/bb/" + "r" * 22: b"x" * 70_000, "documents/aa/bb/empty-one": b""}


def make(folder, name="all.tar"):
    path = folder / name
    with archives.writing(path, {"kind": "backup"}) as archive:
        for number, (member, data) in enumerate(FILES.items()):
            source = folder / f"source-{number}"
            source.write_bytes(data)
            archive.add(member, source)
    return path


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return make(tmp_path_factory.mktemp("archive"))


def test_what_was_put_in_comes_out(good, tmp_path):
    assert archives.checked(good) == {
        "format": 1, "kind": "backup", "files": 3, "bytes": sum(map(len, FILES.values()))
    }  # fmt: skip
    assert archives.unpack(good, "documents/", tmp_path / "out") == 2
    assert {
        str(path.relative_to(tmp_path / "out")): path.read_bytes() for path in (tmp_path / "out").glob("*/*/*")
    } == {name.removeprefix("documents/"): data for name, data in FILES.items() if name.startswith("documents/")}


@given(st.integers(0, 10**9), st.integers(0, 7))
@example(0, 0)
def test_no_bit_changes_unseen(good, place, bit):
    """In a member, in the manifest or in a header. What pads the tar holds nothing: there the content is the same."""
    data = bytearray(good.read_bytes())
    data[place % len(data)] ^= 1 << bit
    path = good.with_name("changed.tar")
    path.write_bytes(data)
    try:
        about = archives.checked(path)
    except ArchiveError:
        return
    assert about == archives.checked(good)
    assert contents(path) == contents(good)


def contents(path):
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


@given(st.floats(0, 1))
@example(0.0)
@example(1.0)
def test_no_cut_is_unseen(good, share):
    with tarfile.open(good) as tar:
        manifest = tar.getmember(archives.MANIFEST)
        end = manifest.offset_data + manifest.size - 1
    path = good.with_name("cut.tar")
    path.write_bytes(good.read_bytes()[: int(end * share)])
    with pytest.raises(ArchiveError, match=r"cut|damaged"):
        archives.checked(path)


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "documents/aa/bb/../../x",
        "documents/aa/bb/..",
        "/etc/passwd",
        "other.txt",
        "keys/../x",
        "keys/.x",
    ],
)
def test_a_stranger_in_it_is_told(good, tmp_path, name):
    path = tmp_path / "strange.tar"
    path.write_bytes(good.read_bytes())
    with tarfile.open(path, "a") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(ArchiveError, match="no backup holds"):
        archives.checked(path)


def test_a_link_in_it_is_told(tmp_path):
    path = tmp_path / "link.tar"
    with tarfile.open(path, "w") as tar:
        link = tarfile.TarInfo("database.dump")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(ArchiveError, match="no backup holds"):
        archives.checked(path)


def test_a_failure_while_writing_leaves_nothing(tmp_path):
    with pytest.raises(FileNotFoundError), archives.writing(tmp_path / "all.tar", {}) as archive:
        archive.add("database.dump", tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_another_format_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "FORMAT", 2)
    path = make(tmp_path)
    monkeypatch.setattr(archives, "FORMAT", 1)
    with pytest.raises(ArchiveError, match="format 2"):
        archives.checked(path)


def test_a_folder_is_no_archive(tmp_path):
    os.mkdir(tmp_path / "x")
    with pytest.raises(ArchiveError):
        archives.checked(tmp_path / "x")
