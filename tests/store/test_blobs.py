"""Bytes on disk: written once, never half, never altered unnoticed."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grading.domain.errors import HouseFault
from grading.store.blobs import Blobs


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


def test_an_altered_blob_is_noticed(tmp_path: Path):
    """A disk that lies is our fault, not the student's."""
    blobs = Blobs(tmp_path)
    name = blobs.write(b"hello")
    next(tmp_path.rglob(name)).write_bytes(b"hullo")
    with pytest.raises(HouseFault, match="altered"):
        blobs.read(name)


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
