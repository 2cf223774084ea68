"""The grader in service, as far as it needs no sandbox."""

from dataclasses import replace
from pathlib import Path

import pytest

from grading.domain.assignment import Budget
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.grader import _may_load_weights, quick_sample
from tests.store.course import TOY


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"import numpy as np\nhidden = np.tanh(x)", False),
        (b"from torchvision import models", True),
        (b'net.load_state_dict(torch.load("resnet18.pth"))', True),
    ],
)
def test_only_programs_that_may_load_weights_are_told_about_stand_ins(content: bytes, expected: bool) -> None:
    """A student who submits the NumPy notebook alone has no use for a note about pretrained weights."""
    assert _may_load_weights(Submission((SubmittedFile("a.py", content),))) is expected


@pytest.mark.parametrize(
    ("budgets", "files"),
    [
        ((), None),
        ((Budget((), 9.0),), None),
        ((Budget((), 2.0),), {"toy.py"}),
        ((Budget((), 9.0), Budget(("other.py",), 1.0)), {"other.py"}),
    ],
    ids=["no promise", "slow", "quick", "a part is quick"],
)
def test_a_judge_warms_up_with_what_is_quick(tmp_path: Path, budgets, files) -> None:
    """Whoever waits for a judge does not wait for a whole training that nobody submitted."""
    right = tmp_path / "samples" / "right"
    right.mkdir(parents=True)
    for name in (TOY.files[0].name, "other.py"):
        (right / name).write_text("x = 1\n", encoding="utf-8")
    chosen = quick_sample(replace(TOY, folder=tmp_path, budgets=budgets))

    assert (chosen and {file.name for file in chosen.files}) == files
