r"""A softmax network of any depth on digits, in NumPy: inputs with a bias column, hidden layers without biases.

.. math::

    z_l = a_{l-1} W_l, \qquad a_l = f(z_l), \qquad \hat y = \mathrm{softmax}(z_L), \qquad
    C = -\frac{1}{N} \sum_{n,k} y_{nk} \ln \hat y_{nk}

Softmax and cross-entropy meet in the simplest of gradients, and the chain rule carries it down:

.. math::

    \delta_L = \hat y - y, \qquad \delta_l = f'(z_l) \odot (\delta_{l+1} W_{l+1}^T), \qquad
    \frac{\partial C}{\partial W_l} = \frac{1}{N} a_{l-1}^T \delta_l

The hidden function is the logistic sigmoid, LeCun's improved one, or ReLU.

Source:
    TDT4265 (NTNU), Assignment 2; LeCun, Bottou, Orr, Müller, "Efficient BackProp" (1998), sections 4.4 and 4.6.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from reference_models.descent import Memory, Rule, moved
from reference_models.optimizers import Hyperparameters

Array = npt.NDArray[np.float64]
Hidden = Literal["sigmoid", "improved", "relu"]

PIXELS = 784
INPUTS = PIXELS + 1
"""The pixels of a digit, and the column of ones."""

SCALE, STEEPNESS = 1.7159, 2.0 / 3.0
"""LeCun's constants: f(1) = 1 and f(-1) = -1, and the steepest curvature there."""

MEAN, STD = 33.5527, 78.8755
"""Of the first 20,000 training images, which this course trains on."""


def standardised(X: npt.NDArray[np.generic], mean: float = MEAN, std: float = STD) -> Array:
    """Pixels (n, 784) in 0 … 255 with the training set's mean and deviation taken out, and a column of ones after them.

    >>> standardised(np.full((2, 784), 33.5527)).sum(axis=1)
    array([1., 1.])
    """
    return np.hstack([(np.asarray(X, np.float64) - mean) / std, np.ones((len(X), 1))])


