"""How training loops by hand go wrong: batches, what a step asks and returns, and what comes of a training."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from grading.mistakes import KnownMistake

Rows = npt.NDArray[np.integer]
Order = Callable[[np.random.RandomState, int], tuple[Rows, Rows]]
"""(generator, number of examples) → the rows of the images in their order, and those of the labels."""

Asked = KnownMistake[Mapping[str, bool]]
"""What a step is not seen to do; see `grading.checks.trainers.Step`."""

Returned = KnownMistake[Callable[[float, int], float | None]]
"""(the loss of the batch, its size) → what a step returns."""

# -- batches ----------------------------------------------------------------------------------------------

_INDICES = "Draw indices = np.random.permutation(len(X)) and use them for X and for Y."


def _drawn_again(random: np.random.RandomState, n: int) -> tuple[Rows, Rows]:
    rows = random.randint(0, n, n)
    return rows, rows


BATCHES_MISSING = KnownMistake(
    "batches-missing", "The batches do not hold all examples.", "Go on until every example was in a batch."
)
SHUFFLE_MISSING: KnownMistake[Order] = KnownMistake(
    "shuffle-missing", "shuffle=True changes nothing.", _INDICES, lambda _, n: (np.arange(n), np.arange(n))
)
SHUFFLE_BREAKS_PAIRS: KnownMistake[Order] = KnownMistake(
    "shuffle-breaks-pairs",
    "Images and labels are shuffled apart.",
    _INDICES,
    lambda random, n: (random.permutation(n), np.arange(n)),
)
SHUFFLE_REPEATS_ROWS: KnownMistake[Order] = KnownMistake(
    "shuffle-repeats-rows", "Rows are drawn with replacement.", _INDICES, _drawn_again
)
SHUFFLE = (SHUFFLE_MISSING, SHUFFLE_BREAKS_PAIRS, SHUFFLE_REPEATS_ROWS)

# -- a step -----------------------------------------------------------------------------------------------

_BACKWARD = "backward takes X, outputs and targets, in this order."
_RETURN = "Return the cross-entropy of this batch."

BACKWARD_ARGUMENTS: Asked = KnownMistake(
    "backward-arguments",
    "The arguments of backward are in the wrong order, or others.",
    _BACKWARD,
    {"own_targets": False},
)
OTHER_IMAGES: Asked = KnownMistake(
    "other-images", "backward is given other images than this batch's.", _BACKWARD, {"own_images": False}
)
ARGUMENTS = (BACKWARD_ARGUMENTS, OTHER_IMAGES)

LOSS_ZERO: Returned = KnownMistake("loss-zero", "train_step returns 0.", _RETURN, lambda *_: 0.0)
LOSS_NOT_RETURNED: Returned = KnownMistake(
    "loss-not-returned", "There is no return, or of something else.", _RETURN, lambda *_: None
)
LOSS_BATCH_SIZE: Returned = KnownMistake(
    "loss-batch-size",
    "The loss is multiplied or divided by the batch size once more.",
    "cross_entropy_loss is the mean already.",
    lambda loss, n: loss * n,
)
RETURNED_LOSS = (LOSS_ZERO, LOSS_NOT_RETURNED, LOSS_BATCH_SIZE)

# -- what came of it --------------------------------------------------------------------------------------

_GRADIENTS = "Look at the gradients, and at what each step changes."

DIVERGED = KnownMistake(
    "diverged",
    "The training diverges: the network puts out NaN or infinity.",
    "Look at the sign and the size of the step, and at the gradients.",
    symptom=True,
)
CONSTANT_OUTPUT = KnownMistake(
    "constant-output",
    "The outputs of the trained network do not depend on the input.",
    "Print the loss as it trains: it should fall. Look at the gradients of the first layer, and at the step's sign.",
    symptom=True,
)
ONE_CLASS_ONLY = KnownMistake(
    "one-class-only", "The trained network gives the same class for every input.", _GRADIENTS, symptom=True
)
LABELS_PERMUTED = KnownMistake(
    "labels-permuted",
    "The trained network tells the classes apart, but calls them by other numbers.",
    "Look at how labels are paired with inputs.",
    symptom=True,
)
UNTRAINED = KnownMistake(
    "untrained", "The trained network answers no better than by guessing.", _GRADIENTS, symptom=True
)
BELOW_BAND = KnownMistake("below-band", "The network learns more slowly than a right one.", _GRADIENTS, symptom=True)
