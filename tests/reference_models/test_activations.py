"""Laws of the activation functions."""

import numpy as np
import pytest
import torch

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
