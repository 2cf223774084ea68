r"""A three-layer network with hand-written gradients, trained by full-batch gradient descent.

.. math::
    h_1 = f(X W_1 + b_1), \qquad h_2 = f(h_1 W_2 + b_2), \qquad S = h_2 W_3 + b_3

with :math:`f` the sigmoid or the rectifier, and the loss

.. math::
    L = -\frac{1}{N} \sum_i \log \operatorname{softmax}(S_i)_{y_i}
        + \frac{\lambda}{2} \left( \|W_1\|^2 + \|W_2\|^2 + \|W_3\|^2 \right).

Shapes: X (N, D); W1 (D, h), b1 (1, h); W2 (h, h2), b2 (1, h2); W3 (h2, K), b3 (1, K); S (N, K). All float64.

Source: CMPSC 497, Homework 2, notebook 1.
"""

# ruff: noqa: PLR0917 - the course's own order of arguments, always passed by position

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from reference_models import activations

Array = npt.NDArray[np.float64]
Parameters = dict[str, Array]

NAMES = ("W1", "W2", "W3", "b1", "b2", "b3")
WEIGHTS = ("W1", "W2", "W3")


@dataclass(frozen=True, slots=True)
class Forward:
    """What the forward pass computes, kept for the backward pass.

    Attributes:
        z1, z2: (N, h), (N, h2): what goes into the activation function.
        hidden1, hidden2: (N, h), (N, h2): what comes out.
        scores: (N, K): what the softmax turns into probabilities.
    """

    z1: Array
    hidden1: Array
    z2: Array
    hidden2: Array
    scores: Array


@dataclass(frozen=True, slots=True)
class Training:
    """What `ThreeLayerNet.train` gives back.

    Attributes:
        parameters: W1 … b3 after the last step.
        losses: the loss before each step; as many as there were steps.
        magnitude1, magnitude2: mean absolute entry of dW1 and dW2 in each step.
    """

    parameters: Parameters
    losses: Array
    magnitude1: Array
    magnitude2: Array


def initial(
    random: np.random.RandomState, *, inputs: int = 2, hidden: int = 50, hidden2: int = 50, classes: int = 3
) -> Parameters:
    """Weights 0.1·N(0, 1), drawn in the order W1, W2, W3; biases 0.

    >>> {name: p.shape for name, p in initial(np.random.RandomState(0)).items()}
    {'W1': (2, 50), 'W2': (50, 50), 'W3': (50, 3), 'b1': (1, 50), 'b2': (1, 50), 'b3': (1, 3)}
    """
    weights = {
        "W1": 0.1 * random.randn(inputs, hidden),
        "W2": 0.1 * random.randn(hidden, hidden2),
        "W3": 0.1 * random.randn(hidden2, classes),
    }
    biases = {"b1": np.zeros((1, hidden)), "b2": np.zeros((1, hidden2)), "b3": np.zeros((1, classes))}
    return weights | biases


