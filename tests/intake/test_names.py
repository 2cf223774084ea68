"""Names made safe, or refused."""

import pytest

from grading.domain.errors import NotASubmission, TooLarge
from grading.intake.names import (
    check_collisions,
    is_junk,
    safe_name,
    shown_name,
    uploaded_name,
    without_covered_checkpoints,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a.ipynb", "a.ipynb"),
        ("./hw 2//a,b (1).ipynb", "hw 2/a,b (1).ipynb"),
        ("hw\\a.ipynb", "hw/a.ipynb"),
        ("re\u0301seau.ipynb", "r\u00e9seau.ipynb"),
        ("a\ud800.py", "a\ufffd.py"),
        ("bynpi\u202e.py", "bynpi.py"),
        ("..a/b..py", "..a/b..py"),
    ],
)
def test_ordinary_names_come_through(raw: str, expected: str) -> None:
    """Spaces, accents and odd slashes are no danger."""
    assert expected == safe_name(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "../a",
        "a/../../b",
        "a\\..\\b",
        "/etc/passwd",
        "\\\\server\\a",
        "C:a",
        "C:/a",
        "a\0b",
        "a\nb",
        "",
        ".",
        "a/ /b",
        "...",
        "a/...",
        "\u202e",
    ],
)
def test_unsafe_names_are_refused(raw: str) -> None:
    """What leads outside, is absolute, or cannot be shown is no name."""
    with pytest.raises(NotASubmission) as caught:
        safe_name(raw)

    assert caught.value.code == "unsafe-path"
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("raw", ["a/" * 20 + "b", "é" * 150, "/".join(["a" * 150] * 8)])
def test_long_and_deep_names_are_too_large(raw: str) -> None:
    """No file system has to take them."""
    with pytest.raises(TooLarge):
        safe_name(raw)


def test_a_browsers_whole_path_is_only_the_file() -> None:
    """Old browsers send the path on the student's machine."""
    assert uploaded_name("C:\\fakepath\\a.ipynb") == "a.ipynb"
    assert uploaded_name("D:/home work/a.ipynb") == "a.ipynb"


@pytest.mark.parametrize(
    "name", ["__MACOSX/._a.ipynb", "hw/._a.ipynb", ".DS_Store", "a/__pycache__/b.pyc", ".git/config", "Thumbs.db"]
)
def test_what_systems_leave_behind_is_junk(name: str) -> None:
    """It is dropped without being looked at."""
    assert is_junk(name)


def test_work_is_no_junk() -> None:
    """Names that only look a little like it stay."""
    assert not any(is_junk(name) for name in ("a.ipynb", "git/a.py", "_a.py", ".ipynb_checkpoints/a-checkpoint.ipynb"))


def test_a_checkpoint_counts_only_where_it_is_the_only_copy() -> None:
    """Jupyter's copy may be all that a student submitted."""
    copy = "hw/.ipynb_checkpoints/a-checkpoint.ipynb"

    assert without_covered_checkpoints(["hw/a.ipynb", copy]) == ["hw/a.ipynb"]
    assert ["hw/b.ipynb", copy] == without_covered_checkpoints(["hw/b.ipynb", copy])


@pytest.mark.parametrize(
    "names", [["a.py", "A.PY"], ["é.py", "e\u0301.py"], ["ﬁ.py", "fi.py"], ["a", "A/b.py"], ["a.py", "a.py"]]
)
def test_names_that_collide_are_refused(names: list[str]) -> None:
    """Not every file system can tell them apart, and one would overwrite the other."""
    with pytest.raises(NotASubmission, match="name"):
        check_collisions(names)


def test_a_shown_name_is_one_printable_line() -> None:
    """Whatever the name, the message stays readable."""
    assert shown_name("a\n\x1b[31m\u202e" + "b" * 500).isprintable()
    assert len(shown_name("b" * 500)) < 100
