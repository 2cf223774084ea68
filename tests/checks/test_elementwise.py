"""Activation functions and their slopes."""

import numpy as np
import pytest

from grading.authoring import Draw
from grading.checks.elementwise import far_out, points, rows_add_up, saturated, slope, value
from grading.domain.errors import BadReply
from grading.numerics.gradients import central_difference
from reference_models.elementwise import FUNCTIONS


@pytest.mark.parametrize("kind", list(FUNCTIONS))
def test_right_functions_hold_and_known_mistakes_are_named(kind: str) -> None:
    """Whatever was drawn; in float32 as well."""
    for seed in range(5):
        x = points(Draw(seed, "x"), kind, 4, 7)

        assert value(FUNCTIONS[kind].value, kind, x).holds
        assert value(lambda z: FUNCTIONS[kind].value(z.astype(np.float32)), kind, x, dtype="float32").holds
        for mistake, (function, _) in FUNCTIONS[kind].mistakes.items():
            assert value(function, kind, x).mistake == mistake


@pytest.mark.parametrize("kind", [k for k, f in FUNCTIONS.items() if f.slope])
def test_the_slopes_of_the_bank_are_slopes(kind: str) -> None:
    """By a central difference at points away from kinks; their slips are not."""
    function = FUNCTIONS[kind]
    x = points(Draw(1, "x"), kind, 3, 5)
    measured = np.array(
        [central_difference(lambda t, v=v: float(function.value(np.array([v + t]))[0])) for v in x.flat]
    )

    assert function.slope is not None
    assert np.allclose(function.slope(x).ravel(), measured, atol=1e-7)
    assert slope(function.slope, kind, x).holds
    assert slope(lambda z: -function.slope(z), kind, x).mistake == "slope-sign"
    assert slope(np.ones_like, kind, x).mistake == "slope-of-ones"
    assert not slope(lambda z: 0.5 * function.slope(z), kind, x).holds


def test_slopes_in_terms_of_the_value() -> None:
    """a(1 - a) takes the activation; handed x it is named."""
    x = points(Draw(1, "x"), "sigmoid", 3, 5)

    assert slope(lambda a: a * (1 - a), "sigmoid", x, of_value=True).holds
    assert slope(lambda a: a * (1 - a), "sigmoid", x).mistake == "slope-formula-of-value"
    assert slope(FUNCTIONS["sigmoid"].slope, "tanh", x).mistake == "derivative-of-another"
    with pytest.raises(ValueError, match="kink"):
        slope(FUNCTIONS["relu"].slope, "relu", np.zeros(3))


def test_overflow_far_out_is_a_remark() -> None:
    """A stable function has none; exp and inf/inf get one, and nobody fails."""
    draw = Draw(1, "far")
    with np.errstate(all="ignore"):
        naive = far_out(lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True), "softmax", draw)

    assert naive.holds
    assert naive.remarks
    for kind in ("sigmoid", "softmax", "tanh", "swish"):
        assert not far_out(FUNCTIONS[kind].value, kind, Draw(1, "far")).remarks


def test_saturated_and_dead_units_are_counted() -> None:
    """Large pre-activations saturate, negative ones die."""
    z = np.random.default_rng(1).normal(0, 1, 1000)

    assert saturated(np.tanh(z), "tanh").holds
    assert saturated(np.tanh(30 * z), "tanh").mistake == "units-saturated"
    assert saturated(np.maximum(z - 3, 0), "relu").mistake == "units-dead"


def test_laws_of_the_softmax() -> None:
    """Rows add up and do not feel a shift."""
    x = Draw(1, "x").normal(4, 6)
    mistakes = FUNCTIONS["softmax"].mistakes

    assert rows_add_up(FUNCTIONS["softmax"].value, x).holds
    for mistake in ("softmax-axis", "softmax-is-sigmoid", "softmax-without-exp"):
        found = rows_add_up(mistakes[mistake][0], np.abs(x) + 0.1 if mistake == "softmax-without-exp" else x)
        assert found.mistake == mistake


def test_answers_of_another_form_are_the_students_fault() -> None:
    """None and other shapes are refused; an input handed back is named."""
    x = points(Draw(1, "x"), "tanh", 3, 5)
    for bad in (None, x.T, "x"):
        with pytest.raises(BadReply):
            value(lambda _, bad=bad: bad, "tanh", x)
    assert value(lambda z: z, "tanh", x).mistake == "returns-input"
    assert not value(lambda z: z * np.nan, "tanh", x).holds
