"""What lies beside a program when it runs."""

from dataclasses import replace
from pathlib import Path

from grading.domain.submission import Submission, SubmittedFile
from grading.intake import files_beside
from tests.store.course import TOY


def test_support_wins_unless_students_may_replace_it(tmp_path: Path):
    """A student's copy of a support file counts only where the manifest says so."""
    (tmp_path / "support").mkdir()
    for name in ("utils.py", "trainer.py"):
        (tmp_path / "support" / name).write_text("WHOSE = 'the course'\n")
    assignment = replace(
        TOY, folder=tmp_path, support=("support/utils.py", "support/trainer.py"), replaceable=("trainer.py",)
    )
    main = SubmittedFile("task2.py", b"import utils, trainer\n")
    own = [SubmittedFile(name, b"WHOSE = 'the student'\n") for name in ("utils.py", "trainer.py")]
    beside = files_beside(main, Submission((main, *own)), {}, assignment)

    assert beside["utils.py"] == b"WHOSE = 'the course'\n"
    assert beside["trainer.py"] == b"WHOSE = 'the student'\n"


def test_what_was_submitted_under_another_name_is_there_under_the_expected_one():
    """`task2a (1).py` is what `import task2a` means."""
    main = SubmittedFile("task2.py", b"import task2a\n")
    other = SubmittedFile("task2a (1).py", b"ONE = 1\n")
    beside = files_beside(main, Submission((main, other)), {"task2.py": main, "task2a.py": other}, TOY)

    assert beside["task2a.py"] == beside["task2a (1).py"]
