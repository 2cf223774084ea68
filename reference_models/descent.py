r"""Rules of gradient descent, one line of algebra each, in every published convention.

`optimizers` answers where torch's classes go when they are handed gradients. Here a rule may ask for the gradient
where it likes, as Nesterov's does, and the step size may change from step to step, which is when the conventions of
momentum part: with :math:`\eta` inside the velocity an old step keeps its old size, with :math:`\eta` outside it is
rescaled. With a constant :math:`\eta` both take the same path.

Symbols: :math:`\theta` parameters, :math:`g_t` gradient, :math:`\eta_t` step size (`rate`), :math:`\mu` momentum,
:math:`\lambda` weight decay, added to the gradient unless the rule says otherwise. All arrays are float64 of one shape.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reference_models.optimizers import Hyperparameters

Array = npt.NDArray[np.float64]
Slope = Callable[[Array], Array]
Gradient = Callable[[int, Array], Array]


@dataclass(slots=True)
class Memory:
    """What a rule remembers from step to step; all of it 0 at first.

    Attributes:
        t: number of the step, from 1.
        v: velocity, or first moment.
        s: second moment.
        g: the gradient of the step before.
        was: the parameters before the step before; the start at first.
    """

    t: int
    v: Array
    s: Array
    g: Array
    was: Array

    @classmethod
    def of(cls, start: Array) -> "Memory":
        """Before the first step from there."""
        zero = np.zeros_like(start, dtype=np.float64)
        return cls(0, zero, zero.copy(), zero.copy(), np.array(start, dtype=np.float64))


Rule = Callable[[Memory, Array, Slope, float, Hyperparameters], Array]
"""(memory, parameters, gradient as a function, rate, options) → parameters after the step."""


def path(rule: Rule, start: Array, gradient: Gradient, rates: Sequence[float], h: Hyperparameters) -> Array:
    """The parameters after each step.

    Args:
        rule: one of this module's.
        start: any shape.
        gradient: (number of the step from 0, parameters) → gradient there.
        rates: the step size of each step.
        h: the other options; its `lr` is not used.

    Returns:
        (steps, *shape).

    >>> h = Hyperparameters(lr=0.1, momentum=0.5)
    >>> path(velocity, np.array([1.0]), lambda t, theta: np.array([1.0]), [0.1, 0.1], h).ravel()
    array([0.9 , 0.75])
    """
    k = Memory.of(start)
    theta, visited = k.was.copy(), []
    for t, rate in enumerate(rates):
        theta = moved(rule, k, theta, lambda at, t=t: gradient(t, at), rate, h)  # type: ignore[misc]
        visited.append(theta)
    return np.stack(visited)


def moved(rule: Rule, k: Memory, theta: Array, gradient: Slope, rate: float, h: Hyperparameters) -> Array:  # noqa: PLR0917 - a rule's arguments
    """The parameters after one step of a rule; `k` remembers it.

    Args:
        rule: one of this module's.
        k: what the rule remembers of the steps before.
        theta: the parameters before the step.
        gradient: of the loss, without weight decay.
        rate: the step size.
        h: the other options.
    """
    seen: list[Array] = []

    def slope(at: Array) -> Array:
        seen.append(gradient(at) + h.weight_decay * at)
        return seen[-1]

    k.t += 1
    after = rule(k, theta, slope, rate, h)
    k.was, k.g = theta, seen[-1] if seen else np.zeros_like(theta)
    return after


def plain(_: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:  # noqa: ARG001 - a rule's signature
    r"""Gradient descent, :math:`\theta - \eta g`."""
    return theta - rate * slope(theta)


# -- momentum -------------------------------------------------------------------------------------------


def velocity(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""Momentum with the rate outside: :math:`v = \mu v + g`, :math:`\theta - \eta v`.

    Source:
        torch.optim.SGD; TDT4265, Assignment 2, task 3.
    """
    k.v = h.momentum * k.v + slope(theta)
    return theta - rate * k.v


