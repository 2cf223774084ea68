"""Gradients taken apart: what a penalty of the weights does to them, and whether they were cleared."""

from collections.abc import Callable

import numpy as np
import pytest

from grading.authoring import Subject
from grading.checks import gradients
from grading.domain.errors import BadReply

SHAPES = ((6, 3, 5, 5), (6,), (10, 84), (10,))
STRENGTH = 1e-5
Array = np.ndarray


class Told(Subject):
    """A program whose recorder noted this."""

    def __init__(self, rows: object) -> None:
        self._rows = rows

    def drive(self, driver: str, *_: object) -> object:
        """What was noted."""
        assert driver == "vision_gradients"
        return self._rows


def noted(
    pull: Callable[[Array, int], Array], *, door: str = "added", stale: int = 0, passes: int = 3, seed: int = 5
) -> Told:
    """One optimizer, one step: `pull(weights, axes)` is felt by each parameter."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(0, 0.1, 12) for _ in SHAPES]
    felt = np.concatenate([pull(w, len(shape)) for w, shape in zip(weights, SHAPES, strict=True)])
    nothing = np.zeros_like(felt)
    step = {"weights": np.concatenate(weights), "added": nothing, "put": nothing, "moved": nothing}
    step |= {door: -felt if door == "moved" else felt, "gradient": rng.normal(0, 0.05, felt.size)}
    owner = np.repeat(np.arange(len(SHAPES)), 12)
    row = {"passes": passes, "stale": stale, "axes": [len(s) for s in SHAPES], "owner": owner, "steps": [step]}
    return Told([row])


@pytest.mark.parametrize("door", ["added", "put", "moved"])
@pytest.mark.parametrize("least", [1, 2], ids=["all parameters", "weights only"])
def test_strength_times_sign_is_a_penalty_wherever_it_is_added(door: str, least: int) -> None:
    """To the loss, to the gradients, or to the weights after the step; with the biases or without."""
    conclusion = gradients.absolute_penalty(noted(lambda w, axes: STRENGTH * np.sign(w) * (axes >= least), door=door))

    assert conclusion.holds
    assert conclusion.evidence["strength"] == pytest.approx(STRENGTH)


@pytest.mark.parametrize("strength", [1e-3, 1e-5, 1e-6])
def test_rounding_of_the_loss_s_own_gradient_hides_no_penalty(strength: float) -> None:
    """What float32 leaves of the subtraction is smaller."""
    rng = np.random.default_rng(1)
    conclusion = gradients.absolute_penalty(noted(lambda w, _: strength * np.sign(w) + rng.normal(0, 1e-9, w.shape)))

    assert conclusion.holds


@pytest.mark.parametrize(
    ("pull", "mistake"),
    [
        (lambda w, _: 0 * w, "no-l1"),
        (lambda w, _: 1e-9 * np.sign(np.sin(1e6 * w)), "no-l1"),
        (lambda w, _: STRENGTH * w, "l2-instead-of-l1"),
        (lambda w, _: STRENGTH * w / np.linalg.norm(w), "l2-instead-of-l1"),
        (lambda w, _: -STRENGTH * np.sign(w), "l1-subtracted"),
        (lambda w, _: STRENGTH + 0 * w, "l1-without-abs"),
        (lambda w, axes: STRENGTH * np.sign(w) * (axes == 2), "l1-not-everywhere"),
        (lambda w, axes: STRENGTH * np.sign(w) * (axes == 1), "l1-not-everywhere"),
        (lambda w, _: 0.01 * np.sign(w) * w**2, "other-penalty"),
    ],
    ids=[
        "nothing",
        "rounding",
        "w",
        "w over its norm",
        "minus sign",
        "one",
        "linear layers",
        "biases",
        "sign times w squared",
    ],
)
def test_what_is_no_such_penalty_is_named(pull: Callable[[Array, int], Array], mistake: str) -> None:
    """By what it does to the gradients."""
    conclusion = gradients.absolute_penalty(noted(pull))

    assert not conclusion.holds
    assert conclusion.mistake_id == mistake


@pytest.mark.parametrize(
    ("pull", "mistake"),
    [
        (lambda w: w * np.abs(w), "other-penalty"),
        (lambda w: w, "l2-instead-of-l1"),
        (np.ones_like, "l1-without-abs"),
    ],
    ids=["the slope of a cube", "the slope of a square", "the slope of a sum"],
)
@pytest.mark.parametrize("seed", range(4))
def test_a_pull_that_hardly_rises_above_rounding_is_named_by_its_form(
    pull: Callable[[Array], Array], mistake: str, seed: int
) -> None:
    """Whatever lies within the slack of a straight line would do, were it not for the form that fits better."""
    rng = np.random.default_rng(seed)
    rounding = gradients.ROUNDING * 0.05
    conclusion = gradients.absolute_penalty(
        noted(lambda w, _: 4 * rounding * pull(w / 0.2) + rng.normal(0, rounding / 8, w.shape), seed=seed)
    )

    assert conclusion.mistake_id == mistake


def test_a_mean_over_each_layer_is_a_penalty_with_a_remark() -> None:
    """Its strength differs from layer to layer, which nobody forbids."""
    conclusion = gradients.absolute_penalty(noted(lambda w, axes: 1e-4 * axes * np.sign(w)))

    assert conclusion.holds
    assert any("from layer to layer" in remark for remark in conclusion.remarks)


def test_gradients_that_are_still_there_were_not_cleared() -> None:
    """Counted at the backward passes that follow a step."""
    assert gradients.cleared(noted(lambda w, _: 0 * w)).holds
    assert gradients.cleared(noted(lambda w, _: 0 * w, stale=1)).mistake_id == "gradients-accumulate"
    assert gradients.cleared(noted(lambda w, _: 0 * w, passes=0)).remarks


@pytest.mark.parametrize(
    "rows",
    [
        [{"passes": 1}],
        [{"passes": 1, "stale": 0, "axes": [1], "owner": np.array([3]), "steps": []}],
        [{"passes": 1, "stale": 0, "axes": [1], "owner": np.array([0]), "steps": [{"weights": np.zeros(2)}]}],
        "nothing",
    ],
)
def test_what_has_another_form_is_refused(rows: object) -> None:
    """It comes from the student's process."""
    with pytest.raises(BadReply):
        gradients.cleared(Told(rows))
