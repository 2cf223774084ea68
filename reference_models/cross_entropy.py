r"""Cross-entropy of logits.

For one example with logits :math:`z \in R^K` and class :math:`y`,

.. math:: \ell(z, y) = -\log \mathrm{softmax}(z)_y = \log \sum_k e^{z_k} - z_y,

and the loss of a batch is the mean over its examples. Its gradient is the textbook's :math:`(\mathrm{softmax}(z) -
e_y) / N`.
"""

from collections.abc import Callable

import torch
from torch import Tensor

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
