r"""Rules of gradient descent, one line of algebra each, in every published convention.

`optimizers` answers where torch's classes go; here is what programs write by hand, step by step.

Symbols: :math:`\theta` parameters, :math:`g_t` gradient, :math:`\eta` step size (`rate`), :math:`\mu` momentum. All
arrays are float64 of one shape.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reference_models.optimizers import Hyperparameters

Array = npt.NDArray[np.float64]


@dataclass(slots=True)
class Memory:
    """What a rule remembers from step to step; all of it 0 at first.

    Attributes:
        t: number of the step, from 1.
        v: velocity.
        g: the gradient of the step before.
    """

    t: int
    v: Array
    g: Array

    @classmethod
    def of(cls, start: Array) -> "Memory":
        """Before the first step from there."""
        zero = np.zeros_like(start, dtype=np.float64)
        return cls(0, zero, zero.copy())


Rule = Callable[[Memory, Array, Array, float, Hyperparameters], Array]
"""(memory, parameters, gradient, rate, options) → parameters after the step."""


def path(rule: Rule, start: Array, gradients: Sequence[Array], h: Hyperparameters) -> Array:
    """The parameters after each step.

    Args:
        rule: one of this module's.
        start: any shape.
        gradients: of each step, of that shape.
        h: the rate and the other options.

    Returns:
        (steps, *shape).

    >>> h = Hyperparameters(lr=0.1, momentum=0.5)
    >>> path(velocity, np.array([1.0]), [np.array([1.0])] * 2, h).ravel()
    array([0.9 , 0.75])
    """
    k = Memory.of(start)
    theta, visited = np.array(start, dtype=np.float64), []
    for gradient in gradients:
        theta = moved(rule, k, theta, gradient, h)
        visited.append(theta)
    return np.stack(visited)


def moved(rule: Rule, k: Memory, theta: Array, gradient: Array, h: Hyperparameters) -> Array:
    """The parameters after one step of a rule; `k` remembers it.

    Args:
        rule: one of this module's.
        k: what the rule remembers of the steps before.
        theta: the parameters before the step.
        gradient: of the loss there.
        h: the rate and the other options.
    """
    k.t += 1
    after = rule(k, theta, gradient, h.lr, h)
    k.g = gradient
    return after


def plain(_: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:  # noqa: ARG001 - a rule's signature
    r"""Gradient descent, :math:`\theta - \eta g`."""
    return theta - rate * g


# -- momentum -------------------------------------------------------------------------------------------


def velocity(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    r"""Momentum: :math:`v = \mu v + g`, :math:`\theta - \eta v`.

    While the rate stays, LeCun's :math:`v = \mu v + \eta g`, :math:`\theta - v` takes the same path, and so does
    Polyak's heavy ball, :math:`\theta - \eta g + \mu(\theta - \theta_{before})`.

    Source:
        torch.optim.SGD; TDT4265, Assignment 2, task 3.
    """
    k.v = h.momentum * k.v + g
    return theta - rate * k.v


def averaged(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    r"""Momentum as a running mean: :math:`v = \mu v + (1 - \mu) g`, :math:`\theta - \eta v`."""
    k.v = h.momentum * k.v + (1 - h.momentum) * g
    return theta - rate * k.v


def averaged_corrected(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    r"""The running mean divided by :math:`1 - \mu^t`, so that the first steps are as long as the later ones."""
    k.v = h.momentum * k.v + (1 - h.momentum) * g
    return theta - rate * k.v / (1 - h.momentum**k.t)


def nesterov(k: Memory, theta: Array, g: Array, rate: float, h: Hyperparameters) -> Array:
    r"""Nesterov's momentum as torch has it: :math:`v = \mu v + g`, :math:`\theta - \eta(g + \mu v)`."""
    k.v = h.momentum * k.v + g
    return theta - rate * (g + h.momentum * k.v)


RULES: Mapping[str, Mapping[str, Rule]] = {
    "sgd": {"plain": plain},
    "momentum": {"velocity": velocity, "averaged": averaged, "averaged-corrected": averaged_corrected},
}
"""Optimizer → its published conventions, the usual one first."""
