"""Where in a report the answer to a task stands."""

import json

import pytest

from grading.assignments.catalog import BUILT_IN
from grading.checks.task_headings import NOT_ASKED, answer_if_asked, answer_to
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source

SKELETON = BUILT_IN / "tdt4265_a2/starter/AssignmentReport-Group1.ipynb"


def report(*cells: str) -> Source:
    """A report of markdown cells."""
    table = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in cells]
    notebook = {"cells": table, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return read_source(SubmittedFile(SKELETON.name, json.dumps(notebook).encode()))


def found(task: str, *cells: str) -> str | None:
    """The answer to a task in a report of these cells."""
    return answer_to(task, SKELETON)(report(*cells))


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


def test_a_report_without_a_late_task_is_read_by_a_person() -> None:
    """ReLU was asked for in 2023 only: no heading for it is no missing answer, a heading without an answer is."""
    find = answer_if_asked("4f", SKELETON)

    assert find(report("## Task 4e\n\nIt learns slowly.")) == NOT_ASKED
    assert find(report("## Task 4e\n\nIt learns slowly.", "## Task 4f\n\nFill in.")) is None
    assert find(report("## Task 4f\n\nIt learns again.")) == "It learns again."
    assert find(report("## Task 2d\n\nFill in.")) is None
