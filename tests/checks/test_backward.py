"""Backward passes by slope and by twin."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grading.authoring import Draw
from grading.checks.backward import clear_of_kinks, measured, proportional, slope, twin
from grading.domain.errors import BadReply
from grading.mistakes.layered_net import known
from reference_models.layered_net import ACTIVATIONS, LayeredNet, net

SIZES = (5, 4, 4, 3)
N = 7


def setting(
    seed: int, *, layers: int = 3, biases: bool = False
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Parameters W1 …, inputs and targets."""
    draw = Draw(seed, "net")
    sizes = (*SIZES[:layers], 3)
    p = {f"W{i + 1}": draw.normal(a, b) for i, (a, b) in enumerate(pairwise(sizes))}
    if biases:
        p |= {f"b{i + 1}": draw.normal(b) for i, b in enumerate(sizes[1:])}
    return p, draw.normal(N, sizes[0]), draw.one_hot(N, 3)


def lists(p: dict[str, np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Weights and biases in order."""
    return [p[k] for k in sorted(p) if k[0] == "W"], [p[k] for k in sorted(p) if k[0] == "b"]


def gradients(kind: type[LayeredNet], activation: str, s: Any) -> dict[str, np.ndarray]:
    """What a program of that kind computes."""
    p, X, targets = s
    weights, biases = lists(p)
    return kind(activation).backward(weights, X, targets, biases)


def loss_of(activation: str, s: Any) -> Any:
    """The loss as a function of the parameters."""
    _, X, targets = s
    return lambda p: LayeredNet(activation).loss(lists(p)[0], X, targets, lists(p)[1])


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_the_true_gradient_is_the_slope_along_any_direction(activation: str) -> None:
    """Right gradients hold on every seed, with kinks and without, with biases and without."""
    for seed in range(6):
        s = setting(seed, biases=seed % 2 == 0)

        assert slope(loss_of(activation, s), s[0], gradients(LayeredNet, activation, s), Draw(seed, "d")).holds


@pytest.mark.parametrize("activation", ["sigmoid", "improved-sigmoid", "tanh", "relu"])
def test_every_known_mistake_fails_both_ways_and_is_named(activation: str) -> None:
    """A wrong backward pass is no slope, and its twin names it."""
    for mistake, m in known(activation).items():
        s = setting(3, biases=True)
        bank = {k: gradients(v.variant, activation, s) for k, v in known(activation).items()}
        right, got = gradients(LayeredNet, activation, s), bank[mistake]
        conclusion = twin(got, right, bank)

        assert not slope(loss_of(activation, s), s[0], got, Draw(1, "d")).holds, mistake
        assert not conclusion.holds
        assert conclusion.mistake == mistake or all(np.allclose(bank[conclusion.mistake][k], got[k]) for k in got), (
            mistake
        )
        assert m.says


def test_sign_and_common_factor_are_told() -> None:
    """Gradients of the sum are N times the slope of the mean; climbing ones have the other sign."""
    s = setting(1)
    g = gradients(LayeredNet, "tanh", s)
    loss = loss_of("tanh", s)

    assert slope(loss, s[0], {k: -v for k, v in g.items()}, Draw(1, "d")).mistake == "gradient-sign"
    summed = slope(loss, s[0], {k: N * v for k, v in g.items()}, Draw(1, "d"))
    assert summed.mistake == "gradient-factor"
    assert summed.evidence["factor"] == pytest.approx(N, rel=1e-3)


def test_only_the_wrong_array_is_named() -> None:
    """One wrong entry among many is seen and placed."""
    s = setting(2)
    g = gradients(LayeredNet, "sigmoid", s)
    g["W2"] = g["W2"].copy()
    g["W2"][1, 2] += 0.01

    assert slope(loss_of("sigmoid", s), s[0], g, Draw(1, "d")).evidence["arrays"] == ["W2"]
    assert twin(g, gradients(LayeredNet, "sigmoid", s), {}).evidence["arrays"] == ["W2"]


def test_a_kink_beside_the_point_does_not_spoil_the_slope() -> None:
    """|t - 1e-6| has slope -1 at 0, though the first step reaches over its kink; |t| has none."""
    assert measured(lambda t: abs(t - 1e-6)).value == pytest.approx(-1.0, abs=1e-6)
    assert measured(lambda t: abs(t - 1e-6)).smooth
    assert measured(lambda t: t**3 + 2 * t).value == pytest.approx(2.0, abs=1e-9)
    assert measured(lambda t: np.sin(5 * t)).smooth


def test_parameters_can_be_drawn_clear_of_kinks() -> None:
    """What enters the ReLU stays away from 0."""

    def entering(p: dict[str, np.ndarray]) -> list[np.ndarray]:
        return [p["z"]]

    found = clear_of_kinks(lambda draw: {"z": draw.normal(20)}, entering, Draw(1, "k"), margin=0.01)

    assert np.abs(found["z"]).min() >= 0.01


def test_a_float32_program_holds_and_its_mistakes_do_not() -> None:
    """With the coarse tolerance, rounding passes and a missing slope does not."""
    s = setting(4)
    loss = loss_of("tanh", s)

    def rounded(p: dict[str, np.ndarray]) -> float:
        return float(np.float32(loss({k: v.astype(np.float32).astype(np.float64) for k, v in p.items()})))

    assert slope(rounded, s[0], gradients(LayeredNet, "tanh", s), Draw(1, "d"), single=True).holds
    missing = gradients(known("tanh")["missing-activation-derivative"].variant, "tanh", s)
    assert not slope(rounded, s[0], missing, Draw(1, "d"), single=True).holds


def test_sum_and_mean_both_count_where_the_course_says_so() -> None:
    """One common factor is allowed with a remark; factors that differ between arrays are not."""
    s = setting(5, biases=True)
    g = gradients(LayeredNet, "tanh", s)
    allowed = {"mean": 1.0, "sum": float(N)}

    assert proportional(g, g, allowed).holds
    assert not proportional(g, g, allowed).remarks
    assert proportional({k: N * v for k, v in g.items()}, g, allowed).remarks
    mixed = {k: N * v if k == "W1" else v for k, v in g.items()}
    assert proportional(mixed, g, allowed).mistake == "factor-differs-between-arrays"
    assert proportional({k: 2 * v for k, v in g.items()}, g, allowed).mistake == "gradient-factor"
    assert proportional({k: -v for k, v in g.items()}, g, allowed).mistake == "gradient-sign"
    wrong = gradients(net(slope=lambda self, z, a: np.ones_like(a)), "tanh", s)
    assert not proportional(wrong, g, allowed).holds
    assert not proportional({k: 0 * v for k, v in g.items()}, g, allowed).holds


def test_missing_and_misshapen_gradients_are_the_students_fault() -> None:
    """None and another shape are refused before any arithmetic."""
    s = setting(1)
    g: dict[str, Any] = gradients(LayeredNet, "tanh", s)
    for bad in (None, g["W1"].T, "W1"):
        with pytest.raises(BadReply):
            slope(loss_of("tanh", s), s[0], {**g, "W1": bad}, Draw(1, "d"))
        with pytest.raises(BadReply):
            twin({**g, "W1": bad}, g, {})


def test_a_loss_that_jumps_has_no_slope() -> None:
    """Noise does not pass for a kink."""
    s, rng = setting(1), np.random.default_rng(1)

    assert slope(lambda _: rng.normal(), s[0], s[0], Draw(1, "d")).mistake == "loss-not-smooth"