def softmax(scores: Array) -> Array:
    r"""Probabilities :math:`e^{s_k} / \sum_j e^{s_j}`, row by row.

    Subtracting the row's largest score changes nothing in the quotient and keeps the exponentials from overflowing.

    Args:
        scores: (N, K).

    Returns:
        (N, K), rows adding up to 1.

    >>> softmax(np.array([[1000.0, 1000.0], [0.0, np.log(3.0)]]))
    array([[0.5 , 0.5 ],
           [0.25, 0.75]])
    """
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class ThreeLayerNet:
    """The network, one small method for each line of the derivation.

    Each method is one idea, so that a subclass which overrides one of them is wrong (or different) in exactly one way.

    Args:
        sigmoid: the logistic function; a student's own may take its place.
        relu: the rectifier.
        sigmoid_grad: slope of `sigmoid` in terms of the activation.
        relu_grad: slope of `relu` in terms of the activation.
    """

    sigmoid: Callable[[Array], Array] = activations.sigmoid
    relu: Callable[[Array], Array] = activations.relu
    sigmoid_grad: Callable[[Array], Array] = activations.sigmoid_grad
    relu_grad: Callable[[Array], Array] = activations.relu_grad

    # -- forward ------------------------------------------------------------------------------------

    def activation(self, z: Array, nonlinearity: str) -> Array:
        """f(z): the rectifier for "RELU", the sigmoid for "SIGM"."""
        return self.relu(z) if nonlinearity == "RELU" else self.sigmoid(z)

    def into_layer1(self, p: Mapping[str, Array], X: Array) -> Array:
        """X·W1 + b1, (N, h)."""
        return X @ p["W1"] + p["b1"]

    def into_layer2(self, p: Mapping[str, Array], hidden1: Array) -> Array:
        """hidden1·W2 + b2, (N, h2)."""
        return hidden1 @ p["W2"] + p["b2"]

    def output(self, p: Mapping[str, Array], hidden2: Array) -> Array:
        """hidden2·W3 + b3, (N, K)."""
        return np.asarray(hidden2 @ p["W3"] + p["b3"])

    def layer1(self, p: Mapping[str, Array], X: Array, nonlinearity: str) -> tuple[Array, Array]:
        """What goes into the first activation, and what comes out."""
        z = self.into_layer1(p, X)
        return z, self.activation(z, nonlinearity)

    def layer2(self, p: Mapping[str, Array], hidden1: Array, nonlinearity: str) -> tuple[Array, Array]:
        """What goes into the second activation, and what comes out."""
        z = self.into_layer2(p, hidden1)
        return z, self.activation(z, nonlinearity)

    def forward(self, p: Mapping[str, Array], X: Array, nonlinearity: str) -> Forward:
        """Hidden layers and scores for a batch."""
        z1, hidden1 = self.layer1(p, X, nonlinearity)
        z2, hidden2 = self.layer2(p, hidden1, nonlinearity)
        return Forward(z1, hidden1, z2, hidden2, self.output(p, hidden2))

    def loss(self, p: Mapping[str, Array], scores: Array, y: npt.NDArray[np.integer], reg: float) -> float:
        """Mean cross-entropy plus half of `reg` times the squared weights; biases are not regularized."""
        likelihood = softmax(scores)[np.arange(len(y)), y]
        return float(-np.log(likelihood).mean() + sum(0.5 * reg * np.sum(p[w] ** 2) for w in WEIGHTS))

    # -- backward -----------------------------------------------------------------------------------

    def scores_gradient(self, scores: Array, y: npt.NDArray[np.integer]) -> Array:
        """dL/dS = (probabilities - one-hot labels) / N, (N, K)."""
        return np.asarray((softmax(scores) - np.eye(scores.shape[1])[y]) / len(y))

    def slope(self, z: Array, a: Array, nonlinearity: str) -> Array:  # noqa: ARG002 - wrong variants use z
        """f'(z), written in terms of the activation a = f(z)."""
        return self.relu_grad(a) if nonlinearity == "RELU" else self.sigmoid_grad(a)

    def slope1(self, seen: Forward, nonlinearity: str) -> Array:
        """The slope at the first hidden layer, (N, h)."""
        return self.slope(seen.z1, seen.hidden1, nonlinearity)

    def slope2(self, seen: Forward, nonlinearity: str) -> Array:
        """The slope at the second hidden layer, (N, h2)."""
        return self.slope(seen.z2, seen.hidden2, nonlinearity)

    def weight_gradient(self, layer_input: Array, d: Array) -> Array:
        """The data's part of dL/dW for a layer with that input, whose output has gradient `d`: inputᵀ·d."""
        return layer_input.T @ d

    def bias_gradient(self, d: Array) -> Array:
        """dL/db: the bias is added to every row, so the rows of `d` add up; (1, width)."""
        return np.asarray(d.sum(axis=0, keepdims=True))

    def penalty_gradient(self, name: str, parameter: Array, reg: float) -> Array:
        """The regularizer's part: reg·W for a weight, nothing for a bias."""
        return reg * parameter if name in WEIGHTS else np.zeros_like(parameter)

    def backward(
        self, p: Mapping[str, Array], X: Array, y: npt.NDArray[np.integer], seen: Forward, nonlinearity: str, reg: float
    ) -> Parameters:
        """dL/dp for every parameter, by the chain rule from the scores back to the first layer."""
        d3 = self.scores_gradient(seen.scores, y)  # (N, K)
        d2 = d3 @ p["W3"].T * self.slope2(seen, nonlinearity)  # (N, h2)
        d1 = d2 @ p["W2"].T * self.slope1(seen, nonlinearity)  # (N, h)
        data = {
            "W1": self.weight_gradient(X, d1),
            "W2": self.weight_gradient(seen.hidden1, d2),
            "W3": self.weight_gradient(seen.hidden2, d3),
            "b1": self.bias_gradient(d1),
            "b2": self.bias_gradient(d2),
            "b3": self.bias_gradient(d3),
        }
        return {name: g + self.penalty_gradient(name, p[name], reg) for name, g in data.items()}

    # -- training -----------------------------------------------------------------------------------

    def descend(self, p: Mapping[str, Array], gradients: Mapping[str, Array], step_size: float) -> Parameters:
        """One step of gradient descent: p - step_size · dL/dp."""
        return {name: p[name] - step_size * gradients[name] for name in NAMES}

    def step(
        self,
        p: Mapping[str, Array],
        X: Array,
        y: npt.NDArray[np.integer],
        seen: Forward,
        nonlinearity: str,
        step_size: float,
        reg: float,
    ) -> tuple[Parameters, Parameters]:
        """Gradients, and the parameters after one step along them."""
        gradients = self.backward(p, X, y, seen, nonlinearity, reg)
        return gradients, self.descend(p, gradients, step_size)

    def train(
        self,
        nonlinearity: str,
        X: Array,
        y: npt.NDArray[np.integer],
        model: Mapping[str, Array],
        step_size: float,
        reg: float,
        *,
        steps: int = 50_000,
    ) -> Training:
        """Gradient descent on the whole batch.

        Args:
            nonlinearity: "RELU" or "SIGM".
            X: (N, D) float64.
            y: (N,) integer labels in 0 … K-1.
            model: W1 … b3 to start from; left as it is.
            step_size: learning rate.
            reg: strength of the regularization.
            steps: how many.

        >>> from reference_models.spiral import spiral
        >>> random = np.random.RandomState(0)
        >>> X, y = spiral(random)
        >>> run = ThreeLayerNet().train("SIGM", X, y, initial(random), 1e-1, 1e-3, steps=1)
        >>> round(float(run.losses[0]), 6)
        1.156405
        """
        p: Parameters = {name: np.asarray(model[name], dtype=np.float64) for name in NAMES}
        losses, magnitude1, magnitude2 = [], [], []
        for _ in range(steps):
            seen = self.forward(p, X, nonlinearity)
            losses.append(self.loss(p, seen.scores, y, reg))
            gradients, p = self.step(p, X, y, seen, nonlinearity, step_size, reg)
            magnitude1.append(float(np.abs(gradients["W1"]).mean()))
            magnitude2.append(float(np.abs(gradients["W2"]).mean()))
        return Training(p, np.array(losses), np.array(magnitude1), np.array(magnitude2))

    def predict(self, p: Mapping[str, Array], X: Array, nonlinearity: str) -> npt.NDArray[np.intp]:
        """The class with the largest score, (N,)."""
        return np.asarray(self.forward(p, X, nonlinearity).scores.argmax(axis=1))


Net = type[ThreeLayerNet]


def net(**methods: Any) -> Net:
    """A network with some methods replaced: a mistake, or another convention, in one line.

    >>> linear = net(activation=lambda net, z, nonlinearity: z)
    >>> linear().activation(np.array([-1.0]), "RELU")
    array([-1.])
    """
    return type("Variant", (ThreeLayerNet,), methods)
