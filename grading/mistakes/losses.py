"""How a classifier's loss goes wrong: what is minimised where the mean cross-entropy of the logits is due.

A variant takes logits (n, classes) and labels (n,), and gives the loss's scalar: its value and its slope tell it.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
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
    "Softmax is applied twice: before the loss, and in it.",
    _LOGITS,
    lambda z, y: cross_entropy(z.softmax(dim=1), y),
)
SUM_INSTEAD_OF_MEAN: Known = KnownMistake(
    "sum-instead-of-mean",
    "The sum over the batch is taken, not the mean.",
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
    "The mean is taken over the classes as well.",
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

# -- by hand: of probabilities, in NumPy ------------------------------------------------------------------

Array = npt.NDArray[np.float64]
ByHand = KnownMistake[Callable[[Array, Array], float | Array]]
"""(one-hot targets, probabilities), both (n, classes) → what is returned for the mean cross-entropy."""

_MEAN_LOSS = "For each row sum -target * log(output) over the classes, then take the mean over the rows."
_NATURAL = "np.log is the natural logarithm."


def _each(t: Array, y: Array) -> Array:
    return np.asarray(-(t * np.log(y)).sum(axis=1))


def _binary(t: Array, y: Array) -> Array:
    return np.asarray(-(t * np.log(y) + (1 - t) * np.log(1 - y)))


def _softmax(y: Array) -> Array:
    return np.asarray(np.exp(y) / np.exp(y).sum(axis=1, keepdims=True))


def _by_hand(known: KnownMistake[Loss], variant: Callable[[Array, Array], float | Array]) -> ByHand:
    return KnownMistake(known.id, known.says, _MEAN_LOSS, variant)


BY_HAND: tuple[ByHand, ...] = (
    _by_hand(SUM_INSTEAD_OF_MEAN, lambda t, y: float(_each(t, y).sum())),
    _by_hand(MEAN_OVER_CLASSES, lambda t, y: float(_each(t, y).mean() / t.shape[1])),
    KnownMistake(
        "loss-sum-over-classes-count",
        "The sum over the batch is divided by the number of classes.",
        _MEAN_LOSS,
        lambda t, y: float(_each(t, y).sum() / t.shape[1]),
    ),
    KnownMistake("loss-vector", "A loss for every row is returned.", _MEAN_LOSS, _each),
    KnownMistake("loss-matrix", "A loss for every entry is returned.", _MEAN_LOSS, lambda t, y: -t * np.log(y)),
    KnownMistake(
        "loss-by-class",
        "The sum goes over the batch: a loss for every class is returned.",
        _MEAN_LOSS,
        lambda t, y: -(t * np.log(y)).sum(axis=0),
    ),
    _by_hand(CROSS_ENTROPY_SIGN, lambda t, y: -float(_each(t, y).mean())),
    _by_hand(BINARY_CROSS_ENTROPY, lambda t, y: float(_binary(t, y).sum(axis=1).mean())),
    _by_hand(BINARY_CROSS_ENTROPY, lambda t, y: float(_binary(t, y).mean())),
    KnownMistake(
        "loss-other-base", "The logarithm has base 2.", _NATURAL, lambda t, y: float(_each(t, y).mean() / np.log(2))
    ),
    KnownMistake(
        "loss-base-ten",
        "Your loss takes the logarithm to the base 10.",
        _NATURAL,
        lambda t, y: float(_each(t, y).mean() / np.log(10)),
    ),
    KnownMistake(
        "loss-without-log",
        "The logarithm is missing.",
        _MEAN_LOSS,
        lambda t, y: float(-(t * y).sum(axis=1).mean()),
    ),
    KnownMistake(
        "loss-softmax-inside",
        "Softmax is taken again inside the loss.",
        "outputs are probabilities already.",
        lambda t, y: float(_each(t, _softmax(y)).mean()),
    ),
    KnownMistake(
        "loss-arguments-exchanged",
        "Targets and outputs are exchanged.",
        "Take the logarithm of the outputs.",
        lambda t, y: float(-(y * np.log(t + 1e-12)).sum(axis=1).mean()),
    ),
    _by_hand(SQUARED_ERROR, lambda t, y: float(((t - y) ** 2).sum(axis=1).mean())),
    KnownMistake("loss-first-row", "Only the first row counts.", _MEAN_LOSS, lambda t, y: float(_each(t, y)[0])),
)
