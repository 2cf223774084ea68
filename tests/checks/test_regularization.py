"""Penalties by what they add to the gradient."""

from typing import Any

import numpy as np
import pytest

from grading.authoring import Draw
from grading.checks.regularization import consistent, penalty
from grading.domain.errors import BadReply

STRENGTH = 0.013
N = 17


def point(seed: int) -> dict[str, np.ndarray]:
    """Weights and a bias away from 0."""
    draw = Draw(seed, "w")
    return {
        "W1": draw.away_from_zero(4, 5),
        "W2": draw.away_from_zero(5, 3),
        "b1": draw.away_from_zero(5),
    }


def judged(adds: Any, *, seed: int = 1, kind: Any = "l2", **more: Any) -> Any:
    """The conclusion about a program that adds this to each gradient."""
    w = point(seed)
    draw = Draw(seed, "g")
    plain = {k: draw.normal(*v.shape) for k, v in w.items()}
    return penalty(
        {k: plain[k] + adds(k, v) for k, v in w.items()},
        plain,
        w,
        STRENGTH,
        kind=kind,
        free=("b1",),
        lengths=(N,),
        **more,
    )


def weights_only(rule: Any) -> Any:
    """A penalty that leaves the bias alone."""
    return lambda name, w: 0.0 * w if name[0] == "b" else rule(w)


@pytest.mark.parametrize("seed", range(5))
def test_both_conventions_of_l2_and_the_one_of_l1_hold(seed: int) -> None:
    """λw is right, 2λw with a remark, λ sign(w) for L1."""
    assert judged(weights_only(lambda w: STRENGTH * w), seed=seed).holds
    assert not judged(weights_only(lambda w: STRENGTH * w), seed=seed).remarks
    assert judged(weights_only(lambda w: 2 * STRENGTH * w), seed=seed).remarks
    assert judged(weights_only(lambda w: STRENGTH * np.sign(w)), seed=seed, kind="l1").holds


@pytest.mark.parametrize(
    ("mistake", "kind", "rule"),
    [
        ("no-penalty", "l2", lambda w: 0 * w),
        ("l1-instead", "l2", lambda w: STRENGTH * np.sign(w)),
        ("l2-instead", "l1", lambda w: STRENGTH * w),
        ("penalty-sign", "l2", lambda w: -STRENGTH * w),
        ("penalty-divided", "l2", lambda w: STRENGTH * w / N),
        ("penalty-summed", "l2", lambda w: STRENGTH * w * N),
        ("strength-twice", "l2", lambda w: STRENGTH**2 * w),
        ("strength-missing", "l2", lambda w: w),
        ("penalty-factor", "l1", lambda w: 0.7 * STRENGTH * np.sign(w)),
        ("penalty-factor", "l2", lambda w: 3.3 * STRENGTH * w),
        ("", "l2", lambda w: STRENGTH * w**3),
        ("", "l1", lambda w: STRENGTH * np.abs(w)),
    ],
)
def test_wrong_penalties_fail_and_are_named(mistake: str, kind: str, rule: Any) -> None:
    """Each known slip has its name; another function of the weights has none and fails as well."""
    conclusion = judged(weights_only(rule), kind=kind)

    assert not conclusion.holds
    assert conclusion.mistake == mistake


def test_conventions_can_be_narrowed() -> None:
    """Where the statement has the half, 2λw is told."""
    assert judged(weights_only(lambda w: 2 * STRENGTH * w), factors=(1.0,)).mistake == "penalty-without-half"
    assert judged(weights_only(lambda w: STRENGTH * w), factors=(2.0,)).mistake == "penalty-derivative"


def test_a_regularized_bias_is_a_remark_or_a_fault_as_the_rubric_says() -> None:
    """The custom leaves biases alone."""

    def everything(_: str, w: np.ndarray) -> np.ndarray:
        return STRENGTH * w

    assert judged(everything).remarks
    assert judged(everything, biases_count=True).mistake == "bias-regularized"


def test_a_layer_that_is_left_out_is_named() -> None:
    """Only the first layer is regularized, or each with another strength."""
    only_first = judged(lambda name, w: STRENGTH * w if name == "W1" else 0.0 * w)
    uneven = judged(lambda name, w: (1 + (name == "W1")) * STRENGTH * w if name != "b1" else 0.0 * w)

    assert only_first.mistake == "penalty-leaves-out"
    assert only_first.evidence["left_out"] == ["W2"]
    assert uneven.mistake == "penalty-uneven"


def test_loss_and_gradient_must_speak_of_the_same_penalty() -> None:
    """λ/2 ‖w‖² goes with λw; λ‖w‖² does not; no penalty in the loss is named."""
    w = {k: v for k, v in point(1).items() if k != "b1"}
    squares = sum(float((v**2).sum()) for v in w.values())

    assert consistent(STRENGTH / 2 * squares, w, STRENGTH, 1.0, kind="l2").holds
    assert consistent(STRENGTH * squares, w, STRENGTH, 2.0, kind="l2").holds
    assert consistent(STRENGTH * squares, w, STRENGTH, 1.0, kind="l2").mistake == "penalty-loss-and-slope-differ"
    assert consistent(0.0, w, STRENGTH, 1.0, kind="l2").mistake == "penalty-not-in-loss"
    assert consistent(STRENGTH * sum(float(np.abs(v).sum()) for v in w.values()), w, STRENGTH, 1.0, kind="l1").holds


def test_no_gradients_are_the_students_fault() -> None:
    """A missing array is refused."""
    with pytest.raises(BadReply):
        penalty({}, {}, point(1), STRENGTH, kind="l2")
