r"""Cross-entropy of logits, and what is mistaken for it.

For one example with logits :math:`z \in R^K` and class :math:`y`,

.. math:: \ell(z, y) = -\log \mathrm{softmax}(z)_y = \log \sum_k e^{z_k} - z_y,

and the loss of a batch is the mean over its examples. Its gradient is the textbook's :math:`(\mathrm{softmax}(z) -
e_y) / N`.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the field's name

Loss = Callable[[Tensor, Tensor], Tensor]


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    r"""Mean cross-entropy of a batch.

    Args:
        logits: (n, classes), floating point, any real numbers.
        labels: (n,), integers in 0 … classes - 1.

    Returns:
        Scalar. The log-sum-exp is shifted by the largest logit, so that it does not overflow.

    Source:
        CMPSC 497, Homework 2, notebook 2, "Loss Function".

    >>> cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3]))  # ln 4
    tensor(1.3863)
    >>> cross_entropy(torch.tensor([[3000.0, 0.0]]), torch.tensor([1]))
    tensor(3000.)
    """
    largest = logits.max(dim=1, keepdim=True).values  # (n, 1)
    log_sum_exp = (logits - largest).exp().sum(dim=1).log() + largest[:, 0]  # (n,)
    return (log_sum_exp - logits.gather(1, labels[:, None])[:, 0]).mean()


def slope(loss: Loss, logits: Tensor, labels: Tensor) -> Tensor:
    r"""Gradient of a loss with respect to the logits, by automatic differentiation.

    Args:
        loss: of logits and labels, a scalar.
        logits: (n, classes), floating point.
        labels: (n,), integers.

    Returns:
        (n, classes), dtype of `logits`.

    >>> slope(cross_entropy, torch.zeros(1, 2), torch.tensor([0]))
    tensor([[-0.5000,  0.5000]])
    """
    z = logits.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(loss(z, labels), z)
    return gradient


# -- known mistakes -------------------------------------------------------------------------------------


def summed(logits: Tensor, labels: Tensor) -> Tensor:
    """The sum over the batch instead of the mean: the step grows with the batch."""
    return cross_entropy(logits, labels) * len(labels)


def of_softmax(logits: Tensor, labels: Tensor) -> Tensor:
    """Probabilities passed as logits: softmax is applied twice, and the loss cannot fall below ln(1 + (K - 1) / e)."""
    return cross_entropy(logits.softmax(dim=1), labels)


def of_sigmoid(logits: Tensor, labels: Tensor) -> Tensor:
    """Sigmoid outputs passed as logits."""
    return cross_entropy(logits.sigmoid(), labels)


def likelihood_of_logits(logits: Tensor, labels: Tensor) -> Tensor:
    """Negative log-likelihood of raw logits: no softmax at all, unbounded below."""
    return -logits.gather(1, labels[:, None]).mean()


def likelihood_of_softmax(logits: Tensor, labels: Tensor) -> Tensor:
    """Negative log-likelihood of probabilities: the logarithm is missing."""
    return -logits.softmax(dim=1).gather(1, labels[:, None]).mean()


def binary(logits: Tensor, labels: Tensor) -> Tensor:
    """Binary cross-entropy of every class on its own, averaged over classes as well."""
    return F.binary_cross_entropy_with_logits(logits, F.one_hot(labels, logits.shape[1]).to(logits.dtype))


def squared(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean squared error between the logits and the one-hot labels."""
    return F.mse_loss(logits, F.one_hot(labels, logits.shape[1]).to(logits.dtype))


def squared_of_softmax(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean squared error between the probabilities and the one-hot labels."""
    return F.mse_loss(logits.softmax(dim=1), F.one_hot(labels, logits.shape[1]).to(logits.dtype))


def hinge(logits: Tensor, labels: Tensor) -> Tensor:
    """Multi-class hinge loss."""
    return F.multi_margin_loss(logits, labels)


def absolute(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean absolute error between the logits and the one-hot labels."""
    return F.l1_loss(logits, F.one_hot(labels, logits.shape[1]).to(logits.dtype))


def over_classes(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean over examples and classes: too small by the number of classes."""
    return cross_entropy(logits, labels) / logits.shape[1]


def unsigned(logits: Tensor, labels: Tensor) -> Tensor:
    """The minus sign is missing: training makes the network worse."""
    return -cross_entropy(logits, labels)


MISTAKES: Mapping[str, Loss] = {
    "softmax-before-cross-entropy": of_softmax,
    "sum-instead-of-mean": summed,
    "nll-on-logits": likelihood_of_logits,
    "nll-on-probabilities": likelihood_of_softmax,
    "binary-cross-entropy": binary,
    "squared-error": squared,
    "squared-error-of-softmax": squared_of_softmax,
    "absolute-error": absolute,
    "hinge-loss": hinge,
    "sigmoid-before-cross-entropy": of_sigmoid,
    "mean-over-classes": over_classes,
    "cross-entropy-sign": unsigned,
}
"""Mistake id → the loss that it computes."""
