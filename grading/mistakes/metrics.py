"""How measures of a trained network go wrong: the accuracy of its outputs."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from grading.mistakes import KnownMistake

Array = npt.NDArray[np.float64]
Accuracy = KnownMistake[Callable[[Array, Array], float]]
"""(outputs, one-hot targets), both (n, classes) → a number."""

THRESHOLD = 0.5


def _hits(outputs: Array, targets: Array, axis: int = 1) -> npt.NDArray[np.bool_]:
    return np.asarray(outputs.argmax(axis) == targets.argmax(axis))


_SHARE = "Find the largest entry of each row, of outputs and of targets; count how often they agree, for each row."

ACCURACY: tuple[Accuracy, ...] = (
    KnownMistake("accuracy-zero", "Your accuracy is always 0.", _SHARE, lambda *_: 0.0),
    KnownMistake(
        "accuracy-per-output",
        "Your accuracy compares every output with its target after a threshold.",
        _SHARE,
        lambda y, t: float(((y > THRESHOLD) == (t > THRESHOLD)).mean()),
    ),
    KnownMistake(
        "accuracy-not-divided",
        "Your accuracy is the number of right answers.",
        "Divide by the number of rows.",
        lambda y, t: float(_hits(y, t).sum()),
    ),
    KnownMistake(
        "accuracy-divided-by-entries",
        "Your accuracy is divided by the number of entries.",
        _SHARE,
        lambda y, t: float(_hits(y, t).sum() / t.size),
    ),
    KnownMistake(
        "error-rate", "Your accuracy is the share of wrong answers.", _SHARE, lambda y, t: float((~_hits(y, t)).mean())
    ),
    KnownMistake(
        "accuracy-argmax-axis",
        "Your accuracy takes the argmax over the examples.",
        _SHARE,
        lambda y, t: float(_hits(y, t, 0).mean()),
    ),
)
"""Of outputs and targets with fewer columns than rows, which an argmax along the other axis confuses."""
