"""What a program's text says of torch's gradients."""

import pytest

from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source
from grading.programs.autograd import tracking, zeroes_outside

STEPS = ("sgd",)


def source(code: str) -> Source:
    """A module with that text."""
    return read_source(SubmittedFile("task.py", code.encode()))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("w = torch.randn(3, requires_grad=True)", "tracks"),
        ("w = torch.randn(3).requires_grad_()", "tracks"),
        ("w.requires_grad = True", "tracks"),
        ("w = Variable(w)", "tracks"),
        ("w = nn.Parameter(w)", "tracks"),
        ("w = torch.randn(3)  # requires_grad", "no tracking"),
        ("for", "no tracking"),
    ],
)
def test_tracking_is_asked_for_in_many_ways(code: str, said: str) -> None:
    """Wherever it stands, but not in comments."""
    assert tracking(source(code)) == said


@pytest.mark.parametrize(
    ("code", "modules", "outside"),
    [
        ("for i in range(3):\n    model.zero_grad()", True, True),
        ("for i in range(3):\n    optimizer.zero_grad()", True, False),
        ("for i in range(3):\n    w.grad.zero_()", False, True),
        ("for i in range(3):\n    w.grad = None", False, True),
        ("for i in range(3):\n    for p in model.parameters():\n        p.grad = None", False, False),
        ("for i in range(3):\n    for p in model.parameters():\n        p.grad = None", True, True),
        ("def sgd(w):\n    w.grad.zero_()", False, False),
        ("def train(w):\n    w.grad.zero_()", False, True),
    ],
)
def test_loops_that_forget_gradients_are_told_from_steps(code: str, modules: bool, outside: bool) -> None:
    """A module's gradients and those of tensors by themselves are two questions."""
    assert zeroes_outside(source(code), STEPS, modules=modules) is outside


def test_a_reference_has_no_text() -> None:
    """Nothing is forgotten outside of it."""
    assert not zeroes_outside(None, STEPS, modules=True)
