r"""What a network computes with weights of the judge's, and what stands behind its last layer.

Names and attributes are the student's own, so nothing here asks for a name: the judge's weights are put in, and the
scores are compared. In float32 they may differ by 1e-4 of the largest entry, which is many times what a different order
of summation leaves after some twenty layers.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import expect
from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes import KnownMistake, architecture
from grading.mistakes.losses import SOFTMAX_BEFORE_CROSS_ENTROPY
from grading.numerics.closeness import difference

Array = npt.NDArray[np.float64]

FORWARD_TOLERANCE = 1e-4


def forward(got: object, wanted: Array, known: Iterable[tuple[KnownMistake[Any], Array]] = ()) -> Conclusion:
    """With weights of ours, your network computes what the architecture computes.

    Args:
        got: the student's scores (n, classes) in evaluation mode.
        wanted: the reference's with the same weights, for the same inputs.
        known: mistakes, each with the scores of a network that has it; the first that fits names it.
    """
    scores = expect.array(got, "what your network puts out", shape=wanted.shape, finite=False)
    if _same(wanted, scores):
        return right()
    # A mistake that changes nothing here, behind a layer that is not there say, explains nothing.
    for mistake, other in known:
        if other.shape == scores.shape and _same(other, scores) and not _same(wanted, other):
            return wrong(mistake.says, mistake)
    shifted = wanted - wanted.max(axis=-1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    if _same(log_softmax, scores):
        return right("Your network ends in a log-softmax: harmless before cross-entropy, which takes it again.")
    e = np.exp(-np.abs(wanted))
    endings = (
        (architecture.RELU_ON_SCORES, np.maximum(wanted, 0)),
        (SOFTMAX_BEFORE_CROSS_ENTROPY, np.exp(log_softmax)),
        (architecture.SIGMOID_ON_SCORES, np.where(wanted >= 0, 1 / (1 + e), e / (1 + e))),
        (architecture.TANH_ON_SCORES, np.tanh(wanted)),
    )
    for mistake, other in endings:
        if _same(other, scores):
            return wrong(mistake.says, mistake)
    return wrong("With the same weights your network puts out something else than the architecture does.")


def _same(wanted: Array, got: Array) -> bool:
    size = float(np.abs(wanted).max(initial=0.0))
    return difference(wanted, got, rtol=FORWARD_TOLERANCE, atol=FORWARD_TOLERANCE * size) is None
