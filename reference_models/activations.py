"""Activation functions in NumPy, and their slopes.

A slope can be written in terms of the input `x` or of the activation `a = f(x)`. Hand-written backward passes keep
the activations of the forward pass, not the inputs, so the slopes here take `a`.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def sigmoid(x: Array) -> Array:
    r"""Logistic function, elementwise.

    .. math:: \sigma(x) = \frac{1}{1 + e^{-x}} = \frac{e^{x}}{1 + e^{x}}

    The two forms are equal, but the first overflows far to the left and the second far to the right. Written with
    :math:`e = e^{-|x|} \le 1`, each side uses the form that cannot overflow.

    Args:
        x: any shape, floating point.

    Returns:
        Same shape as `x`, in [0, 1].

    Source:
        CMPSC 497, Homework 2, notebook 1.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    e = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1 / (1 + e), e / (1 + e)))


def sigmoid_grad(a: Array) -> Array:
    r"""Slope of the logistic function, in terms of its value :math:`a = \sigma(x)`.

    .. math:: \sigma'(x) = \sigma(x)\,(1 - \sigma(x)) = a\,(1 - a)

    The slope is at most 1/4, so each sigmoid layer shrinks the gradient that passes through it: after a few layers
    little is left. That is the vanishing gradient.

    Args:
        a: the activation, not the input; any shape.

    Returns:
        Same shape as `a`, in [0, 1/4].

    >>> sigmoid_grad(sigmoid(np.array([0.0, 10.0]))).round(6)
    array([2.5e-01, 4.5e-05])
    """
    return a * (1 - a)


def relu(x: Array) -> Array:
    r"""Rectified linear unit, :math:`\max(0, x)`, elementwise.

    Args:
        x: any shape, floating point.

    Returns:
        A new array of the same shape; `x` is left as it was.

    Source:
        CMPSC 497, Homework 2, notebook 1.

    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    return np.maximum(0.0, x)


def relu_grad(a: Array) -> Array:
    r"""Slope of the rectified linear unit, in terms of its value :math:`a = \max(0, x)`.

    .. math:: f'(x) = [x > 0] = [a > 0]

    At the kink, :math:`x = 0`, the slope is taken to be 0, as is the custom.

    Args:
        a: the activation; any shape. Since `a > 0` exactly where `x > 0`, the input would do as well.

    Returns:
        Same shape as `a`; 0.0 or 1.0.

    >>> relu_grad(relu(np.array([-2.0, 0.0, 3.0])))
    array([0., 0., 1.])
    """
    return (a > 0).astype(np.float64)
