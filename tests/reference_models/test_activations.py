"""Laws of the activation functions."""

import numpy as np
import pytest
import torch

from grading.mistakes.activations import RELU, SIGMOID
from reference_models.activations import relu, relu_grad, sigmoid, sigmoid_grad

X = np.random.default_rng(0).normal(0, 4, (20, 7))


def test_values_are_torchs() -> None:
    """Both functions agree with an independent implementation."""
    x = torch.from_numpy(X)

    np.testing.assert_allclose(sigmoid(X), torch.sigmoid(x).numpy(), rtol=1e-12)
    np.testing.assert_array_equal(relu(X), torch.relu(x).numpy())


def test_sigmoid_mirrors() -> None:
    """The value at -x is one minus the value at x."""
    np.testing.assert_allclose(sigmoid(-X), 1 - sigmoid(X), atol=1e-15)


@pytest.mark.parametrize("far", [800.0, 1e6, np.inf])
def test_sigmoid_does_not_overflow(far: float) -> None:
    """Far out it is 0 or 1, without a warning."""
    np.testing.assert_array_equal(sigmoid(np.array([-far, far])), [0.0, 1.0])


@pytest.mark.parametrize(("f", "slope"), [(sigmoid, sigmoid_grad), (relu, relu_grad)])
def test_slopes_are_slopes(f: object, slope: object) -> None:
    """The slope, given the activation, is the central difference of the function."""
    h = 1e-6
    away = X[np.abs(X) > 2 * h]  # the rectifier has a kink at 0

    np.testing.assert_allclose(slope(f(away)), (f(away + h) - f(away - h)) / (2 * h), atol=1e-8)  # type: ignore[operator]


@pytest.mark.parametrize(("f", "bank"), [(sigmoid, SIGMOID), (relu, RELU)])
def test_mistakes_are_wrong_and_differ(f: object, bank: tuple[object, ...]) -> None:
    """No known mistake gives the right answer, and no two give the same."""
    x = np.concatenate([X, np.linspace(7, 9, 7)[None]])
    answers = [f(x), *(known.variant(x) for known in bank)]  # type: ignore[operator, attr-defined]

    same = [
        (i, j)
        for i in range(len(answers))
        for j in range(i)
        if np.shape(answers[i]) == np.shape(answers[j]) and np.allclose(answers[i], answers[j])
    ]

    assert same == []
