r"""A fully connected network of any depth with hand-written gradients.

.. math:: a_0 = X,\quad z_l = a_{l-1} W_l + b_l,\quad a_l = f(z_l)\;(l < L),\quad P = \mathrm{softmax}(z_L),

and the mean cross-entropy :math:`C = -\frac1N \sum_n \sum_k T_{nk} \log P_{nk}`. Backwards, :math:`d_L = (P - T)/N`,
:math:`d_{l-1} = d_l W_l^\top \odot f'(z_{l-1})`, and the gradients are :math:`a_{l-1}^\top d_l` and the column sums of
:math:`d_l`.

Shapes: X (N, n0); W_l (n_{l-1}, n_l); b_l (n_l,), or no biases at all; T (N, K) one-hot. All float64.

Sources: TDT4265, Assignment 2, tasks 2-4; RDFIA, practical work 2-ab, questions 14-17 (there W is transposed).
"""

# ruff: noqa: ARG005 - slopes take input and value, and use one of them

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from reference_models.mlp import softmax

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Activation:
    """A function and its slope, the slope in terms of the input and of the value."""

    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]


IMPROVED_SCALE = 1.7159
"""LeCun et al. 1998, section 4.4: f(1) = 1 and f(-1) = -1, nearly."""

ACTIVATIONS = {
    "sigmoid": Activation(lambda z: np.asarray(0.5 * (1 + np.tanh(z / 2))), lambda z, a: a * (1 - a)),
    "tanh": Activation(lambda z: np.asarray(np.tanh(z)), lambda z, a: 1 - a * a),
    "improved-sigmoid": Activation(
        lambda z: np.asarray(IMPROVED_SCALE * np.tanh(2 * z / 3)),
        lambda z, a: np.asarray(IMPROVED_SCALE * 2 / 3 * (1 - np.tanh(2 * z / 3) ** 2)),
    ),
    "relu": Activation(lambda z: np.maximum(z, 0.0), lambda z, a: (z > 0).astype(np.float64)),
}


@dataclass(frozen=True)
class LayeredNet:
    """The network, one small method for each line of the derivation; a subclass that overrides one is wrong in one way.

    Attributes:
        activation: of the hidden layers, a key of `ACTIVATIONS`.
    """

    activation: str = "sigmoid"

    def hidden(self, z: Array) -> Array:
        """f(z)."""
        return ACTIVATIONS[self.activation].value(z)

    def slope(self, z: Array, a: Array) -> Array:
        """f'(z), where a = f(z)."""
        return ACTIVATIONS[self.activation].slope(z, a)

    def forward(self, weights: Sequence[Array], X: Array, biases: Sequence[Array] = ()) -> "Passed":
        """What the layers put out, kept for the way back."""
        a, seen = X, Passed([X])
        for number, w in enumerate(weights, start=1):
            z = a @ w + (biases[number - 1] if len(biases) else 0.0)
            a = softmax(z) if number == len(weights) else self.hidden(z)
            seen.z.append(z)
            seen.a.append(a)
        return seen

    def loss(self, weights: Sequence[Array], X: Array, targets: Array, biases: Sequence[Array] = ()) -> float:
        """Mean cross-entropy.

        >>> rng = np.random.default_rng(0)
        >>> round(LayeredNet().loss([np.zeros((3, 4)), np.zeros((4, 10))], rng.normal(size=(5, 3)), np.eye(10)[:5]), 4)
        2.3026
        """
        z = self.forward(weights, X, biases).z[-1]
        largest = z.max(axis=1, keepdims=True)
        logs = z - largest - np.log(np.exp(z - largest).sum(axis=1, keepdims=True))
        return float(-(targets * logs).sum() / len(X))

    # -- backwards ----------------------------------------------------------------------------------

    def output_delta(self, outputs: Array, targets: Array) -> Array:
        """dC/dz of the last layer, (N, K)."""
        return (outputs - targets) / len(targets)

    def passed_back(self, d: Array, w: Array) -> Array:
        """From a layer's delta to dC/da of the layer before."""
        return np.asarray(d @ w.T)

    def delta(self, d: Array, w: Array, z: Array, a: Array) -> Array:
        """From a layer's delta to that of the layer before, whose input is z and output a."""
        return self.passed_back(d, w) * self.slope(z, a)

    def weight_gradient(self, a: Array, d: Array) -> Array:
        """dC/dW for a layer that was given a, with delta d."""
        return np.asarray(a.T @ d)

    def bias_gradient(self, d: Array) -> Array:
        """dC/db: the rows of the delta add up."""
        return np.asarray(d.sum(axis=0))

    def backward(
        self, weights: Sequence[Array], X: Array, targets: Array, biases: Sequence[Array] = ()
    ) -> dict[str, Array]:
        """Gradients W1, W2 … and, with biases, b1, b2 …."""
        seen = self.forward(weights, X, biases)
        d = self.output_delta(seen.a[-1], targets)
        gradients: dict[str, Array] = {}
        for number in range(len(weights), 0, -1):
            gradients[f"W{number}"] = self.weight_gradient(seen.a[number - 1], d)
            if len(biases):
                gradients[f"b{number}"] = self.bias_gradient(d)
            if number > 1:
                d = self.delta(d, weights[number - 1], seen.z[number - 2], seen.a[number - 1])
        return gradients


@dataclass(slots=True)
class Passed:
    """What went through: a[0] is the input, a[l] layer l's output, z[l - 1] what entered its activation."""

    a: list[Array]
    z: list[Array] = field(default_factory=list)


Net = type[LayeredNet]


def net(**methods: Any) -> Net:
    """A network with some methods replaced."""
    return type("Variant", (LayeredNet,), methods)
