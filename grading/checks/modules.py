r"""What a network computes with weights of the judge's, and what stands behind its last layer.

Names and attributes are the student's own, so nothing here asks for a name: the judge's weights are put in, and the
scores are compared. In float32 they may differ by 1e-4 of the largest entry, which is many times what a different order
of summation leaves after some twenty layers.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.checks.conclusions import Conclusion, right, wrong
from grading.numerics.closeness import difference

Array = npt.NDArray[np.float64]

FORWARD_TOLERANCE = 1e-4


def forward(
    got: object, wanted: Array, known: Mapping[str, Array], *, words: Mapping[str, str] | None = None
) -> Conclusion:
    """With weights of ours, your network computes what the architecture computes.

    Args:
        got: the student's outputs in evaluation mode.
        wanted: the reference's with the same weights, for the same inputs.
        known: mistake id → outputs of a network with that mistake.
        words: mistake id → what to tell the student.
    """
    outputs = admit.array(got, "what your network puts out", shape=wanted.shape, finite=False)
    if _same(wanted, outputs):
        return right()
    for mistake, other in known.items():
        if other.shape == outputs.shape and _same(other, outputs):
            return wrong((words or {}).get(mistake, "Your network computes something else."), mistake)
    shifted = wanted - wanted.max(axis=-1, keepdims=True)
    if _same(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), outputs):
        return right("Your network ends in a log-softmax: harmless before cross-entropy, which takes it again.")
    for text, mistake, other in _endings(wanted):
        if _same(other, outputs):
            return wrong(text, mistake)
    return wrong("With the same weights your network puts out something else than the architecture does.")


def _endings(wanted: Array) -> list[tuple[str, str, Array]]:
    """What logits become when something is put behind the last layer."""
    shifted = wanted - wanted.max(axis=-1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)
    e = np.exp(-np.abs(wanted))
    return [
        ("Your network ends in a ReLU: logits may be negative.", "relu-on-logits", np.maximum(wanted, 0)),
        ("Your network ends in a softmax, which the loss contains already.", "softmax-on-logits", p),
        ("Your network ends in a sigmoid.", "sigmoid-on-logits", np.where(wanted >= 0, 1 / (1 + e), e / (1 + e))),
        ("Your network ends in a tanh.", "tanh-on-logits", np.tanh(wanted)),
    ]  # fmt: skip


def _same(wanted: Array, got: Array) -> bool:
    size = float(np.abs(wanted).max(initial=0.0))
    return difference(wanted, got, rtol=FORWARD_TOLERANCE, atol=FORWARD_TOLERANCE * size) is None
