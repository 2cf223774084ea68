"""Zips, harmless and hostile."""

import stat
import struct
import tracemalloc
import zipfile

import pytest

from grading.domain.errors import NotASubmission, TooLarge
from grading.intake.archives import ENTRIES, other_archive, unpack
from tests.intake.zips import NOTEBOOK, special, zipped


def unpacked(content: bytes, limit_bytes: int = 1 << 20) -> dict[str, bytes]:
    """What comes out of an archive."""
    return {file.name: file.content for file in unpack("hw.zip", content, limit_bytes=limit_bytes)}


def test_an_ordinary_zip_gives_its_files() -> None:
    """Folders and junk are no files."""
    content = zipped(
        ("hw/", b""),
        ("hw/a.ipynb", NOTEBOOK),
        ("__MACOSX/hw/._a.ipynb", b"\0"),
        ("hw/.DS_Store", b"\0"),
        ("b.py", b"x"),
    )

    assert unpacked(content) == {"hw/a.ipynb": NOTEBOOK, "b.py": b"x"}


@pytest.mark.parametrize("name", ["../a.ipynb", "/a.ipynb", "..\\a.ipynb", "C:\\a.ipynb", "a/../../b.py", "a\nb.py"])
def test_a_name_that_leads_outside_refuses_the_zip(name: str) -> None:
    """Zip slip, in either kind of slash."""
    with pytest.raises(NotASubmission) as caught:
        unpacked(zipped((name, b"x"), ("ok.ipynb", NOTEBOOK)))

    assert caught.value.code == "unsafe-path"
    assert "hw.zip" in caught.value.message


def test_a_name_with_a_nul_is_refused() -> None:
    """Zipfile would cut it, and then it is another name."""
    content = zipped(("ok.ipynbX.png", b"x")).replace(b"ok.ipynbX.png", b"ok.ipynb\0.png")
    with pytest.raises(NotASubmission) as caught:
        unpacked(content)

    assert caught.value.code == "unsafe-path"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind: int) -> None:
    """An archive holds files."""
    with pytest.raises(NotASubmission) as caught:
        unpacked(zipped((special("a.ipynb", kind), b"/etc/passwd")))

    assert caught.value.code == "unsafe-entry"


def test_names_in_utf8_without_the_flag_are_read() -> None:
    """MacOS writes UTF-8 and does not say so; older tools write cp437."""
    written = zipped(("réseau.py", b"x"))
    assert unpacked(written) == {"réseau.py": b"x"}
    unflagged = bytearray(written)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = unflagged.index(signature) + at
        unflagged[start : start + 2] = b"\0\0"
    assert unpacked(bytes(unflagged)) == {"réseau.py": b"x"}
    old = bytes(unflagged).replace("réseau.py".encode(), "résumé.py".encode("cp437") + b"y")

    assert list(unpacked(old)) == ["résumé.pyy"]


def test_a_bomb_is_stopped_while_it_unpacks() -> None:
    """By ratio, and by what is left of the limit; neither believes the size that the archive states."""
    bomb = zipped(("a.ipynb", b"\0" * (50 << 20)))
    tracemalloc.start()
    with pytest.raises(TooLarge) as by_ratio:
        unpacked(bomb, 1 << 30)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    with pytest.raises(TooLarge) as by_limit:
        unpacked(zipped(*((f"{i}.py", bytes(range(256)) * 800) for i in range(10))))

    assert (by_ratio.value.code, by_limit.value.code) == ("zip-bomb", "too-large")
    assert "1,048,576" in by_limit.value.message
    assert most < 40 << 20, "all of it was unpacked first"


def test_a_stated_size_is_not_believed() -> None:
    """An entry that claims to be small is still counted as it comes."""
    content = zipped(("a.py", b"x" * 5000))
    lying = content.replace(struct.pack("<L", 5000), struct.pack("<L", 5))
    with pytest.raises(NotASubmission):
        unpacked(lying, 1000)


def test_more_entries_than_a_submission_has_are_refused_unopened() -> None:
    """Counted in the bytes, before anything is built for each of them."""
    with pytest.raises(TooLarge) as caught:
        unpacked(zipped(*((f"{i}", b"") for i in range(ENTRIES + 1)), method=zipfile.ZIP_STORED))

    assert caught.value.code == "too-many-files"
    with pytest.raises(TooLarge):
        unpacked(b"PK\x05\x06" + b"PK\x01\x02" * 1_000_000)


@pytest.mark.parametrize("inner", ["b.zip", "b.RAR", "hw/b.tar"])
def test_an_archive_in_an_archive_is_refused_by_name(inner: str) -> None:
    """One level, so that depth costs nothing."""
    with pytest.raises(NotASubmission) as caught:
        unpacked(zipped((inner, zipped(("a.ipynb", NOTEBOOK)))))

    assert ("nested-archive", inner) == (caught.value.code, caught.value.file)


def test_data_files_that_happen_to_be_zips_are_files() -> None:
    """`.npz` and `.pth` are data."""
    data = zipped(("weights", b"x"))

    assert {"model.pth": data} == unpacked(zipped(("model.pth", data)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_compression_is_refused(method: int) -> None:
    """Their memory cannot be bounded as deflate's can."""
    with pytest.raises(NotASubmission) as caught:
        unpacked(zipped(("a.py", b"x" * 100), method=method))

    assert caught.value.code == "unsupported-zip"


def test_an_encrypted_zip_is_refused() -> None:
    """We have no password."""
    content = bytearray(zipped(("a.py", b"x")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(NotASubmission) as caught:
        unpacked(bytes(content))

    assert caught.value.code == "encrypted-zip"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 17, NOTEBOOK, zipped(("a.py", b"xyz"))[:-9]]
)
def test_half_a_zip_is_broken(content: bytes) -> None:
    """Cut off in the middle of an upload, or no zip at all."""
    with pytest.raises(NotASubmission) as caught:
        unpacked(content)

    assert caught.value.code == "broken-zip"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"Rar!\x1a\x07\x01", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"a" * 257 + b"ustar", "a tar archive"),
        (NOTEBOOK, ""),
    ],
)
def test_other_archives_are_named(content: bytes, what: str) -> None:
    """A RAR named .zip is told from a broken zip."""
    assert what == other_archive(content)
