"""Where an assignment is graded, and what its report says when that is not where it would rather be."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from api.handin import device_for
from grading.pipeline import device_notes
from grading.store.settings import Settings
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
def test_without_a_card_the_processor_grades_and_the_report_says_so(
    devices: tuple[str, ...], configured: str, device: str, noted: bool
) -> None:
    """The service's device where the assignment can use it; a note only where the assignment prefers another."""
    assignment = replace(TOY, devices=devices)

    assert device_for(SimpleNamespace(settings=Settings(device=configured)), assignment) == device
    assert bool(device_notes(assignment, device)) is noted
