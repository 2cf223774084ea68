"""The report of tdt4265's assignment 2: where its answers are found, and which numbers are right."""

import json

import pytest

from grading.assignments.tdt4265_a2.found import NOT_ASKED, REPORT, answer_if_asked, answer_to
from grading.assignments.tdt4265_a2.report import EqualWidths, Statistics, row_2d
from grading.authoring.check import Asks
from grading.authoring.written import ForHuman, Right, Wrong
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source


def report(*cells: str) -> Source:
    """A report of markdown cells."""
    table = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in cells]
    notebook = {"cells": table, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return read_source(SubmittedFile(REPORT, json.dumps(notebook).encode()))


def found(task: str, *cells: str) -> str | None:
    """The answer to a task in a report of these cells."""
    return answer_to(task)(report(*cells))


@pytest.mark.parametrize(
    "heading",
    ["## Task 2d", "Task 2d)", "2d)", "2d", "**Task 2 d:**", "# Oppgave 2d", "Task 2d Number of parameters", "### 2.d"],
)
def test_headings_are_known_in_many_spellings(heading: str) -> None:
    """What stands below a heading is the task's answer, up to the next heading."""
    answer = found("2d", "## Task 2c\n\nA plot.", f"{heading}\n\nThere are 50,880.", "## Task 3\n\nMore.")

    assert "50,880" in str(answer)
    assert "plot" not in str(answer)
    assert "More" not in str(answer)


def test_a_sentence_about_another_task_is_no_heading() -> None:
    """Prose that begins with a task's name stays where it stands."""
    cells = ("## Task 2b\n\nDone.", "## Task 2d\n\nTask 2b was needed first.\nSo there are 50,880.", "## Task 3a\n\nX.")

    assert found("2d", *cells) == "Task 2b was needed first.\nSo there are 50,880."
    assert found("2b", *cells) == "Done."


def test_a_sentence_answers_a_task_that_has_no_heading() -> None:
    """Where no heading names the task, the paragraph that begins with its name is the answer."""
    cells = ("## Task 2\n\nTask 2d has 50,880 parameters.\n\nThe plot is below.",)

    assert found("2d", *cells) == "Task 2d has 50,880 parameters."
    assert "plot" in str(found("2c", *cells))


def test_an_untouched_skeleton_has_no_answers() -> None:
    """What the course wrote into the report is nobody's answer."""
    assert found("2d", "## Task 2d\n\nHow many parameters has the network?\n\nFill in.") is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("Mean 33.55, standard deviation 78.88.", Right),
        ("mean = 33.318421, std = 78.567490", Right),
        ("$\\mu = 33.31$ and $\\sigma = 78.57$", Right),
        ("33,55 and 78,88", Right),
        ("Mean: 33.55 for all pixels. Std: 78.88.", Right),
        ("The mean is 0.1307 and the std 0.3081.", Wrong),
        ("Mean 33.55.", Wrong),
        ("mean 78.88, std 12.0", Wrong),
        ("We normalised.", Wrong),
    ],
)
def test_mean_and_deviation(answer: str, kind: type) -> None:
    """Both numbers of one set of images are right, of whichever set the course has published."""
    assert isinstance(Statistics().judge(answer), kind), Statistics().judge(answer)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("785*64 + 64*10 = 50,880.", Right),
        ("50890", Right),
        ("(784 + 1) x 64 + 64 x 10 = 50 880", Right),
        ("784*64 + 64 + 64*10 + 10 = 50 890 parameters", Right),
        ("$784 \\cdot 64 + 64 + 64 \\cdot 10 + 10 = 50890$", Right),
        ("50,816", Wrong),
        ("50954 parameters", Wrong),
        ("about fifty thousand", Wrong),
    ],
)
def test_number_of_parameters(answer: str, kind: type) -> None:
    """50,880 and, with biases in the output layer, 50,890."""
    task = row_2d.checks[0].task
    assert isinstance(task, Asks)
    verdict = task.accepts.judge(answer)

    assert isinstance(verdict, kind), verdict


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("59 units in each layer: 785*59 + 59*59 + 59*10 = 50,386 parameters.", Right),
        ("60 hidden units give 51,300 parameters", Right),
        ("We used 60 units (51 370 with biases).", Right),
        ("59 units, 50,455 parameters", Right),
        ("59 neurons", ForHuman),
        ("32 units in both layers", Wrong),
        ("50 units: 785*50+50*50+500 = 42,250", Wrong),
        ("The same.", Wrong),
    ],
)
def test_equal_widths(answer: str, kind: type) -> None:
    """59 or 60 units, known by their number of parameters."""
    assert isinstance(EqualWidths().judge(answer), kind), EqualWidths().judge(answer)


def test_a_report_without_a_late_task_is_read_by_a_person() -> None:
    """ReLU was asked for in 2023 only: no heading for it is no missing answer, a heading without an answer is."""
    find = answer_if_asked("4f")

    assert find(report("## Task 4e\n\nIt learns slowly.")) == NOT_ASKED
    assert find(report("## Task 4e\n\nIt learns slowly.", "## Task 4f\n\nFill in.")) is None
    assert find(report("## Task 4f\n\nIt learns again.")) == "It learns again."
    assert find(report("## Task 2d\n\nFill in.")) is None
