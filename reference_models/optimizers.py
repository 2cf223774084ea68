r"""Gradient-descent optimizers, as recurrences on one array.

Each function answers one question: which parameters :math:`\theta_1, \theta_2, \dots` does the optimizer visit when
it is handed the gradients :math:`g_1, g_2, \dots`, whatever function they are gradients of? The gradients are given,
so two optimizers are compared step for step.

All arrays are float64 and of one shape; every function returns (steps, *shape): the parameters after each step.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    r"""What an optimizer is told.

    Attributes:
        lr: step size :math:`\eta`.
        momentum: :math:`\mu` of SGD and RMSprop.
        dampening: share of the gradient kept out of SGD's velocity.
        nesterov: whether SGD looks ahead.
        weight_decay: :math:`\lambda`.
        beta1, beta2: decay of Adam's two moments.
        eps: added to Adam's denominator.
        alpha: decay of RMSprop's second moment.
        amsgrad: whether Adam keeps the largest second moment.
        maximize: whether it climbs.
    """

    lr: float
    momentum: float = 0.0
    dampening: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    alpha: float = 0.99
    amsgrad: bool = False
    maximize: bool = False


Optimizer = Callable[[Array, Sequence[Array], Hyperparameters], Array]


def sgd(start: Array, gradients: Sequence[Array], h: Hyperparameters) -> Array:
    r"""Stochastic gradient descent with momentum in torch's convention.

    .. math:: v_t = \mu v_{t-1} + (1 - d)(g_t + \lambda\theta_{t-1}),\quad \theta_t = \theta_{t-1} - \eta v_t,

    with :math:`v_1 = g_1 + \lambda\theta_0`; with Nesterov's look-ahead the step is :math:`-\eta (g_t + \mu v_t)`.

    Source:
        Sutskever, Martens, Dahl, Hinton 2013, section 2, without the factor :math:`\eta` inside the velocity.

    >>> sgd(np.array([1.0]), [np.array([1.0])] * 2, Hyperparameters(lr=0.1, momentum=0.5)).ravel()
    array([0.9 , 0.75])
    """
    theta, velocity = start.copy(), None
    visited = []
    for given in gradients:
        g = (-given if h.maximize else given) + h.weight_decay * theta
        velocity = g.copy() if velocity is None else h.momentum * velocity + (1 - h.dampening) * g
        theta = theta - h.lr * (g + h.momentum * velocity if h.nesterov else velocity if h.momentum else g)
        visited.append(theta)
    return np.stack(visited)


def sgd_rate_inside(start: Array, gradients: Sequence[Array], h: Hyperparameters) -> Array:
    r"""SGD with the step size inside the velocity.

    .. math:: v_t = \mu v_{t-1} - \eta g_t,\quad \theta_t = \theta_{t-1} + v_t.

    The same path as `sgd` while the step size is constant.

    >>> sgd_rate_inside(np.array([1.0]), [np.array([1.0])] * 2, Hyperparameters(lr=0.1, momentum=0.5)).ravel()
    array([0.9 , 0.75])
    """
    theta, velocity = start.copy(), np.zeros_like(start)
    visited = []
    for given in gradients:
        g = given + h.weight_decay * theta
        velocity = h.momentum * velocity - h.lr * g
        theta = theta + velocity
        visited.append(theta)
    return np.stack(visited)


def sgd_averaged(start: Array, gradients: Sequence[Array], h: Hyperparameters) -> Array:
    r"""SGD with an averaged velocity, another published convention.

    .. math:: v_t = \mu v_{t-1} + (1 - \mu) g_t,\quad \theta_t = \theta_{t-1} - \eta v_t.
    """
    theta, velocity = start.copy(), np.zeros_like(start)
    visited = []
    for given in gradients:
        velocity = h.momentum * velocity + (1 - h.momentum) * (given + h.weight_decay * theta)
        theta = theta - h.lr * velocity
        visited.append(theta)
    return np.stack(visited)


def adam(start: Array, gradients: Sequence[Array], h: Hyperparameters) -> Array:
    r"""Adam with bias correction; weight decay, where given, is added to the gradient.

    .. math::
        m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad s_t = \beta_2 s_{t-1} + (1-\beta_2) g_t^2,\quad
        \theta_t = \theta_{t-1} - \eta\,\frac{m_t / (1-\beta_1^t)}{\sqrt{s_t / (1-\beta_2^t)} + \epsilon}.

    Source:
        Kingma, Ba 2015, algorithm 1; AMSGrad: Reddi, Kale, Kumar 2018.

    >>> adam(np.array([1.0]), [np.array([4.0])], Hyperparameters(lr=0.1)).ravel()  # the first step has length lr
    array([0.9])
    """
    theta, m, s, largest = start.copy(), np.zeros_like(start), np.zeros_like(start), np.zeros_like(start)
    visited = []
    for t, given in enumerate(gradients, start=1):
        g = (-given if h.maximize else given) + h.weight_decay * theta
        m = h.beta1 * m + (1 - h.beta1) * g
        s = h.beta2 * s + (1 - h.beta2) * g * g
        largest = np.maximum(largest, s)
        second = largest if h.amsgrad else s
        theta = theta - h.lr * (m / (1 - h.beta1**t)) / (np.sqrt(second / (1 - h.beta2**t)) + h.eps)
        visited.append(theta)
    return np.stack(visited)


# -- their neighbours -----------------------------------------------------------------------------------


def adamw(start: Array, gradients: Sequence[Array], h: Hyperparameters) -> Array:
    r"""Adam with decoupled weight decay (Loshchilov, Hutter 2019).

    Outside the moments, :math:`\theta` shrinks by :math:`\eta\lambda\theta` in each step.
    """
    theta, m, s = start.copy(), np.zeros_like(start), np.zeros_like(start)
    visited = []
    for t, g in enumerate(gradients, start=1):
        m = h.beta1 * m + (1 - h.beta1) * g
        s = h.beta2 * s + (1 - h.beta2) * g * g
        theta = theta - h.lr * h.weight_decay * theta
        theta = theta - h.lr * (m / (1 - h.beta1**t)) / (np.sqrt(s / (1 - h.beta2**t)) + h.eps)
        visited.append(theta)
    return np.stack(visited)


def rmsprop(start: Array, gradients: Sequence[Array], h: Hyperparameters) -> Array:
    r"""RMSprop (Hinton 2012, lecture 6e), with momentum on the quotient.

    .. math:: s_t = \alpha s_{t-1} + (1-\alpha) g_t^2,\;\; \theta_t = \theta_{t-1} - \eta g_t / (\sqrt{s_t} + \epsilon).
    """
    theta, s, buffer = start.copy(), np.zeros_like(start), np.zeros_like(start)
    visited = []
    for given in gradients:
        g = given + h.weight_decay * theta
        s = h.alpha * s + (1 - h.alpha) * g * g
        buffer = h.momentum * buffer + g / (np.sqrt(s) + h.eps)
        theta = theta - h.lr * buffer
        visited.append(theta)
    return np.stack(visited)


def adagrad(start: Array, gradients: Sequence[Array], h: Hyperparameters) -> Array:
    r"""AdaGrad: the second moments are summed, never forgotten (Duchi, Hazan, Singer 2011)."""
    theta, s = start.copy(), np.zeros_like(start)
    visited = []
    for given in gradients:
        g = given + h.weight_decay * theta
        s = s + g * g
        theta = theta - h.lr * g / (np.sqrt(s) + h.eps)
        visited.append(theta)
    return np.stack(visited)


ADAM: Mapping[str, Optimizer] = {"adam": adam}
SGD: Mapping[str, Optimizer] = {"sgd": sgd, "sgd-rate-inside": sgd_rate_inside, "sgd-averaged": sgd_averaged}
"""Right answers by convention."""
