r"""More activation functions, with their slopes in terms of the input.

`activations` has the sigmoid and the rectifier, with slopes in terms of the value. Here are the others, and for each
its known mistakes. All arrays float64, any shape, answered elementwise; the softmax works along the last axis.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from reference_models.activations import relu, sigmoid

Array = npt.NDArray[np.float64]
Function = Callable[[Array], Array]
LEAK = 0.01
IMPROVED_SCALE = 1.7159


@dataclass(frozen=True, slots=True)
class Elementwise:
    """One function.

    Attributes:
        value: the function.
        slope: its derivative, in terms of the input; None where it is no function of one number.
        kinks: where it has no derivative.
        mistakes: mistake id → the function, and what to tell the student.
    """

    value: Function
    slope: Function | None = None
    kinks: tuple[float, ...] = ()
    mistakes: Mapping[str, tuple[Function, str]] = field(default_factory=dict)


def softmax(x: Array) -> Array:
    """Probabilities along the last axis; subtracting the largest entry keeps exp from overflowing.

    >>> softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def improved_sigmoid(x: Array) -> Array:
    """1.7159 tanh(2x/3); LeCun et al. 1998, section 4.4.

    >>> improved_sigmoid(np.array([1.0])).round(4)
    array([1.])
    """
    return np.asarray(IMPROVED_SCALE * np.tanh(2 * x / 3))


def leaky_relu(x: Array) -> Array:
    """The rectifier with slope 0.01 on the left; Maas, Hannun, Ng 2013.

    >>> leaky_relu(np.array([-2.0, 3.0]))
    array([-0.02,  3.  ])
    """
    return np.asarray(np.where(x > 0, x, LEAK * x))


def swish(x: Array) -> Array:
    """The input times its sigmoid; Ramachandran, Zoph, Le 2017.

    >>> swish(np.array([0.0, 2.0])).round(4)
    array([0.    , 1.7616])
    """
    return x * sigmoid(x)


def _swish_slope(x: Array) -> Array:
    s = sigmoid(x)
    return s + x * s * (1 - s)


def _exp(x: Array) -> Array:
    return np.asarray(np.exp(np.minimum(x, 700.0)))


FUNCTIONS: Mapping[str, Elementwise] = {
    "sigmoid": Elementwise(
        sigmoid,
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        mistakes={
            "sigmoid-sign": (lambda x: sigmoid(-x), "The exponent's sign is wrong: it is exp(-x)."),
            "sigmoid-is-tanh": (np.tanh, "It is tanh: the sigmoid runs from 0 to 1."),
            "sigmoid-parentheses": (lambda x: 1 + _exp(-x), "1 / 1 + exp(-x) divides first: add parentheses."),
            "sigmoid-gradient-instead": (lambda x: sigmoid(x) * (1 - sigmoid(x)), "It is the slope, not the value."),
        },
    ),
    "tanh": Elementwise(
        lambda x: np.asarray(np.tanh(x)),
        lambda x: np.asarray(1 - np.tanh(x) ** 2),
        mistakes={
            "tanh-is-sigmoid": (sigmoid, "It is the sigmoid: tanh runs from -1 to 1."),
            "tanh-exponent": (
                lambda x: np.asarray(np.tanh(x / 2)),
                "The exponent is 2x where it is written with one exp.",
            ),
            "tanh-twice": (lambda x: np.asarray(np.tanh(np.tanh(x))), "It is applied twice."),
            "tanh-is-tan": (lambda x: np.asarray(np.tan(x)), "It is tan, not tanh."),
        },
    ),
    "relu": Elementwise(
        relu,
        lambda x: (x > 0).astype(np.float64),
        (0.0,),
        {
            "relu-minimum": (lambda x: np.minimum(x, 0.0), "It keeps the negative part: take the maximum."),
            "relu-absolute": (lambda x: np.asarray(np.abs(x)), "It is the absolute value."),
            "relu-step": (lambda x: (x > 0).astype(np.float64), "It is 0 or 1: the slope, not the value."),
            "relu-leaks": (leaky_relu, "It leaks: negative inputs give 0."),
            "relu-capped": (lambda x: np.clip(x, 0.0, 6.0), "It stops at 6."),
        },
    ),
    "leaky-relu": Elementwise(
        leaky_relu,
        lambda x: np.where(x > 0, 1.0, LEAK),
        (0.0,),
        {
            "leaky-relu-does-not-leak": (relu, "It does not leak: negative inputs give 0.01 x."),
            "leaky-relu-sign": (lambda x: np.where(x > 0, x, -LEAK * x), "The leak has the wrong sign."),
            "leaky-relu-tenth": (lambda x: np.where(x > 0, x, 0.1 * x), "The leak is 0.1."),
            "leaky-relu-constant": (lambda x: np.where(x > 0, x, LEAK), "The leak is constant: multiply it by x."),
        },
    ),
    "swish": Elementwise(
        swish,
        _swish_slope,
        mistakes={
            "swish-without-x": (sigmoid, "It is the sigmoid alone: multiply it by x."),
            "swish-tanh": (lambda x: x * np.tanh(x), "It is x tanh(x): take the sigmoid."),
            "swish-sign": (lambda x: x * sigmoid(-x), "The sigmoid's sign is wrong."),
            "swish-is-relu": (relu, "It is the rectifier."),
        },
    ),
    "improved-sigmoid": Elementwise(
        improved_sigmoid,
        lambda x: np.asarray(IMPROVED_SCALE * 2 / 3 * (1 - np.tanh(2 * x / 3) ** 2)),
        mistakes={
            "improved-sigmoid-scale": (lambda x: np.asarray(np.tanh(2 * x / 3)), "The factor 1.7159 is missing."),
            "improved-sigmoid-two-thirds": (lambda x: np.asarray(IMPROVED_SCALE * np.tanh(x)), "The 2/3 is missing."),
            "improved-sigmoid-flag": (sigmoid, "It is the plain sigmoid: the flag is ignored."),
        },
    ),
    "softmax": Elementwise(
        softmax,
        mistakes={
            "softmax-axis": (lambda x: softmax(x.T).T, "It runs down the columns: each row should add up to 1."),
            "softmax-over-everything": (lambda x: softmax(x.reshape(-1)).reshape(x.shape), "It runs over all entries."),
            "softmax-is-sigmoid": (sigmoid, "It is a sigmoid for each entry: rows do not add up to 1."),
            "softmax-not-normalised": (_exp, "The exponentials are not divided by their sum."),
            "softmax-log": (lambda x: np.asarray(np.log(softmax(x))), "It is the logarithm of the softmax."),
            "softmax-without-exp": (lambda x: x / x.sum(axis=-1, keepdims=True), "The exponential is missing."),
        },
    ),
}
"""Name → function."""
