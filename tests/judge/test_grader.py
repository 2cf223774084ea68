"""The grader in service, as far as it needs no sandbox."""

import pytest

from grading.domain.submission import Submission, SubmittedFile
from grading.judge.grader import _may_load_weights


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"import numpy as np\nhidden = np.tanh(x)", False),
        (b"from torchvision import models", True),
        (b'net.load_state_dict(torch.load("resnet18.pth"))', True),
    ],
)
def test_only_programs_that_may_load_weights_are_told_about_stand_ins(content: bytes, expected: bool) -> None:
    """A student who hands in the NumPy notebook alone has no use for a note about pretrained weights."""
    assert _may_load_weights(Submission((SubmittedFile("a.py", content),))) is expected
