"""What is the matter with a program's optimizers: other rules than were asked for, and parameters that are not trained.

A variant takes where to start, the gradients and the options, and gives the path (steps, *shape) that it walks.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from grading.mistakes import STOPPED, KnownMistake
from reference_models import optimizers
from reference_models.optimizers import Array, Hyperparameters, Optimizer

Known = KnownMistake[Optimizer]


def _uncorrected(start: Array, gradients: Sequence[Array], h: Hyperparameters) -> Array:
    theta, m, s = start.copy(), np.zeros_like(start), np.zeros_like(start)
    visited = []
    for given in gradients:
        g = given + h.weight_decay * theta
        m = h.beta1 * m + (1 - h.beta1) * g
        s = h.beta2 * s + (1 - h.beta2) * g * g
        theta = theta - h.lr * m / (np.sqrt(s) + h.eps)
        visited.append(theta)
    return np.stack(visited)


# -- steps of another rule --------------------------------------------------------------------------------

ADAMW: Known = KnownMistake(
    "adamw", "This is AdamW.", "The assignment asks for Adam: torch.optim.Adam.", optimizers.adamw
)
ADAM_WITHOUT_BIAS_CORRECTION: Known = KnownMistake(
    "adam-without-bias-correction",
    "Adam's bias correction is missing: the first steps have the wrong length.",
    "Divide the moments by 1 - beta^t.",
    _uncorrected,
)
ADAM_BETAS_SWAPPED: Known = KnownMistake(
    "adam-betas-swapped",
    "Adam's decay rates, β1 and β2, are exchanged.",
    "betas=(0.9, 0.999).",
    lambda start, gradients, h: optimizers.adam(start, gradients, replace(h, beta1=h.beta2, beta2=h.beta1)),
)
RMSPROP: Known = KnownMistake(
    "rmsprop", "This is RMSprop.", "The assignment asks for Adam and SGD.", optimizers.rmsprop
)
ADAGRAD: Known = KnownMistake(
    "adagrad", "This is AdaGrad.", "The assignment asks for Adam and SGD.", optimizers.adagrad
)
GRADIENT_ASCENT: Known = KnownMistake(
    "gradient-ascent",
    "Your step goes up the gradient instead of down.",
    "Leave maximize off; subtract the gradient.",
    lambda start, gradients, h: optimizers.sgd(start, [-g for g in gradients], h),
)

NEITHER = (ADAMW, ADAM_WITHOUT_BIAS_CORRECTION, ADAM_BETAS_SWAPPED, RMSPROP, ADAGRAD, GRADIENT_ASCENT)
"""Neither Adam's steps nor SGD's; the first that fits names them."""

# -- steps that train nothing -----------------------------------------------------------------------------

ZERO_LEARNING_RATE = KnownMistake("zero-learning-rate", "The learning rate is 0: nothing moves.", "Look at lr.")
ABSURD_LEARNING_RATE = KnownMistake(
    "absurd-learning-rate",
    "With this learning rate nothing can be learned.",
    "Try 1e-3 for SGD with momentum, 1e-4 for Adam.",
)
OPTIMIZER_OF_OTHER_NETWORK = KnownMistake(
    "optimizer-of-other-network",
    "The optimizer holds the parameters of another network.",
    "Make it after the network that you train, from its parameters().",
)
OPTIMIZER_WITHOUT_NETWORK = KnownMistake(
    "optimizer-without-network", "The optimizer holds no network's parameters.", "Pass model.parameters()."
)
OPTIMIZER_MISSES_HEAD = KnownMistake(
    "optimizer-misses-head",
    "The optimizer was made before the last layer was replaced.",
    "Replace model.fc first, then make the optimizer.",
)
GRADIENTS_ACCUMULATE = KnownMistake(
    "gradients-accumulate",
    "The gradients of all steps add up: they are never set to zero.",
    "Call optimizer.zero_grad() before each backward pass.",
)

# -- an optimizer that is not there -----------------------------------------------------------------------

NO_ADAM = KnownMistake(
    "no-adam", "One of the two optimizers is missing.", f"Train once with torch.optim.Adam. {STOPPED}"
)
NO_SGD = KnownMistake("no-sgd", "One of the two optimizers is missing.", f"Train once with torch.optim.SGD. {STOPPED}")
