r"""Preprocessing written by hand: pixels normalised with given statistics, a bias column, one-hot labels.

What is right is one formula, :math:`(p - \mu)/\sigma` in floating point with the *training set's* statistics, whichever
array it is applied to. Known mistakes are other formulas for the same pixels, so each is told by equality. Give
statistics that are not those of the array itself: those of another set, or drawn; else an array normalised with its
own looks right. Tolerance 1e-5 relative to the largest entry, for programs that compute in float32; the mistakes are
off by parts in a hundred.
"""

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.checks.conclusions import Conclusion, right, wrong

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Bias = Literal["last", "first", "none"]

TOLERANCE = 1e-5
BYTES = 256

SAID = {
    "own-statistics": "It is normalised with its own mean and deviation: use those of the training set for every set.",
    "per-pixel-statistics": "Each pixel has its own mean and deviation: one of each over all pixels is asked for.",
    "uint8-wrap-around": "Differences of unsigned bytes wrap around below 0: convert to floating point first.",
    "divided-by-variance": "It is divided by the variance; the standard deviation is due.",
    "mean-not-subtracted": "The mean is not subtracted.",
    "not-divided": "It is not divided by the standard deviation.",
    "scaled-by-255": "It is divided by 255 only: subtract the mean and divide by the deviation.",
    "unchanged": "It comes back as it was.",
}


def normalised(  # noqa: PLR0911 - one for each way to be wrong
    got: object, pixels: npt.NDArray[np.uint8], *, mean: float, std: float, bias: Bias = "last"
) -> Conclusion:
    """Pixels are normalised with the given statistics, and the bias column stands where it should.

    Args:
        got: the student's array for `pixels`, (n, d), or (n, d + 1) with a bias column.
        pixels: (n, d) bytes, some below and some above the mean.
        mean: of the training set; not that of `pixels`.
        std: of the training set.
        bias: where the column of ones belongs, if there is to be one.
    """
    n, d = pixels.shape
    rows = admit.array(got, "your normalised pixels", ndim=2, finite=False)
    if rows.shape == (d + (bias != "none"), n):
        return wrong("Your array is transposed: one example in each row.", "transposed")
    if rows.shape == (n, d) and bias != "none":
        return _column(rows, rows, pixels, mean, std) or wrong(
            f"The bias column is missing: {d} columns, expected {d + 1}.", "bias-column-missing"
        )
    if rows.shape != (n, d + (bias != "none")):
        return wrong(f"Your array has shape {rows.shape}, expected {(n, d + (bias != 'none'))}.", "wrong-shape")
    if bias == "none":
        return _column(rows, rows, pixels, mean, std) or right()
    parts = {"last": (rows[:, :-1], rows[:, -1]), "first": (rows[:, 1:], rows[:, 0])}
    other: Bias = "first" if bias == "last" else "last"
    body, column = parts[bias]
    if _same(np.ones(n), parts[other][1]) and not _same(np.ones(n), column):
        return wrong(f"The column of ones comes {other}; it belongs {bias}.", f"bias-column-{other}")
    said = _column(body, rows, pixels, mean, std)
    if said is not None:
        return said
    if _same(np.ones(n), column):
        return right()
    if not column.any():
        return wrong("The bias column is 0: it is a column of ones.", "bias-column-zeros")
    if _same(np.full(n, (1 - mean) / std), column):
        return wrong("The bias column is normalised with the pixels: add it afterwards.", "bias-column-normalised")
    return wrong("The bias column is not made of ones.", "bias-column-wrong")


def _column(body: Array, whole: Array, pixels: npt.NDArray[np.uint8], mean: float, std: float) -> Conclusion | None:
    """What is wrong with the pixels, or None."""
    p = pixels.astype(np.float64)
    if _same((p - mean) / std, body):
        return None
    for mistake, other in _variants(pixels, mean, std):
        if _same(other, body):
            return wrong(f"Your pixels: {SAID[mistake]}", mistake)
    if not np.isfinite(whole).all():
        return wrong("Your normalised pixels contain NaN or infinity.", "not-finite")
    return wrong("Your pixels are not (pixel - mean) / deviation with the statistics that were given.")


def _variants(pixels: npt.NDArray[np.uint8], mean: float, std: float) -> Iterator[tuple[str, Array]]:
    p = pixels.astype(np.float64)
    with np.errstate(all="ignore"):
        yield "own-statistics", (p - p.mean()) / p.std()
        yield "per-pixel-statistics", (p - p.mean(axis=0)) / p.std(axis=0)
        yield "uint8-wrap-around", ((p - np.floor(mean)) % BYTES) / std
        yield "uint8-wrap-around", np.floor((p - mean) % BYTES) / std
        yield "divided-by-variance", (p - mean) / std**2
        yield "mean-not-subtracted", p / std
        yield "not-divided", p - mean
        yield "scaled-by-255", p / (BYTES - 1)
        yield "unchanged", p


def from_training(statistics: object, training: npt.NDArray[np.uint8], everything: npt.NDArray[np.uint8]) -> Conclusion:
    """Mean and deviation are those of the training set.

    Args:
        statistics: what the student computed: (mean, deviation).
        training: the pixels of the training set.
        everything: those of all sets together, as some take them.
    """
    pair = [admit.number(v, "a statistic") for v in admit.sequence(statistics, "your statistics", length=2)]

    def near(pixels: npt.NDArray[np.uint8]) -> bool:
        p = pixels.astype(np.float64)
        spreads = (p.std(), p.std(ddof=1))
        return _same(p.mean(), np.float64(pair[0])) and any(_same(s, np.float64(pair[1])) for s in spreads)

    if near(training):
        return right()
    if near(everything):
        return wrong("Your statistics are of all sets together: take the training set's only.", "statistics-of-all")
    p = training.astype(np.float64)
    if _same(p.var(), np.float64(pair[1])):
        return wrong("Your deviation is the variance: take its square root.", "variance-for-deviation")
    return wrong("Your mean and deviation are not those of the training set's pixels.")


def one_hot(ask: Callable[[Labels, int], object], labels: Labels, classes: int) -> Conclusion:
    """Each label becomes a row with a single 1 at its class.

    Args:
        ask: the student's function of (labels, classes).
        labels: (n,), not all classes among them, n different from `classes`.
        classes: how many.
    """
    got = admit.array(ask(labels, classes), "your one-hot labels", ndim=2)
    wanted = np.eye(classes)[labels]
    if got.shape == wanted.shape and _same(wanted, got):
        return right()
    if got.shape == wanted.T.shape and _same(wanted.T, got):
        return wrong("Your labels are transposed: one example in each row.", "one-hot-transposed")
    if got.shape == (len(labels), int(labels.max()) + 1):
        return wrong("Classes that do not occur have no column.", "one-hot-too-narrow")
    if got.shape == wanted.shape and _same(np.roll(wanted, 1, axis=1), got):
        return wrong("The 1 stands one place too far: classes count from 0.", "one-hot-shifted")
    if got.shape == wanted.shape and _same(1 - wanted, got):
        return wrong("The single entry is 0 and the others are 1.", "one-hot-inverted")
    return wrong(f"Your one-hot labels have shape {got.shape}, expected {wanted.shape} with a single 1 in each row.")


def _same(wanted: npt.ArrayLike, got: npt.ArrayLike) -> bool:
    w, g = np.asarray(wanted, dtype=np.float64), np.asarray(got, dtype=np.float64)
    return bool((np.abs(g - w) <= TOLERANCE * max(float(np.abs(w).max(initial=0.0)), 1.0)).all())
