"""Where an assignment is graded, and what its report says when that is not where it would rather be."""

from dataclasses import replace
from functools import cache

import pytest

from api.service import device_for
from grading.assignments import load_rubric
from grading.assignments.catalog import catalog
from grading.authoring.rubric import Rubric
from grading.checks.short_training import Course
from grading.domain.submission import Submission, SubmittedFile
from grading.pipeline import device_notes, wants_gpu
from tests.store.course import TOY


@pytest.mark.parametrize(
    ("devices", "configured", "device", "noted"),
    [
        (("cpu",), "cpu", "cpu", False),
        (("cpu",), "cuda", "cpu", False),
        (("cpu", "cuda"), "cpu", "cpu", False),
        (("cpu", "cuda"), "cuda", "cuda", False),
        (("cuda", "cpu"), "cpu", "cpu", True),
        (("cuda", "cpu"), "cuda", "cuda", False),
    ],
)
def test_without_a_gpu_the_processor_grades_and_the_report_says_so(
    devices: tuple[str, ...], configured: str, device: str, noted: bool
) -> None:
    """The service's device where the assignment can use it; a note only where the assignment prefers another."""
    assignment = replace(TOY, devices=devices)

    assert device_for(configured, assignment) == device
    assert bool(device_notes(assignment, device)) is noted


def test_a_training_is_longer_on_a_gpu() -> None:
    """Where an author said how long; elsewhere it is the same."""
    said, unsaid = Course(20, 16, 0.005, on_gpu=200), Course(20, 16, 0.005)

    assert (said.at("cuda").steps, said.at("cpu").steps) == (200, 20)
    assert unsaid.at("cuda") == unsaid.at("cpu") == unsaid


@cache
def hw2() -> tuple[object, Rubric]:
    """An assignment of one file for the processor and one for a GPU."""
    assignment = catalog()["cmpsc497-hw2"]
    return assignment, load_rubric(assignment)


def of_hw2(folder: str, number: str) -> SubmittedFile:
    """That notebook, as handed out or as submitted."""
    assignment, _ = hw2()
    (path,) = (assignment.folder / folder).glob(f"{number}.*.ipynb")
    return SubmittedFile(path.name, path.read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (lambda: [of_hw2("samples/right", "2")], True),
        (lambda: [of_hw2("samples/right", "1"), of_hw2("samples/right", "2")], True),
        (lambda: [of_hw2("samples/right", "1")], False),
        (lambda: [of_hw2("samples/right", "1"), of_hw2("starter", "2")], False),
        (lambda: [SubmittedFile(of_hw2("starter", "2").name, b"{")], False),
    ],
    ids=["the file for a card", "both", "the other file", "nothing filled in", "unreadable"],
)
def test_who_would_run_nothing_on_a_gpu_wants_none(files, wanted: bool) -> None:
    """By the files, before anything is run."""
    assignment, rubric = hw2()

    assert wants_gpu(Submission(tuple(files())), assignment, rubric) is wanted
