"""Backward passes by the slope of the loss."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grading.authoring import Draw
from grading.checks.backward import measured, slope
from grading.domain.errors import BadReply
from grading.mistakes.softmax_network import BACKWARD, RELU
from reference_models.softmax_network import Hidden, SoftmaxNetwork, cross_entropy

SIZES = (5, 4, 4, 3)
N = 7
HIDDEN: tuple[Hidden, ...] = ("sigmoid", "improved", "relu")


def setting(seed: int, *, layers: int = 3) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Weights W1 …, inputs and targets."""
    draw = Draw(seed, "net")
    p = {f"W{i + 1}": draw.normal(a, b) for i, (a, b) in enumerate(pairwise((*SIZES[:layers], 3)))}
    return p, draw.normal(N, SIZES[0]), draw.one_hot(N, 3)


def gradients(network: SoftmaxNetwork, s: Any) -> dict[str, np.ndarray]:
    """What a program with that network computes."""
    p, X, targets = s
    weights = list(p.values())
    return dict(zip(p, network.backward(weights, network.forward(weights, X), targets), strict=True))


def loss_of(network: SoftmaxNetwork, s: Any) -> Any:
    """Its loss as a function of the weights."""
    _, X, targets = s
    return lambda p: cross_entropy(targets, network.forward(list(p.values()), X).outputs)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_the_true_gradient_is_the_slope_along_any_direction(hidden: Hidden) -> None:
    """Right gradients hold on every seed, with kinks and without, whatever the network's depth."""
    network = SoftmaxNetwork(hidden)
    for seed in range(6):
        s = setting(seed, layers=2 + seed % 2)

        assert slope(loss_of(network, s), s[0], gradients(network, s), Draw(seed, "d")).holds


@pytest.mark.parametrize("known", BACKWARD, ids=lambda known: known.id)
def test_no_known_mistake_is_a_slope(known: Any) -> None:
    """A wrong backward pass is seen."""
    s = setting(3)
    network = known.variant("sigmoid")

    assert not slope(loss_of(network, s), s[0], gradients(network, s), Draw(1, "d")).holds


def test_wrong_slopes_of_a_relu_are_seen_beside_its_kinks() -> None:
    """The search for a smooth place does not excuse a wrong gradient."""
    for known in RELU[1:]:
        s, network = setting(3), known.variant("relu")

        assert not slope(loss_of(network, s), s[0], gradients(network, s), Draw(1, "d")).holds, known.id


def test_sign_and_common_factor_are_told() -> None:
    """Gradients of the sum are N times the slope of the mean; climbing ones have the other sign."""
    s, network = setting(1), SoftmaxNetwork()
    g, loss = gradients(network, s), loss_of(network, s)
    summed = slope(loss, s[0], {k: N * v for k, v in g.items()}, Draw(1, "d"))

    assert "wrong sign" in slope(loss, s[0], {k: -v for k, v in g.items()}, Draw(1, "d")).message
    assert summed.evidence["factor"] == pytest.approx(N, rel=1e-3)


def test_only_the_wrong_array_is_named() -> None:
    """One wrong entry among many is seen and placed."""
    s, network = setting(2), SoftmaxNetwork()
    g = gradients(network, s)
    g["W2"] = g["W2"].copy()
    g["W2"][1, 2] += 0.1

    assert slope(loss_of(network, s), s[0], g, Draw(1, "d")).evidence["arrays"] == ["W2"]


def test_a_kink_beside_the_point_does_not_spoil_the_slope() -> None:
    """|t - 1e-6| has slope -1 at 0, though the first step reaches over its kink; |t| has none."""
    assert measured(lambda t: abs(t - 1e-6)).value == pytest.approx(-1.0, abs=1e-6)
    assert measured(lambda t: abs(t - 1e-6)).smooth
    assert measured(lambda t: t**3 + 2 * t).value == pytest.approx(2.0, abs=1e-4)
    assert measured(lambda t: np.sin(5 * t)).smooth


def test_a_float32_program_holds_and_its_mistakes_do_not() -> None:
    """Rounding passes and a missing slope does not."""
    s = setting(4)
    missing = next(known for known in BACKWARD if known.id == "slope-missing")

    def rounded(network: SoftmaxNetwork) -> Any:
        loss = loss_of(network, s)
        return lambda p: float(np.float32(loss({k: v.astype(np.float32).astype(np.float64) for k, v in p.items()})))

    for network, holds in ((SoftmaxNetwork(), True), (missing.variant("sigmoid"), False)):
        found = slope(rounded(network), s[0], gradients(network, s), Draw(1, "d"))

        assert found.holds is holds


def test_missing_and_misshapen_gradients_are_the_students_fault() -> None:
    """None and another shape are refused before any arithmetic."""
    s, network = setting(1), SoftmaxNetwork()
    g: dict[str, Any] = gradients(network, s)
    for bad in (None, g["W1"].T, "W1"):
        with pytest.raises(BadReply):
            slope(loss_of(network, s), s[0], {**g, "W1": bad}, Draw(1, "d"))


def test_a_loss_that_jumps_has_no_slope() -> None:
    """Noise does not pass for a kink."""
    s, rng = setting(1), np.random.default_rng(1)
    found = slope(lambda _: rng.normal(), s[0], s[0], Draw(1, "d"))

    assert not found.holds
    assert "no slope" in found.message
