"""Bytes on disk: written once, never half, never altered unnoticed."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grading.domain.errors import HouseFault
from grading.store.blobs import Blobs
from grading.store.settings import Settings

STORE = "memory://chainrule-test/blobs"


def test_a_blob_is_named_by_its_hash_and_comes_back(tmp_path: Path):
    """Writing twice is harmless."""
    blobs = Blobs(tmp_path)
    name = blobs.write(b"hello")

    assert name == hashlib.sha256(b"hello").hexdigest()
    assert blobs.write(b"hello") == name
    assert blobs.read(name) == b"hello"


def test_many_writers_of_the_same_blob_leave_one_file(tmp_path: Path):
    """And no drafts."""
    blobs = Blobs(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(blobs.write, [b"same" * 1000] * 50))

    assert len(names) == 1
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == list(names)


def test_drafts_of_dead_writers_are_removed_and_those_of_the_living_are_not(tmp_path: Path):
    """A draft that nobody has written to for an hour has nobody any more."""
    blobs = Blobs(tmp_path)
    name = blobs.write(b"hello")
    dead, living = (tmp_path / name[:2] / f".{name[:8]}-{word}" for word in ("dead", "living"))
    for draft in (dead, living):
        draft.write_bytes(b"half")
    os.utime(dead, (0, 0))

    assert blobs.tidy() == 1
    assert not dead.exists()
    assert living.exists()
    assert blobs.read(name) == b"hello"


def test_an_altered_blob_is_noticed(tmp_path: Path):
    """A disk that lies is our fault, not the student's."""
    blobs = Blobs(tmp_path)
    name = blobs.write(b"hello")
    next(tmp_path.rglob(name)).write_bytes(b"hullo")
    with pytest.raises(HouseFault, match="altered"):
        blobs.read(name)


def test_an_object_store_keeps_the_same_promises():
    """Any store that fsspec speaks to: named by hash, back as it was, an altered or missing one noticed."""
    import fsspec

    blobs = Blobs(STORE)
    name = blobs.write(b"hello")
    blobs.check()

    assert blobs.write(b"hello") == name
    assert blobs.read(name) == b"hello"
    with pytest.raises(HouseFault, match="cannot be read"):
        blobs.read("0" * 64)
    fsspec.filesystem("memory").pipe_file(f"/chainrule-test/blobs/{name[:2]}/{name}", b"hullo")
    with pytest.raises(HouseFault, match="altered"):
        blobs.read(name)


def test_a_store_that_fails_is_our_fault(monkeypatch: pytest.MonkeyPatch):
    """Whatever its driver raises."""
    from fsspec.implementations.memory import MemoryFileSystem

    def away(*_: object, **__: object) -> None:
        raise RuntimeError("no such endpoint, key abc")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", away)
    with pytest.raises(HouseFault, match="RuntimeError") as caught:
        Blobs(STORE).write(b"never seen before")

    assert "abc" not in str(caught.value)


def test_the_settings_choose_where_blobs_are_kept(tmp_path: Path):
    """Inside the state directory unless an object store is named."""
    assert Settings(state=tmp_path).blobs == tmp_path / "blobs"
    assert Settings(state=tmp_path, blob_url=STORE).blobs == STORE


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "0" * 63, "G" * 64, "0" * 64 + "\n"])
def test_nothing_but_a_hash_is_a_name(tmp_path: Path, name: str):
    """A name leads nowhere else."""
    with pytest.raises(HouseFault):
        Blobs(tmp_path).read(name)


def test_a_full_or_forbidden_disk_is_our_fault(tmp_path: Path):
    """The caller hears about it before anything is promised."""
    (tmp_path / "blobs").write_text("a file where a folder should be")
    with pytest.raises(HouseFault):
        Blobs(tmp_path / "blobs").write(b"x")
