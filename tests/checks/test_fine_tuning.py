"""Fine-tuning: what moves and what stays, read from the tensors of small networks that really train."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from grading.checks import fine_tuning
from grading.domain.errors import BadReply

HEAD = ("2.weight", "2.bias")
State = dict[str, torch.Tensor]


def trained(prepare: Callable[[nn.Sequential], object], *, rate: float = 0.1, evaluating: bool = False) -> list[State]:
    """Tensors of a small pretrained network before and after two steps."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Linear(5, 3))
    prepare(net)
    if evaluating:
        net[1].eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    chosen = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(chosen or [torch.zeros(1, requires_grad=True)], lr=rate)
    for _ in range(2):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(torch.randn(8, 4)), torch.arange(8) % 3)
        if loss.requires_grad:
            loss.backward()
        optimizer.step()
    return [before, dict(net.state_dict())]


def freeze(*layers: int) -> Callable[[nn.Sequential], object]:
    """Freeze some layers."""
    return lambda net: [p.requires_grad_(False) for i in layers for p in net[i].parameters()]


def test_both_ways_to_fine_tune_pass_where_they_are_asked_for() -> None:
    """Everything moves, or the head alone does."""
    assert fine_tuning.trainable(*trained(freeze()), HEAD, body=True).holds
    assert fine_tuning.trainable(*trained(freeze(0, 1)), HEAD, body=False).holds


@pytest.mark.parametrize(
    ("layers", "body", "mistake"),
    [
        ((0, 1, 2), True, "nothing-moves"),
        ((2,), True, "head-not-trained"),
        ((0, 1), True, "body-frozen"),
        ((), False, "body-not-frozen"),
        ((1,), False, "body-partly-frozen"),
    ],
)
def test_every_known_mistake_is_named(layers: tuple[int, ...], body: bool, mistake: str) -> None:
    """By what moved, whatever was meant."""
    assert fine_tuning.trainable(*trained(freeze(*layers)), HEAD, body=body).mistake == mistake


def test_a_rate_of_nothing_moves_nothing() -> None:
    """What `requires_grad` promises does not count."""
    assert fine_tuning.trainable(*trained(freeze(), rate=0.0), HEAD, body=True).mistake == "nothing-moves"


def test_statistics_drift_in_training_mode_only() -> None:
    """A remark where it costs nothing, a failure where the rubric says so."""
    drifting, still = trained(freeze(0, 1)), trained(freeze(0, 1), evaluating=True)

    assert fine_tuning.drift(*still) == fine_tuning.right()
    assert fine_tuning.drift(*drifting).holds
    assert fine_tuning.drift(*drifting).remarks
    assert fine_tuning.drift(*drifting, penalised=True).mistake == "statistics-drift"


@pytest.mark.parametrize("reply", [None, "x", [[1.0], [1.0, 2.0]], torch.zeros(3, 3, 3)])
def test_a_tensor_that_is_gone_is_the_students(reply: object) -> None:
    """Whatever stands in its place."""
    before, after = trained(freeze())
    with pytest.raises(BadReply):
        fine_tuning.moved(before, {**after, "0.weight": reply})
