"""Known mistakes around the network: preprocessing, loss, one-hot encoding, first weights."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import Mistake
from grading.checks.conclusions import slip
from grading.checks.initialisation import SAID
from reference_models.softmax_network import INPUTS, MEAN, PIXELS, STD, standardised

Array = npt.NDArray[np.float64]
Images = npt.NDArray[np.uint8]


def _with_ones(pixels: Any, value: Any = 1.0) -> Array:
    return np.hstack([pixels, np.full((len(pixels), 1), value, dtype=np.float64)])


def _float(X: Images) -> Array:
    return np.asarray(X, dtype=np.float64)


def _bias_in_the_middle(X: Images) -> Array:
    right = standardised(X)
    return np.insert(right[:, :-1], PIXELS // 2, 1.0, axis=1)


def _bias_before_statistics(X: Images) -> Array:
    whole = _with_ones(_float(X))
    return np.asarray((whole - MEAN) / STD)


_STATISTICS = (
    "Take two numbers, the mean and the standard deviation of all pixels of the training set: (X - mean) / std."
)
_ALIKE = "Compute both once, from the training set, and use them for training and validation images."
_ONES = "Append np.ones((X.shape[0], 1)) after the pixels were normalised."


PIXEL_SLIPS = (
    slip("statistics-of-each-array", "Each array is normalised with its own mean and deviation.", _ALIKE,
         preprocessed=lambda X: _with_ones((X - X.mean()) / X.std())),
    slip("per-pixel-statistics", "Every pixel has a mean and a deviation of its own.", _STATISTICS,
         preprocessed=lambda X: _with_ones((X - X.mean(axis=0)) / (X.std(axis=0) + 1e-9))),
    slip("per-image-statistics", "Every image is normalised with a mean and deviation of its own.", _STATISTICS,
         preprocessed=lambda X: _with_ones((X - X.mean(axis=1)[:, None]) / X.std(axis=1)[:, None])),
    slip("divided-by-255", "The pixels are divided by 255 and not normalised.", _STATISTICS,
         preprocessed=lambda X: _with_ones(_float(X) / 255)),
    slip("scaled-to-one", "The pixels are brought to -1 … 1 and not normalised.", _STATISTICS,
         preprocessed=lambda X: _with_ones(_float(X) / 127.5 - 1)),
    slip("pixels-unchanged", "The pixels come out as they went in.", _STATISTICS,
         preprocessed=lambda X: _with_ones(_float(X))),
    slip("mean-not-subtracted", "The mean is not subtracted.", _STATISTICS,
         preprocessed=lambda X: _with_ones(_float(X) / STD)),
    slip("std-not-divided", "The pixels are not divided by the standard deviation.", _STATISTICS,
         preprocessed=lambda X: _with_ones(_float(X) - MEAN)),
    slip("variance-for-std", "The pixels are divided by the variance.", _STATISTICS,
         preprocessed=lambda X: _with_ones((_float(X) - MEAN) / STD**2)),
    slip("root-of-std", "The pixels are divided by the root of the standard deviation.", _STATISTICS,
         preprocessed=lambda X: _with_ones((_float(X) - MEAN) / STD**0.5)),
    slip("mean-and-std-exchanged", "Mean and deviation are exchanged.", _STATISTICS,
         preprocessed=lambda X: _with_ones((_float(X) - STD) / MEAN)),
    slip("scaled-before-statistics", "The pixels are divided by 255 first, and then normalised with the mean and "
         "deviation of pixels in 0 … 255.", _STATISTICS,
         preprocessed=lambda X: _with_ones((_float(X) / 255 - MEAN) / STD)),
    slip("mean-without-brackets", "Only the mean is divided by the deviation: brackets are missing.",
         "In Python division goes before subtraction.", preprocessed=lambda X: _with_ones(_float(X) - MEAN / STD)),
    slip("bytes-wrap-around", "Dark pixels come out bright: unsigned bytes wrap around at 0.",
         "Make X a float array before you subtract.",
         preprocessed=lambda X: _with_ones((X - np.uint8(33)) / STD)),
    slip("bias-missing", "The column of ones is missing.", _ONES,
         preprocessed=lambda X: standardised(X)[:, :-1]),
    slip("bias-zeros", "The bias column is all zeros.", _ONES,
         preprocessed=lambda X: _with_ones(standardised(X)[:, :-1], 0.0)),
    slip("bias-normalised", "The bias column was normalised with the pixels.", _ONES,
         preprocessed=_bias_before_statistics),
    slip("bias-misplaced", "The column of ones stands neither first nor last.", _ONES,
         preprocessed=_bias_in_the_middle),
    slip("bias-columns", "More than one column was added.", _ONES,
         preprocessed=lambda X: _with_ones(standardised(X))),
    slip("bias-other-value", "The bias column is constant, and not 1.", _ONES,
         preprocessed=lambda X: _with_ones(standardised(X)[:, :-1], 5.0)),
)  # fmt: skip

_MEAN_LOSS = "For each row sum -target * log(output) over the classes, then take the mean over the rows."


def _each(t: Array, y: Array) -> Array:
    return np.asarray(-(t * np.log(y)).sum(axis=1))


LOSS_SLIPS = (
    slip("loss-sum", "The losses of the batch are summed.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: float(_each(t, y).sum())),
    slip("loss-mean-over-classes", "The mean is taken over batch and classes.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: float(_each(t, y).mean() / t.shape[1])),
    slip("loss-sum-over-classes-count", "The sum over the batch is divided by the number of classes.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: float(_each(t, y).sum() / t.shape[1])),
    slip("loss-vector", "A loss for every row is returned.", _MEAN_LOSS, cross_entropy_loss=_each),
    slip("loss-matrix", "A loss for every entry is returned.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: -t * np.log(y)),
    slip("loss-by-class", "The sum goes over the batch: a loss for every class is returned.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: -(t * np.log(y)).sum(axis=0)),
    slip("loss-sign", "The minus is missing.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: -float(_each(t, y).mean())),
    slip("loss-binary", "This is the binary cross-entropy of every output.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: float(-(t * np.log(y) + (1 - t) * np.log(1 - y)).sum(axis=1).mean())),
    slip("loss-binary-mean", "This is the binary cross-entropy, averaged over batch and classes.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: float(-(t * np.log(y) + (1 - t) * np.log(1 - y)).mean())),
    slip("loss-other-base", "The logarithm has base 2.", "np.log is the natural logarithm.",
         cross_entropy_loss=lambda t, y: float(_each(t, y).mean() / np.log(2))),
    slip("loss-base-ten", "The logarithm has base 10.", "np.log is the natural logarithm.",
         cross_entropy_loss=lambda t, y: float(_each(t, y).mean() / np.log(10))),
    slip("loss-without-log", "The logarithm is missing.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: float(-(t * y).sum(axis=1).mean())),
    slip("loss-softmax-inside", "Softmax is taken again inside the loss.", "outputs are probabilities already.",
         cross_entropy_loss=lambda t, y: float(_each(t, np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)).mean())),
    slip("loss-arguments-exchanged", "Targets and outputs are exchanged.", "Take the logarithm of the outputs.",
         cross_entropy_loss=lambda t, y: float(-(y * np.log(t + 1e-12)).sum(axis=1).mean())),
    slip("loss-squared", "This is a squared error.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: float(((t - y) ** 2).sum(axis=1).mean())),
    slip("loss-first-row", "Only the first row counts.", _MEAN_LOSS,
         cross_entropy_loss=lambda t, y: float(_each(t, y)[0])),
)  # fmt: skip

_PLACE = "Row n has a 1 at column Y[n] and zeros elsewhere."


def _rows(Y: Images) -> npt.NDArray[np.int64]:
    return np.asarray(Y, dtype=np.int64).reshape(-1)


ONE_HOT_SLIPS = (
    slip("one-hot-transposed", "Classes and examples are exchanged.", "The shape is (examples, classes).",
         one_hot_encode=lambda Y, k: np.eye(k)[_rows(Y)].T),
    slip("one-hot-off-by-one", "The 1 stands one column off.", _PLACE,
         one_hot_encode=lambda Y, k: np.eye(k)[_rows(Y) - 1]),
    slip("one-hot-ten-classes", "There are always 10 columns.", "Use num_classes.",
         one_hot_encode=lambda Y, k: np.eye(max(10, int(Y.max()) + 1))[_rows(Y)] + 0 * k),
    slip("one-hot-extra-axis", "There is an axis too many.", "Y has shape (n, 1): take Y[:, 0].",
         one_hot_encode=lambda Y, k: np.eye(k)[_rows(Y)][:, None, :]),
    slip("one-hot-labels", "The label itself stands at its place, instead of 1.", _PLACE,
         one_hot_encode=lambda Y, k: np.eye(k)[_rows(Y)] * Y),
    slip("one-hot-all-ones", "Every row is full of ones.", _PLACE, one_hot_encode=lambda Y, k: np.ones((len(Y), k))),
    slip("one-hot-zeros", "There is no 1 anywhere.", _PLACE, one_hot_encode=lambda Y, k: np.zeros((len(Y), k))),
)  # fmt: skip


def _drawn(make: Callable[[np.random.RandomState, tuple[int, int]], Array]) -> Callable[[bool], list[Array]]:
    """First weights by a wrong law, in the sizes that the check asks for."""

    def start(improved: bool) -> list[Array]:  # noqa: ARG001 - the law is wrong either way
        random = np.random.RandomState(np.random.randint(2**31))  # noqa: NPY002 - the judge seeds this one
        return [make(random, shape) for shape in SHAPES]

    return start


SHAPES = ((INPUTS, 90), (90, 30), (30, 10))


def _normal(std: Callable[[int, int], float]) -> Callable[[bool], list[Array]]:
    return _drawn(lambda r, s: r.normal(0.0, std(*s), s))


_LOOK = "np.random.normal(0, 1 / np.sqrt(fan_in), (fan_in, units)), where fan_in is the number of rows."
_UNIFORM = "np.random.uniform(-1, 1, (size, units)) for every layer."


def _law(id_: str, look: str, start: Callable[[bool], list[Array]], says: str = "") -> Mistake:
    return slip(id_, says or SAID[id_], look, first_weights=start)


def _some_zero(improved: bool) -> list[Array]:  # noqa: ARG001
    random = np.random.RandomState(np.random.randint(2**31))  # noqa: NPY002 - the judge seeds this one
    first = random.normal(0, 1 / np.sqrt(INPUTS), SHAPES[0])
    return [first, *(np.zeros(s) for s in SHAPES[1:])]


NORMAL_SLIPS = (
    _law("zeros-left", _LOOK, _drawn(lambda _, s: np.zeros(s))),
    _law("ones-instead", _LOOK, _drawn(lambda _, s: np.ones(s))),
    _law("uniform-one", _LOOK, _drawn(lambda r, s: r.uniform(-1, 1, s))),
    _law("one-over-fan-in", _LOOK, _normal(lambda n, _: 1 / n)),
    _law("fan-out-for-fan-in", _LOOK, _normal(lambda _, m: 1 / np.sqrt(m))),
    _law("std-one", _LOOK, _normal(lambda n, m: 1.0 + 0 * (n + m))),
    _law("xavier-instead", _LOOK, _normal(lambda n, m: np.sqrt(2 / (n + m)))),
    _law("kaiming-instead", _LOOK, _normal(lambda n, _: np.sqrt(2 / n))),
    _law("other-shape", _LOOK, _drawn(lambda r, s: r.uniform(-np.sqrt(3 / s[0]), np.sqrt(3 / s[0]), s))),
    _law("std-as-bound", _LOOK, _drawn(lambda r, s: r.uniform(-1 / np.sqrt(s[0]), 1 / np.sqrt(s[0]), s))),
    _law("xavier-other-shape", _LOOK, _drawn(lambda r, s: r.uniform(-1, 1, s) * np.sqrt(6 / sum(s)))),
    _law("only-some-layers", _LOOK, _some_zero, "Only some layers are initialised."),
)
UNIFORM_SLIPS = (
    _law("zeros-left", _UNIFORM, _drawn(lambda _, s: np.zeros(s))),
    _law("ones-instead", _UNIFORM, _drawn(lambda _, s: np.ones(s))),
    _law("uniform-zero-to-one", _UNIFORM, _drawn(lambda r, s: r.uniform(0, 1, s)), "They are uniform on [0, 1]."),
    _law("std-one-normal", _UNIFORM, _drawn(lambda r, s: r.normal(0, 1, s)), "They are standard normal."),
    _law("half-range", _UNIFORM, _drawn(lambda r, s: r.uniform(-0.5, 0.5, s))),
)


def _after_threshold(outputs: Array, targets: Array) -> float:
    return float(((outputs > 0.5) == (targets > 0.5)).mean())  # noqa: PLR2004 - the threshold of that mistake


_SHARE = "Find the largest entry of each row, of outputs and of targets; count how often they agree, for each row."

ACCURACY_SLIPS = (
    slip("accuracy-zero", "Your accuracy is always 0.", _SHARE, accuracy=lambda *_: 0.0),
    slip("accuracy-per-output", "Your accuracy compares every output with its target after a threshold.", _SHARE,
         accuracy=_after_threshold),
    slip("accuracy-not-divided", "Your accuracy is the number of right answers.", "Divide by the number of rows.",
         accuracy=lambda y, t: float((y.argmax(1) == t.argmax(1)).sum())),
    slip("accuracy-divided-by-entries", "Your accuracy is divided by the number of entries.", _SHARE,
         accuracy=lambda y, t: float((y.argmax(1) == t.argmax(1)).sum() / t.size)),
    slip("error-rate", "Your accuracy is the share of wrong answers.", _SHARE,
         accuracy=lambda y, t: float((y.argmax(1) != t.argmax(1)).mean())),
    slip("accuracy-argmax-axis", "Your accuracy takes the argmax over the examples.", _SHARE,
         accuracy=lambda y, t: float((y.argmax(0) == t.argmax(0)).mean())),
)  # fmt: skip
