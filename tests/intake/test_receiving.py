"""Files as submitted → Submission."""

import os
from pathlib import Path

import pytest

from grading.domain.errors import NotASubmission, TooLarge
from grading.intake import read_paths, read_upload
from tests.intake.zips import FIRST, NOTEBOOK, SECOND, assignment, zipped


def names(*files: tuple[str, bytes]) -> list[str]:
    """The names of a submission made of these files."""
    return [file.name for file in read_upload(files, assignment()).files]


def test_files_a_zip_and_both_at_once_make_a_submission() -> None:
    """Ordered by name, whatever the order they came in."""
    assert names((SECOND, NOTEBOOK), (FIRST, NOTEBOOK)) == [FIRST, SECOND]
    assert [f"hw/{FIRST}", f"hw/{SECOND}"] == names(
        ("hw.zip", zipped((f"hw/{SECOND}", NOTEBOOK), (f"hw/{FIRST}", NOTEBOOK)))
    )
    assert names((FIRST, NOTEBOOK), ("more.zip", zipped(("utils.py", b"x = 1")))) == [FIRST, "utils.py"]


def test_the_same_files_have_the_same_digest_in_a_zip() -> None:
    """A submission is its files, not its wrapping."""
    plain = read_upload([(FIRST, NOTEBOOK)], assignment())

    assert plain.sha256 == read_upload([("a.zip", zipped((FIRST, NOTEBOOK)))], assignment()).sha256
    assert plain.sha256 == read_upload([(FIRST, NOTEBOOK), (FIRST, NOTEBOOK)], assignment()).sha256


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], "nothing-handed-in"),
        ([("hw.zip", zipped())], "nothing-handed-in"),
        ([(".DS_Store", b"x")], "nothing-handed-in"),
        ([("report.pdf", b"%PDF-1.7")], "wrong-type"),
        ([("hw.rar", b"Rar!\x1a\x07\x00")], "wrong-type"),
        ([("hw.zip", b"Rar!\x1a\x07\x00")], "wrong-type"),
        ([("hw.tar", b"\0" * 257 + b"ustar")], "wrong-type"),
        ([("hw.zip", zipped(("a.png", b"x"), ("b.csv", b"x")))], "wrong-type"),
        ([(FIRST, b"")], "empty-file"),
        ([(FIRST, b"not json")], "broken-json"),
        ([(FIRST, b'{"a": 1}')], "not-a-notebook"),
        ([("homework.ipynb", b"not json")], "broken-json"),
        ([(FIRST, zipped(("a", b"x")))], "not-text"),
        ([(FIRST, NOTEBOOK), (FIRST.upper(), NOTEBOOK + b" ")], "name-collision"),
        ([("../" + FIRST, NOTEBOOK)], "unsafe-path"),
        ([("", NOTEBOOK)], "unsafe-path"),
    ],
)
def test_what_cannot_be_graded_is_refused_by_name(files: list[tuple[str, bytes]], code: str) -> None:
    """Every refusal has its code and a message that fits one line."""
    with pytest.raises(NotASubmission) as caught:
        read_upload(files, assignment())

    assert code == caught.value.code
    assert caught.value.message.isprintable()


def test_a_wrong_type_is_told_what_is_accepted() -> None:
    """The message names what came and what should have come."""
    with pytest.raises(NotASubmission) as caught:
        read_upload([("report.pdf", b"%PDF")], assignment())

    for word in ("report.pdf", FIRST, SECOND, "zip"):
        assert word in caught.value.message


def test_too_many_bytes_are_refused_with_both_numbers() -> None:
    """In files, and unpacked."""
    with pytest.raises(TooLarge, match=r"5,000 bytes .* at most 4,000"):
        read_upload([(FIRST, b"x" * 5000)], assignment(upload_bytes=4000))
    archive = zipped((FIRST, bytes(range(256)) * 30))
    with pytest.raises(TooLarge, match=r"4,000"):
        read_upload([("hw.zip", archive)], assignment(upload_bytes=4000))


def test_a_file_that_is_not_graded_may_be_anything() -> None:
    """A broken scratch notebook beside the right ones does no harm."""
    assert len(names((FIRST, NOTEBOOK), (SECOND, NOTEBOOK), ("scratch.ipynb", b"{"), ("cat.png", b"\x89PNG"))) == 4


def test_a_required_file_must_be_there() -> None:
    """Most courses take parts alone; this one does not."""
    with pytest.raises(NotASubmission) as caught:
        read_upload([("model.py", b"x = 1")], assignment("model.py", "trainer.py", required=True))

    assert (caught.value.code, caught.value.file) == ("missing-file", "trainer.py")


def test_checkpoints_count_only_alone() -> None:
    """Jupyter's copy is dropped beside the notebook, and taken in its place."""
    copy = f".ipynb_checkpoints/{FIRST.removesuffix('.ipynb')}-checkpoint.ipynb"

    assert names((FIRST, NOTEBOOK), (copy, NOTEBOOK)) == [FIRST]
    assert [copy] == names((copy, NOTEBOOK))


def test_a_folder_on_disk_is_a_submission(tmp_path: Path) -> None:
    """Names are relative to the folder; junk, links and devices in it are passed over."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")
    (tmp_path / FIRST).write_bytes(NOTEBOOK)
    (tmp_path / "sub" / "utils.py").write_bytes(b"x = 1")
    (tmp_path / "leak.py").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.py")
    submission = read_paths([tmp_path], assignment())

    assert [file.name for file in submission.files] == [FIRST, "sub/utils.py"]


def test_files_and_zips_on_disk_are_a_submission(tmp_path: Path) -> None:
    """As over HTTP."""
    (tmp_path / FIRST).write_bytes(NOTEBOOK)
    (tmp_path / "rest.zip").write_bytes(zipped((SECOND, NOTEBOOK)))
    submission = read_paths([tmp_path / "rest.zip", tmp_path / FIRST], assignment())

    assert [file.name for file in submission.files] == [FIRST, SECOND]


def test_paths_that_are_no_files_are_refused(tmp_path: Path) -> None:
    """Nothing there, a device, and more bytes than are read."""
    (tmp_path / FIRST).write_bytes(b"x" * 5000)
    for path, code in (
        (tmp_path / "absent", "no-such-file"),
        (Path("/dev/null"), "unsafe-entry"),
        (tmp_path / FIRST, "too-large"),
    ):
        with pytest.raises(NotASubmission) as caught:
            read_paths([path], assignment(upload_bytes=4000))

        assert code == caught.value.code