def one_hot(Y: npt.NDArray[np.generic], classes: int) -> Array:
    """Labels (n, 1) as rows of a unit matrix, (n, classes).

    >>> one_hot(np.array([[2], [0]]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    return np.eye(classes)[np.asarray(Y, np.int64).reshape(-1)]


def cross_entropy(targets: Array, outputs: Array) -> float:
    """Mean over the batch of minus the logarithm of the probability of the right class.

    >>> round(cross_entropy(np.eye(2), np.array([[0.5, 0.5], [0.5, 0.5]])), 4)
    0.6931
    """
    return float(-(targets * np.log(outputs)).sum(axis=1).mean())


def accuracy(outputs: Array, targets: Array) -> float:
    """Share of rows whose largest output is at the target.

    >>> accuracy(np.array([[0.9, 0.1], [0.8, 0.2]]), np.eye(2))
    0.5
    """
    return float((outputs.argmax(axis=1) == targets.argmax(axis=1)).mean())


def parameter_count(widths: Sequence[int], inputs: int = INPUTS) -> int:
    """Entries of all weights; `widths` are the layers' units, outputs last.

    >>> parameter_count([64, 10]), parameter_count([59, 59, 10]), parameter_count([60, 60, 10])
    (50880, 50386, 51300)
    """
    return sum(n * m for n, m in zip([inputs, *widths], widths, strict=False))


@dataclass(frozen=True, slots=True)
class Pass:
    """A forward pass, kept for the way back.

    Attributes:
        entered: what enters each layer, X first.
        z: each layer's pre-activations.
        outputs: (n, classes) probabilities.
    """

    entered: list[Array]
    z: list[Array]
    outputs: Array


class SoftmaxNetwork:
    """The network as four small methods, each of which can be wrong by itself.

    Args:
        hidden: the hidden function.
        bias: whether hidden layers have a bias row too, and where it stands in their weights.
    """

    def __init__(self, hidden: Hidden = "sigmoid", *, bias: Literal["none", "first", "last"] = "none") -> None:
        self.hidden = hidden
        self.bias = bias

    def activation(self, z: Array) -> Array:
        """The hidden function, elementwise."""
        match self.hidden:
            case "sigmoid":
                return np.asarray(1.0 / (1.0 + np.exp(-z)))
            case "improved":
                return np.asarray(SCALE * np.tanh(STEEPNESS * z))
            case "relu":
                return np.maximum(z, 0.0)

    def slope(self, z: Array) -> Array:
        """Its derivative at the pre-activation."""
        match self.hidden:
            case "sigmoid":
                a = 1.0 / (1.0 + np.exp(-z))
                return np.asarray(a * (1.0 - a))
            case "improved":
                return np.asarray(SCALE * STEEPNESS * (1.0 - np.tanh(STEEPNESS * z) ** 2))
            case "relu":
                return np.asarray((z > 0) * 1.0)

    def output(self, z: Array) -> Array:
        """Softmax of each row, safe for large logits."""
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))

    def output_delta(self, seen: Pass, targets: Array) -> Array:
        """The gradient of one example's loss at the last pre-activation."""
        return seen.outputs - targets

    def hidden_delta(self, delta: Array, weights: Array, z: Array, layer: int) -> Array:  # noqa: ARG002 - variants ask which layer
        """What comes back through a layer's weights, times the slope below it."""
        return (delta @ weights.T) * self.slope(z)

    def gradient(self, entered: Array, delta: Array, layer: int) -> Array:  # noqa: ARG002 - variants ask which layer
        """The mean over the batch of the outer products."""
        return entered.T @ delta / len(delta)

    def forward(self, weights: Sequence[Array], X: Array) -> Pass:
        """From inputs (n, 785) to probabilities."""
        entered, z = [X], []
        for number, w in enumerate(weights):
            z.append(entered[-1] @ w)
            if number < len(weights) - 1:
                entered.append(self.with_ones(self.activation(z[-1])))
        return Pass(entered, z, self.output(z[-1]))

    def backward(self, weights: Sequence[Array], seen: Pass, targets: Array) -> list[Array]:
        """The gradient of the mean loss for every weight, first layer first."""
        delta = self.output_delta(seen, targets)
        gradients: list[Array] = []
        for layer in range(len(weights) - 1, -1, -1):
            gradients.insert(0, self.gradient(seen.entered[layer], delta, layer))
            if layer:
                delta = self.hidden_delta(delta, self._without_bias(weights[layer]), seen.z[layer - 1], layer - 1)
        return gradients

    def with_ones(self, a: Array) -> Array:
        """A hidden layer's activations with a column for the bias row of the next, where there is one."""
        ones = np.ones((len(a), 1))
        match self.bias:
            case "none":
                return a
            case "first":
                return np.hstack([ones, a])
            case "last":
                return np.hstack([a, ones])

    def _without_bias(self, weights: Array) -> Array:
        match self.bias:
            case "none":
                return weights
            case "first":
                return weights[1:]
            case "last":
                return weights[:-1]


@dataclass(frozen=True, slots=True)
class Update:
    """One step of a training.

    Attributes:
        seen: the forward pass on the batch.
        gradients: of its mean loss.
        weights: after the step.
    """

    seen: Pass
    gradients: list[Array]
    weights: list[Array]


def updates(
    network: SoftmaxNetwork,
    weights: Sequence[Array],
    batches: Iterable[tuple[Array, Array]],
    rule: Rule,
    options: Hyperparameters,
) -> Iterator[Update]:
    """A training, step by step.

    Args:
        network: what is trained.
        weights: where it starts.
        batches: inputs and one-hot targets of each step.
        rule: by which each layer's weights move.
        options: of the rule.
    """
    ws, memories = list(weights), [Memory.of(w) for w in weights]
    for X, Y in batches:
        seen = network.forward(ws, X)
        gradients = network.backward(ws, seen, Y)
        ws = [moved(rule, k, w, g, options) for k, w, g in zip(memories, ws, gradients, strict=True)]
        yield Update(seen, gradients, ws)


def initial(widths: Sequence[int], random: np.random.Generator, *, improved: bool, inputs: int = INPUTS) -> list[Array]:
    """Starting weights: uniform on [-1, 1], or normal with deviation 1/sqrt(fan_in)."""
    shapes = list(zip([inputs, *widths], widths, strict=False))
    if improved:
        return [random.normal(0.0, 1.0 / np.sqrt(shape[0]), shape) for shape in shapes]
    return [random.uniform(-1.0, 1.0, shape) for shape in shapes]
