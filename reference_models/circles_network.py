r"""One hidden layer of tanh units and a softmax, with the gradients written out by hand.

For a batch X of N rows,

.. math:: \tilde h = X W_h^\top + b_h,\quad h = \tanh\tilde h,\quad \tilde y = h W_y^\top + b_y,\quad
          \hat y = \mathrm{softmax}(\tilde y),

the mean cross-entropy :math:`L = -\frac1N \sum_n \sum_i y_{ni} \log \hat y_{ni}`, and backwards

.. math:: \delta_y = \hat y - y,\quad \delta_h = (\delta_y W_y) \odot (1 - h^2),\quad
          \nabla W_y = \delta_y^\top h,\quad \nabla W_h = \delta_h^\top X,

with the column sums of :math:`\delta_y` and :math:`\delta_h` for the biases; summed over the batch, or divided by N.

Shapes: X (N, nx); Wh (nh, nx); bh (nh,); Wy (ny, nh); by (ny,); Y (N, ny) one-hot. All float64.

Source: RDFIA, practical work 2-ab, questions 7-17.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Parameters = Mapping[str, Array]

NAMES = ("Wh", "bh", "Wy", "by")
STANDARD_DEVIATION = 0.3


@dataclass(frozen=True, slots=True)
class Passed:
    """What the forward pass computes on its way, under the names of the statement."""

    X: Array
    htilde: Array
    h: Array
    ytilde: Array
    yhat: Array


class CirclesNet:
    """The network, one method for each line of the derivation; a subclass that overrides one is wrong in one way."""

    def into_hidden(self, p: Parameters, X: Array) -> Array:
        """The hidden layer's affine map, (N, nh)."""
        return X @ p["Wh"].T + p["bh"]

    def hidden(self, htilde: Array) -> Array:
        """The hidden activation, (N, nh)."""
        return np.asarray(np.tanh(htilde))

    def into_output(self, p: Parameters, h: Array) -> Array:
        """The output's affine map, (N, ny)."""
        return h @ p["Wy"].T + p["by"]

    def output(self, ytilde: Array) -> Array:
        """Each row as probabilities; the largest entry is subtracted first, so that nothing overflows."""
        e = np.exp(ytilde - ytilde.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))

    def forward(self, p: Parameters, X: Array) -> Passed:
        """From the inputs to the probabilities."""
        htilde = self.into_hidden(p, X)
        h = self.hidden(htilde)
        ytilde = self.into_output(p, h)
        return Passed(X, htilde, h, ytilde, self.output(ytilde))

    def loss(self, yhat: Array, Y: Array) -> float:
        """Mean over the examples of the cross-entropy."""
        return float(-(Y * np.log(yhat)).sum(axis=1).mean())

    def accuracy(self, yhat: Array, Y: Array) -> float:
        """Share of rows whose largest probability is at the true class."""
        return float((yhat.argmax(axis=1) == Y.argmax(axis=1)).mean())

    # -- as a module ----------------------------------------------------------------------------------

    def size(self, nx: int, nh: int, ny: int) -> int:
        """How many parameters there are."""
        return nx * nh + nh + nh * ny + ny

    def scores(self, p: Parameters, X: Array) -> Array:
        """What a module puts out, (N, ny): no softmax, which its loss contains."""
        return self.forward(p, X).ytilde

    def criterion(self, scores: Array, Y: Array) -> float:
        """Mean cross-entropy of scores."""
        return self.loss(self.output(scores), Y)

    # -- backwards ----------------------------------------------------------------------------------

    def at_output(self, seen: Passed, Y: Array) -> Array:
        """Slope of each example's loss at ytilde, (N, ny)."""
        return seen.yhat - Y

    def slope(self, seen: Passed) -> Array:
        """Derivative of tanh, in terms of its value, (N, nh)."""
        return 1 - seen.h**2

    def at_hidden(self, p: Parameters, seen: Passed, dy: Array) -> Array:
        """Slope of each example's loss at htilde, (N, nh)."""
        return (dy @ p["Wy"]) * self.slope(seen)

    def gradients(self, seen: Passed, dy: Array, dh: Array) -> dict[str, Array]:
        """Summed over the batch."""
        return {"Wh": dh.T @ seen.X, "bh": dh.sum(axis=0), "Wy": dy.T @ seen.h, "by": dy.sum(axis=0)}

    def backward(self, p: Parameters, seen: Passed, Y: Array) -> dict[str, Array]:
        """All gradients, summed over the batch."""
        dy = self.at_output(seen, Y)
        return self.gradients(seen, dy, self.at_hidden(p, seen, dy))

    # -- descent --------------------------------------------------------------------------------------

    def step(self, p: Parameters, gradients: Parameters, eta: float) -> dict[str, Array]:
        """One step of gradient descent."""
        return {name: p[name] - eta * gradients[name] for name in NAMES}

    def gradient(self, p: Parameters, X: Array, Y: Array) -> dict[str, Array]:
        """Gradient of the mean loss."""
        return {name: g / len(X) for name, g in self.backward(p, self.forward(p, X), Y).items()}

    def descent(self, p: Parameters, X: Array, Y: Array, eta: float, steps: int) -> list[dict[str, Array]]:
        """Parameters after each of some steps on the mean loss of one batch."""
        path: list[dict[str, Array]] = []
        at: Parameters = p
        for _ in range(steps):
            at = self.step(at, self.gradient(at, X, Y), eta)
            path.append({name: at[name] for name in NAMES})
        return path


def initial(nx: int, nh: int, ny: int, generator: np.random.Generator) -> dict[str, Array]:
    """Weights and biases from N(0, 0.3)."""
    shapes = {"Wh": (nh, nx), "bh": (nh,), "Wy": (ny, nh), "by": (ny,)}
    return {name: generator.normal(0.0, STANDARD_DEVIATION, shape) for name, shape in shapes.items()}


def variant(**methods: Any) -> CirclesNet:
    """The network with some of its lines replaced; each replacement takes the network first."""
    made: CirclesNet = type("Variant", (CirclesNet,), methods)()
    return made


def stacked(path: Sequence[Parameters]) -> dict[str, Array]:
    """A path as one array for each parameter, (steps, ...)."""
    return {name: np.stack([p[name] for p in path]) for name in NAMES}
