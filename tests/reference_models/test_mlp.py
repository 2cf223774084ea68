"""Laws of the three-layer network, and the numbers that the course's notebook prints."""

import numpy as np
import pytest
import torch

from reference_models.mlp import NAMES, Parameters, ThreeLayerNet, initial, softmax
from reference_models.spiral import spiral

REG = 0.05
X = np.random.default_rng(1).normal(0, 1, (30, 2))
Y = np.arange(30) % 3
NET = ThreeLayerNet()


def parameters(seed: int = 2) -> Parameters:
    """A small network, all sizes different, no bias 0."""
    draw = np.random.default_rng(seed)
    shapes = {"W1": (2, 7), "W2": (7, 11), "W3": (11, 3), "b1": (1, 7), "b2": (1, 11), "b3": (1, 3)}
    return {name: draw.normal(0, 0.5, shape) for name, shape in shapes.items()}


def loss(p: Parameters, nonlinearity: str) -> float:
    """The loss of the network as a function of its parameters."""
    return NET.loss(p, NET.forward(p, X, nonlinearity).scores, Y, REG)


@pytest.mark.parametrize("nonlinearity", ["SIGM", "RELU"])
def test_backward_is_the_slope_of_the_loss(nonlinearity: str) -> None:
    """Along a random direction through all parameters the loss rises as the gradients say."""
    p, direction, h = parameters(), parameters(3), 1e-6
    gradients = NET.backward(p, X, Y, NET.forward(p, X, nonlinearity), nonlinearity, REG)
    ahead, behind = ({n: p[n] + t * direction[n] for n in NAMES} for t in (h, -h))
    slope = (loss(ahead, nonlinearity) - loss(behind, nonlinearity)) / (2 * h)

    assert sum(float((gradients[n] * direction[n]).sum()) for n in NAMES) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("nonlinearity", ["SIGM", "RELU"])
def test_backward_is_autograds(nonlinearity: str) -> None:
    """Every entry of every gradient is torch's."""
    p = parameters()
    t = {name: torch.tensor(value, requires_grad=True) for name, value in p.items()}
    f = torch.sigmoid if nonlinearity == "SIGM" else torch.relu
    scores = f(f(torch.tensor(X) @ t["W1"] + t["b1"]) @ t["W2"] + t["b2"]) @ t["W3"] + t["b3"]
    penalty = sum(0.5 * REG * (t[w] ** 2).sum() for w in ("W1", "W2", "W3"))
    (torch.nn.functional.cross_entropy(scores, torch.tensor(Y)) + penalty).backward()
    gradients = NET.backward(p, X, Y, NET.forward(p, X, nonlinearity), nonlinearity, REG)

    for name in NAMES:
        np.testing.assert_allclose(gradients[name], t[name].grad.numpy(), rtol=1e-9, atol=1e-12)  # type: ignore[union-attr]


def test_softmax_does_not_see_a_shift() -> None:
    """A constant added to a row changes no probability, however large."""
    scores = np.random.default_rng(4).normal(0, 3, (5, 3))

    np.testing.assert_allclose(softmax(scores + 1e4), softmax(scores), rtol=1e-9)


def test_training_leaves_its_start_alone() -> None:
    """The parameters that training begins with are not changed by it."""
    p, before = parameters(), parameters()
    NET.train("RELU", X, Y, p, 0.5, REG, steps=3)

    assert all((p[name] == before[name]).all() for name in NAMES)


@pytest.mark.slow
def test_the_spirals_losses_are_the_courses() -> None:
    """Seed 0, sigmoid first, then ReLU from the same stream: the losses that the notebook prints at 0 and 1,000.

    In the first iteration the sigmoid's first layer gets a fraction of the second's gradient.
    """
    random = np.random.RandomState(0)
    X, y = spiral(random)
    sigmoid = NET.train("SIGM", X, y, initial(random), 1e-1, 1e-3, steps=1001)
    relu = NET.train("RELU", X, y, initial(random), 1e-1, 1e-3, steps=1001)

    assert [f"{run.losses[i]:.6f}" for run in (sigmoid, relu) for i in (0, 1000)] == [
        "1.156405", "1.100737", "1.116188", "0.275047",
    ]  # fmt: skip
    assert sigmoid.magnitude1[0] < 0.3 * sigmoid.magnitude2[0]