def lecun(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""Momentum with the rate inside: :math:`v = \mu v + \eta g`, :math:`\theta - v`.

    Source:
        LeCun, Bottou, Orr, Müller 1998, *Efficient BackProp*, section 4.7.
    """
    k.v = h.momentum * k.v + rate * slope(theta)
    return theta - k.v


def heavy_ball(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""Polyak's heavy ball, :math:`\theta - \eta g + \mu(\theta - \theta_{before})`.

    Source:
        Polyak 1964, *Some methods of speeding up the convergence of iteration methods*, equation 9.
    """
    return theta - rate * slope(theta) + h.momentum * (theta - k.was)


def averaged(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""Momentum as a running mean: :math:`v = \mu v + (1 - \mu) g`, :math:`\theta - \eta v`."""
    k.v = h.momentum * k.v + (1 - h.momentum) * slope(theta)
    return theta - rate * k.v


def averaged_corrected(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""The running mean divided by :math:`1 - \mu^t`, so that the first steps are as long as the later ones."""
    k.v = h.momentum * k.v + (1 - h.momentum) * slope(theta)
    return theta - rate * k.v / (1 - h.momentum**k.t)


def nesterov(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""Nesterov's momentum as torch has it: :math:`v = \mu v + g`, :math:`\theta - \eta(g + \mu v)`."""
    g = slope(theta)
    k.v = h.momentum * k.v + g
    return theta - rate * (g + h.momentum * k.v)


def nesterov_rate_inside(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""The same with the rate inside: :math:`v = \mu v - \eta g`, :math:`\theta + \mu v - \eta g`.

    Source:
        Bengio, Boulanger-Lewandowski, Pascanu 2013, *Advances in Optimizing Recurrent Networks*, equation 7.
    """
    g = slope(theta)
    k.v = h.momentum * k.v - rate * g
    return theta + h.momentum * k.v - rate * g


def nesterov_ahead(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""Nesterov's momentum with the gradient taken ahead, at :math:`\theta + \mu v`.

    Source:
        Sutskever, Martens, Dahl, Hinton 2013, equations 3 and 4.
    """
    k.v = h.momentum * k.v - rate * slope(theta + h.momentum * k.v)
    return theta + k.v


# -- rates for each parameter -----------------------------------------------------------------------------


def rmsprop(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""RMSProp: :math:`s = \alpha s + (1 - \alpha) g^2`, :math:`\theta - \eta g / (\sqrt s + \epsilon)`.

    Source:
        Tieleman, Hinton 2012, lecture 6.5.
    """
    g = slope(theta)
    k.s = h.alpha * k.s + (1 - h.alpha) * g * g
    return np.asarray(theta - rate * g / (np.sqrt(k.s) + h.eps))


def rmsprop_inside(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""RMSProp with :math:`\epsilon` under the root, :math:`\sqrt{s + \epsilon}`; Goodfellow et al. 2016, 8.5.2."""
    g = slope(theta)
    k.s = h.alpha * k.s + (1 - h.alpha) * g * g
    return np.asarray(theta - rate * g / np.sqrt(k.s + h.eps))


def _moments(k: Memory, g: Array, h: Hyperparameters) -> tuple[Array, Array]:
    """Adam's moments, corrected for their start at 0."""
    k.v = h.beta1 * k.v + (1 - h.beta1) * g
    k.s = h.beta2 * k.s + (1 - h.beta2) * g * g
    return k.v / (1 - h.beta1**k.t), k.s / (1 - h.beta2**k.t)


def adam(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    """Adam; Kingma, Ba 2015, algorithm 1."""
    m, s = _moments(k, slope(theta), h)
    return np.asarray(theta - rate * m / (np.sqrt(s) + h.eps))


def adam_inside(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""Adam with :math:`\epsilon` under the root."""
    m, s = _moments(k, slope(theta), h)
    return np.asarray(theta - rate * m / np.sqrt(s + h.eps))


def adam_hat(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""Adam in the paper's faster order, with :math:`\hat\epsilon` beside the uncorrected root (end of section 2)."""
    _moments(k, slope(theta), h)
    step = rate * np.sqrt(1 - h.beta2**k.t) / (1 - h.beta1**k.t)
    return np.asarray(theta - step * k.v / (np.sqrt(k.s) + h.eps))


def adamw(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""AdamW as torch has it: the decay :math:`\eta\lambda\theta` stays outside the moments."""
    m, s = _moments(k, slope(theta) - h.weight_decay * theta, h)
    return np.asarray(theta - rate * h.weight_decay * theta - rate * m / (np.sqrt(s) + h.eps))


def adamw_paper(k: Memory, theta: Array, slope: Slope, rate: float, h: Hyperparameters) -> Array:
    r"""AdamW as its paper has it (Loshchilov, Hutter 2019, algorithm 2): the decay is :math:`\lambda\theta`."""
    m, s = _moments(k, slope(theta) - h.weight_decay * theta, h)
    return np.asarray(theta - h.weight_decay * theta - rate * m / (np.sqrt(s) + h.eps))


RULES: Mapping[str, Mapping[str, Rule]] = {
    "sgd": {"plain": plain},
    "momentum": {
        "rate-outside": velocity,
        "rate-inside": lecun,
        "heavy-ball": heavy_ball,
        "averaged": averaged,
        "averaged-corrected": averaged_corrected,
    },
    "nesterov": {
        "look-ahead-step": nesterov,
        "look-ahead-step-rate-inside": nesterov_rate_inside,
        "look-ahead-gradient": nesterov_ahead,
    },
    "rmsprop": {"epsilon-outside": rmsprop, "epsilon-inside": rmsprop_inside},
    "adam": {"epsilon-outside": adam, "epsilon-inside": adam_inside, "epsilon-hat": adam_hat},
    "adamw": {"decay-times-rate": adamw, "decay-alone": adamw_paper},
}
"""Optimizer → its published conventions, the usual one first."""
