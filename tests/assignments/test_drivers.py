"""`drivers.py` of an assignment outside the repository: it answers in the box, alone; its faults are its author's."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from grading.assignments import load_rubric
from grading.assignments.catalog import BUILT_IN, read_assignment
from grading.domain.errors import RubricFault
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig

EXAMPLE = BUILT_IN.parents[1] / "examples" / "one_neuron"
RIGHT = (EXAMPLE / "samples" / "right" / "neuron.py").read_text()
LOOK_AROUND = """
import os, sys

def looks(folder):
    seen = []
    for name in ("assignment.toml", "rubric.py", "drivers.py", "known.py", "samples/right/neuron.py"):
        for path in (name, os.path.join(folder, name)):
            try:
                seen.append(path + " has " + open(path).read(20))
            except OSError:
                pass
    for name in ("drivers", "course", "rubric", "known", "arguments_after"):
        try:
            __import__(name)
            seen.append("import " + name)
        except ImportError:
            pass
        if name in globals() or hasattr(__builtins__, name):
            seen.append("the name " + name)
    return seen
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The example's folder, copied out of the repository."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "course" / "one_neuron"))


@pytest.fixture
def judge(made: Path) -> Iterator[Judge]:
    """A judge that knows that folder."""
    with Judge.start(JudgeConfig(warm=False, assignment_dirs=(made.parent,))) as judge:
        yield judge


def rows(judge: Judge, program: str) -> Mapping[str, Mapping[str, Any]]:
    """What becomes of each row of a submission."""
    files = (SubmittedFile("neuron.py", program.encode()),)
    return {row["id"]: row for row in judge.grade(Submission(files), "one-neuron", seed=3).report.to_json()["criteria"]}


@pytest.mark.box
def test_it_answers_in_a_box(judge: Judge) -> None:
    """It brings back what a plain call does not show; a mistake that only it can see is named."""
    right = rows(judge, RIGHT)
    moved = rows(judge, RIGHT.replace("return w - rate * gradient", "w -= rate * gradient\n    return w"))

    assert {row["status"] for row in right.values()} == {"passed"}
    assert moved["step"]["status"] == "failed"
    assert {finding["mistake"] for finding in moved["step"]["findings"]} == {None, "moves-its-input"}


@pytest.mark.box
def test_it_alone_of_the_folder_reaches_the_box_and_no_student_imports_it(judge: Judge, made: Path) -> None:
    """The others cannot be opened, wherever they lie; the drivers have no name that a program could hit upon."""
    curious = f"{LOOK_AROUND}\ndef sigmoid(x):\n    raise ValueError('found ' + repr(looks({str(made)!r})))\n"
    told = str(rows(judge, RIGHT + curious)["sigmoid"]["findings"])

    assert "found []" in told


@pytest.mark.box
def test_a_students_module_of_that_name_is_the_students(judge: Judge) -> None:
    """`drivers.py` beside a submission is what its program imports."""
    program = RIGHT.replace("1 / (1 + np.exp(-x))", "own(x)").replace(
        "import numpy", "from drivers import own\nimport numpy"
    )
    files = (
        SubmittedFile("neuron.py", program.encode()),
        SubmittedFile("drivers.py", b"import numpy as np\ndef own(x): return 1 / (1 + np.exp(-x))\n"),
    )
    report = judge.grade(Submission(files), "one-neuron", seed=3).report

    assert report.score == 3, report.criteria


@pytest.mark.box
def test_one_that_fails_in_the_box_is_the_authors_fault(judge: Judge, made: Path) -> None:
    """Nobody loses points: staff read the file, the line, the exception and what to do; students read none of it."""
    path = made / "drivers.py"
    path.write_text(path.read_text() + "\nTABLE = {}\nTABLE['absent']\n")
    report = rows(judge, RIGHT)
    findings = [finding for row in report.values() for finding in row["findings"]]
    told = " ".join(finding["message"] for finding in findings if finding["visibility"] == "staff")

    assert {row["status"] for row in report.values()} == {"error"}
    assert {finding["blame"] for finding in findings} <= {"author", "nobody"}
    assert "drivers.py, line 16, does not load: KeyError: 'absent'" in told
    assert "Mend it" in told
    assert not any("absent" in finding["message"] for finding in findings if finding["visibility"] == "student")


def test_one_that_is_no_python_is_found_before_any_box(made: Path) -> None:
    """The judge reads it, and never runs it."""
    path = made / "drivers.py"
    path.write_text("raise SystemExit('the judge ran me')\n")
    load_rubric(read_assignment(made))

    path.write_text("def driver(:\n")
    with pytest.raises(RubricFault, match=r"drivers\.py: does not compile: SyntaxError: .*line 1.* Mend it"):
        load_rubric(read_assignment(made))
