r"""Layer normalisation in NumPy: each example by its own mean and variance, over its features.

.. math::
    \mu = \frac1d \sum_j x_j \qquad \sigma^2 = \frac1d \sum_j (x_j - \mu)^2 \qquad
    \hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \qquad y = g \odot \hat x + b

Every :math:`x_j` moves :math:`\mu` and :math:`\sigma` of its whole row, so three terms come back to it. With
:math:`\delta = g \odot \partial L / \partial y`, and means over the features of a row,

.. math::
    \frac{\partial L}{\partial x} = \frac{\delta - \overline{\delta} - \hat x\,\overline{\delta \odot \hat x}}
    {\sqrt{\sigma^2 + \epsilon}}

Source:
    Ba, Kiros, Hinton 2016, "Layer Normalization", equations 3 and 4.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gradients:
    """Slopes of a loss: at the input (n, d), the gain (d,) and the shift (d,)."""

    x: Array
    gain: Array
    shift: Array


class LayerNorm:
    """The layer, one method for each term, so that a variant can change one.

    >>> LayerNorm().forward(np.array([[1.0, 3.0]]), np.ones(2), np.zeros(2)).round(3)
    array([[-1.,  1.]])
    """

    axis = -1
    eps = 1e-5

    def variance(self, x: Array) -> Array:
        """Mean squared distance from the mean, (n, 1)."""
        return np.asarray(x.var(axis=self.axis, keepdims=True))

    def root(self, x: Array) -> Array:
        """What a row is divided by, (n, 1)."""
        return np.asarray(np.sqrt(self.variance(x) + self.eps))

    def normalised(self, x: Array) -> Array:
        """Rows of mean 0 and variance 1, (n, d)."""
        return np.asarray((x - x.mean(axis=self.axis, keepdims=True)) / self.root(x))

    def forward(self, x: Array, gain: Array, shift: Array) -> Array:
        """The layer's output.

        Args:
            x: (n, d), an example a row.
            gain: (d,).
            shift: (d,).

        Returns:
            (n, d).
        """
        return gain * self.normalised(x) + shift

    def through_mean(self, delta: Array) -> Array:
        """What comes back to a row through its mean, (n, 1)."""
        return np.asarray(delta.mean(axis=self.axis, keepdims=True))

    def through_variance(self, delta: Array, normalised: Array) -> Array:
        """What comes back to a row through its variance, (n, d)."""
        return np.asarray(normalised * (delta * normalised).mean(axis=self.axis, keepdims=True))

    def gain_gradient(self, upstream: Array, x: Array) -> Array:
        """The slope at the gain, (d,)."""
        return np.asarray((upstream * self.normalised(x)).sum(axis=0))

    def backward(self, upstream: Array, x: Array, gain: Array) -> Gradients:
        """The slopes of a loss, from its slope at the layer's output.

        Args:
            upstream: slope at the output, (n, d).
            x: the layer's input, (n, d).
            gain: (d,).
        """
        delta = upstream * gain
        rest = delta - self.through_mean(delta) - self.through_variance(delta, self.normalised(x))
        return Gradients(rest / self.root(x), self.gain_gradient(upstream, x), upstream.sum(axis=0))


def variant(**changed: Any) -> type[LayerNorm]:
    """The layer with some of its methods or constants replaced."""
    return type("Variant", (LayerNorm,), changed)
