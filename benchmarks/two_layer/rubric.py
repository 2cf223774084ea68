"""The small assignment on which graders are compared: a two-layer NumPy network, six questions, a point each."""

from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Function, Mistake, Reference, Rubric, Subject, around

Array = npt.NDArray[np.float64]
Weights = tuple[Array, Array, Array, Array]  # W1 (2, 3), b1 (3,), W2 (3, 1), b2 (1,)


def sigmoid(z: Array) -> Array:
    """Logistic function, elementwise."""
    return 1.0 / (1.0 + np.exp(-z))


def relu(z: Array) -> Array:
    """Positive part, elementwise."""
    return np.maximum(0.0, z)


def forward(subject: Subject, X: Array, *weights: Array) -> tuple[Array, Any]:
    """Probabilities (n, 1); the cache is the student's own business and compared with nothing."""
    W1, b1, W2, b2 = weights
    Z1 = X @ W1 + b1  # (n, h)
    A1 = subject.relu(Z1)
    return subject.sigmoid(A1 @ W2 + b2), (Z1, A1)


def backward(subject: Subject, X: Array, Y: Array, *weights: Array) -> Weights:
    """Gradients of the mean binary cross-entropy: dW1, db1, dW2, db2."""
    A2, (Z1, A1) = forward(subject, X, *weights)
    dZ2 = (A2 - Y) / len(X)  # (n, 1)
    dZ1 = (dZ2 @ weights[2].T) * (Z1 > 0)  # (n, h)
    return X.T @ dZ1, dZ1.sum(axis=0), A1.T @ dZ2, dZ2.sum(axis=0)


rubric = Rubric("two-layer", points="6")
network = rubric.part(
    "two_layer.py",
    expects=[
        Function("sigmoid", arity=1),
        Function("relu", arity=1),
        Function("forward", arity=5),
        Function("backward", arity=6),
    ],
    reference=Reference(sigmoid=sigmoid, relu=relu, forward=around(forward), backward=around(backward)),
)


def weights_of(draw: Draw) -> Weights:
    """Random weights of the network."""
    return draw.normal(2, 3), draw.normal(3), draw.normal(3, 1), draw.normal(1)


@network.criterion("sigmoid", "sigmoid", points="1").agrees(
    mistakes=[
        Mistake("sigmoid-sign", says="The exponent has the wrong sign.", sigmoid=lambda z: 1.0 / (1.0 + np.exp(z)))
    ]
)
def sigmoid_values(subject: Subject, draw: Draw) -> object:
    """sigmoid(z) is 1 / (1 + exp(-z)), for every element."""
    return subject.sigmoid(draw.normal(4, scale=2.0))


@network.criterion("relu", "relu", points="1").agrees(
    mistakes=[Mistake("relu-is-abs", says="Negative inputs keep their size: that is |z|.", relu=np.abs)]
)
def relu_values(subject: Subject, draw: Draw) -> object:
    """relu(z) is max(0, z), for every element."""
    return subject.relu(draw.away_from_zero(4))


@network.criterion("forward", "Forward", points="1").agrees
def probabilities(subject: Subject, draw: Draw) -> object:
    """Forward gives the probability of class 1 for each row of X."""
    return subject.forward(draw.normal(3, 2), *weights_of(draw))[0]


@network.criterion("forward-without-hidden", "Forward, hidden weights zero", points="1").agrees
def without_hidden_weights(subject: Subject, draw: Draw) -> object:
    """With W1 = 0 the inputs do not matter, the biases do."""
    w1, b1, w2, b2 = weights_of(draw)
    return subject.forward(2.0 * draw.normal(3, 2), np.zeros_like(w1), b1, w2, b2)[0]


def batch(draw: Draw) -> tuple[Array, Array]:
    """X (3, 2) and Y (3, 1)."""
    return draw.normal(3, 2), draw.labels(3, 2)[:, None].astype(np.float64)


@network.criterion("output-weights", "Gradient of the output weights", points="1").agrees
def dW2(subject: Subject, draw: Draw) -> object:  # noqa: N802 - the field's name, and the finding's
    """Backward's third answer is the gradient of the mean binary cross-entropy for W2."""
    return subject.backward(*batch(draw), *weights_of(draw))[2]


@network.criterion("hidden-weights", "Gradient of the hidden weights", points="1").agrees
def dW1(subject: Subject, draw: Draw) -> object:  # noqa: N802 - the same
    """Backward's first answer is the gradient of the mean binary cross-entropy for W1."""
    return subject.backward(*batch(draw), *weights_of(draw))[0]
