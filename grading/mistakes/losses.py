"""How a classifier's loss goes wrong: what is minimised where the mean cross-entropy of the logits is due.

A variant takes logits (n, classes) and labels (n,), and gives the loss's scalar: its value and its slope tell it.
"""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the field's name

from grading.mistakes import KnownMistake
from reference_models.cross_entropy import Loss, cross_entropy

Known = KnownMistake[Loss]

_LOGITS = "Hand the logits to cross-entropy as they are."
_CLASSES = "For classes use CrossEntropyLoss, on the logits."


def _against_one_hot(measure: Callable[[Tensor, Tensor], Tensor]) -> Loss:
    return lambda z, y: measure(z, F.one_hot(y, z.shape[1]).to(z.dtype))


SOFTMAX_BEFORE_CROSS_ENTROPY: Known = KnownMistake(
    "softmax-before-cross-entropy",
    "Softmax is applied before a loss that applies it again.",
    _LOGITS,
    lambda z, y: cross_entropy(z.softmax(dim=1), y),
)
SUM_INSTEAD_OF_MEAN: Known = KnownMistake(
    "sum-instead-of-mean",
    "The loss is the sum over the batch.",
    "Take the mean (reduction='mean'), or the step grows with the batch.",
    lambda z, y: cross_entropy(z, y) * len(y),
)
NLL_ON_LOGITS: Known = KnownMistake(
    "nll-on-logits",
    "NLLLoss gets raw logits.",
    "NLLLoss needs log_softmax in front; CrossEntropyLoss does both.",
    lambda z, y: -z.gather(1, y[:, None]).mean(),
)
NLL_ON_PROBABILITIES: Known = KnownMistake(
    "nll-on-probabilities",
    "NLLLoss gets probabilities: the logarithm is missing.",
    "Use log_softmax, or CrossEntropyLoss on the logits.",
    lambda z, y: -z.softmax(dim=1).gather(1, y[:, None]).mean(),
)
BINARY_CROSS_ENTROPY: Known = KnownMistake(
    "binary-cross-entropy",
    "The loss is binary cross-entropy of every class on its own.",
    "One class of several: use CrossEntropyLoss.",
    _against_one_hot(F.binary_cross_entropy_with_logits),
)
SQUARED_ERROR: Known = KnownMistake(
    "squared-error", "The loss is a squared error.", _CLASSES, _against_one_hot(F.mse_loss)
)
SQUARED_ERROR_OF_SOFTMAX: Known = KnownMistake(
    "squared-error-of-softmax",
    "The loss is the squared error of the probabilities.",
    _CLASSES,
    lambda z, y: _against_one_hot(F.mse_loss)(z.softmax(dim=1), y),
)
ABSOLUTE_ERROR: Known = KnownMistake(
    "absolute-error", "The loss is an absolute error.", _CLASSES, _against_one_hot(F.l1_loss)
)
HINGE_LOSS: Known = KnownMistake(
    "hinge-loss", "The loss is a hinge loss.", "The assignment asks for cross-entropy.", F.multi_margin_loss
)
SIGMOID_BEFORE_CROSS_ENTROPY: Known = KnownMistake(
    "sigmoid-before-cross-entropy",
    "Sigmoid is applied before the loss.",
    _LOGITS,
    lambda z, y: cross_entropy(z.sigmoid(), y),
)
MEAN_OVER_CLASSES: Known = KnownMistake(
    "mean-over-classes",
    "The loss is averaged over the classes as well.",
    "Average over the examples only.",
    lambda z, y: cross_entropy(z, y) / z.shape[1],
)
CROSS_ENTROPY_SIGN: Known = KnownMistake(
    "cross-entropy-sign",
    "The sign of the loss is wrong.",
    "Minimise minus the log-probability of the right class.",
    lambda z, y: -cross_entropy(z, y),
)

CROSS_ENTROPY = (
    SOFTMAX_BEFORE_CROSS_ENTROPY,
    SUM_INSTEAD_OF_MEAN,
    NLL_ON_LOGITS,
    NLL_ON_PROBABILITIES,
    BINARY_CROSS_ENTROPY,
    SQUARED_ERROR,
    SQUARED_ERROR_OF_SOFTMAX,
    ABSOLUTE_ERROR,
    HINGE_LOSS,
    SIGMOID_BEFORE_CROSS_ENTROPY,
    MEAN_OVER_CLASSES,
    CROSS_ENTROPY_SIGN,
)
"""What is taken for the mean cross-entropy; the first that fits names it."""

NO_LOSS = KnownMistake(
    "no-loss",
    "There is no loss, or no training step, that could be looked at.",
    "Compute the loss of the network's outputs, and call backward() on it.",
)
