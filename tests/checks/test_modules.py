"""What networks compute."""

import pytest
import torch
from torch import nn

from grading.checks.modules import forward
from grading.domain.errors import BadReply
from grading.mistakes.architecture import PADDING


def batch(seed: int, *shape: int) -> torch.Tensor:
    """Normal inputs."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("ending", "mistake"),
    [
        (nn.ReLU(), "relu-on-scores"),
        (nn.Softmax(dim=1), "softmax-before-cross-entropy"),
        (nn.Sigmoid(), "sigmoid-on-scores"),
        (nn.Tanh(), "tanh-on-scores"),
    ],
)
def test_what_is_put_behind_the_logits_is_named(ending: nn.Module, mistake: str) -> None:
    """The same weights and one more function at the end."""
    logits = 3 * batch(2, 5, 10)

    assert forward(ending(logits), logits.double().numpy()).mistake_id == mistake


def test_a_log_softmax_behind_the_logits_is_harmless() -> None:
    """Cross-entropy takes it again, which changes nothing: a remark."""
    logits = 3 * batch(2, 5, 10)
    conclusion = forward(logits.log_softmax(dim=1), logits.double().numpy())

    assert conclusion.holds
    assert conclusion.remarks


def test_known_networks_are_named_before_the_rest() -> None:
    """A known mistake's outputs name it; outputs of another shape are the student's fault."""
    wanted, other = batch(1, 4, 10).double().numpy(), batch(2, 4, 10).double().numpy()

    assert forward(other, wanted, [(PADDING, other)]).mistake == PADDING
    assert not forward(other, wanted).holds
    assert forward(wanted, wanted, [(PADDING, wanted)]).holds
    with pytest.raises(BadReply):
        forward(other[:, :3], wanted)
