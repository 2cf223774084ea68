"""How the sigmoid and the rectifier go wrong."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from grading.mistakes import KnownMistake
from reference_models.activations import relu, sigmoid

Array = npt.NDArray[np.float64]
Function = Callable[[Array], Array]

SIGMOID: tuple[KnownMistake[Function], ...] = (
    KnownMistake(
        "sigmoid-sign",
        "Your sigmoid is 1 / (1 + exp(x)): it falls where it should rise.",
        "The exponent is -x. Try your function at x = 10: the answer should be almost 1.",
        lambda x: sigmoid(-x),
    ),
    KnownMistake(
        "sigmoid-gradient-instead",
        "Your sigmoid returns the slope, s·(1 - s), instead of the value s.",
        "Return 1 / (1 + exp(-x)) itself; the slope belongs in sigmoid_grad.",
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
    ),
    KnownMistake(
        "sigmoid-is-tanh",
        "Your sigmoid is the hyperbolic tangent: it runs from -1 to 1.",
        "The logistic function runs from 0 to 1 and is 0.5 at 0. Use 1 / (1 + exp(-x)).",
        np.tanh,
    ),
    KnownMistake(
        "sigmoid-missing-one",
        "Your sigmoid is 1 / exp(-x), without the 1 + in the denominator: it grows without bound.",
        "The denominator is (1 + exp(-x)); check the parentheses.",
        lambda x: np.exp(np.minimum(x, 700)),
    ),
    KnownMistake(
        "sigmoid-parentheses",
        "Your sigmoid computes 1 / 1 + exp(-x), which is 1 + exp(-x): division binds before addition.",
        "Put the denominator in parentheses: 1 / (1 + exp(-x)).",
        lambda x: 1 + np.exp(np.minimum(-x, 700)),
    ),
    KnownMistake(
        "sigmoid-exponent-only",
        "Your sigmoid returns only exp(-x).",
        "That is one piece of it: return 1 / (1 + exp(-x)).",
        lambda x: np.exp(np.minimum(-x, 700)),
    ),
    KnownMistake(
        "sigmoid-minus",
        "Your sigmoid has 1 - exp(-x) in the denominator, where 1 + exp(-x) belongs.",
        "Check the sign: at x = 0 the denominator should be 2.",
        lambda x: 1 / (1 - np.exp(np.minimum(-x, 700))),
    ),
    KnownMistake(
        "sigmoid-softmax",
        "Your sigmoid divides by the sum of all entries: that is a softmax.",
        "Each entry stands alone: 1 / (1 + exp(-x)), with no sum over the array.",
        lambda x: np.exp(x - x.max()) / np.exp(x - x.max()).sum(),
    ),
    KnownMistake(
        "sigmoid-softmax-rows",
        "Your sigmoid divides by the sum of its row: that is a softmax.",
        "Each entry stands alone: 1 / (1 + exp(-x)), with no sum over a row.",
        lambda x: (
            np.exp(x - x.max(axis=-1, keepdims=True)) / np.exp(x - x.max(axis=-1, keepdims=True)).sum(-1, keepdims=True)
        ),
    ),
    KnownMistake(
        "sigmoid-hard-step",
        "Your sigmoid is rounded to 0 or 1: a step instead of a smooth curve.",
        "Return the value itself; do not compare it with 0.5 or round it.",
        lambda x: np.where(x >= 0, 1.0, 0.0),
    ),
    KnownMistake(
        "sigmoid-is-relu",
        "Your sigmoid is the rectifier max(0, x).",
        "The two functions seem to be swapped: sigmoid is 1 / (1 + exp(-x)).",
        relu,
    ),
    KnownMistake(
        "sigmoid-of-magnitude",
        "Your sigmoid is that of |x|: it never falls below 0.5.",
        "1 / (1 + exp(-|x|)) is right from 0 on; to the left it is exp(-|x|) / (1 + exp(-|x|)).",
        lambda x: sigmoid(np.abs(x)),
    ),
    KnownMistake(
        "sigmoid-base-two",
        "Your sigmoid uses a power of 2 instead of e.",
        "Use np.exp(-x).",
        lambda x: sigmoid(x * np.log(2)),
    ),
)

RELU: tuple[KnownMistake[Function], ...] = (
    KnownMistake(
        "relu-mask",
        "Your relu returns where x is positive (1 or True), not x itself.",
        "That is the slope. Keep x where it is positive: max(0, x).",
        lambda x: (x > 0).astype(np.float64),
    ),
    KnownMistake(
        "relu-leaky",
        "Your relu lets a hundredth of the negative side through: that is a leaky ReLU.",
        "Negative entries become exactly 0.",
        lambda x: np.where(x > 0, x, 0.01 * x),
    ),
    KnownMistake(
        "relu-leaky-tenth",
        "Your relu lets a tenth of the negative side through: that is a leaky ReLU.",
        "Negative entries become exactly 0.",
        lambda x: np.where(x > 0, x, 0.1 * x),
    ),
    KnownMistake(
        "relu-absolute",
        "Your relu returns the absolute value: negative entries change sign instead of becoming 0.",
        "Use max(0, x), not |x|.",
        np.abs,
    ),
    KnownMistake(
        "relu-minimum",
        "Your relu keeps the negative side: it is min(0, x).",
        "Use max, or turn the comparison round.",
        lambda x: np.minimum(0.0, x),
    ),
    KnownMistake(
        "relu-mirrored",
        "Your relu returns max(0, -x): the mirror image.",
        "Look for a minus sign that should not be there, or a comparison the wrong way round.",
        lambda x: np.maximum(0.0, -x),
    ),
    KnownMistake(
        "relu-clipped-at-one",
        "Your relu stops at 1.",
        "There is no upper bound: positive entries pass unchanged.",
        lambda x: np.clip(x, 0.0, 1.0),
    ),
    KnownMistake(
        "relu-clipped-at-six",
        "Your relu stops at 6.",
        "There is no upper bound: positive entries pass unchanged.",
        lambda x: np.clip(x, 0.0, 6.0),
    ),
    KnownMistake(
        "relu-whole-array",
        "Your relu takes the maximum over the whole array, one number for all entries.",
        "np.max reduces an array to a number; np.maximum(0, x) compares entry by entry.",
        lambda x: np.asarray(np.maximum(0.0, x.max())),
    ),
    KnownMistake(
        "relu-floor-one",
        "Your relu is max(1, x).",
        "The floor is 0: max(0, x).",
        lambda x: np.maximum(1.0, x),
    ),
    KnownMistake(
        "relu-identity",
        "Your relu returns x unchanged.",
        "Negative entries must become 0.",
        lambda x: x * 1.0,
    ),
    KnownMistake(
        "relu-integers",
        "Your relu cuts off the digits behind the point.",
        "Keep floating point: look for astype(int), an integer array that you fill, or dtype=int.",
        lambda x: np.trunc(np.maximum(0.0, x)),
    ),
    KnownMistake(
        "relu-is-sigmoid",
        "Your relu is the sigmoid.",
        "The two functions seem to be swapped: relu is max(0, x).",
        sigmoid,
    ),
    KnownMistake(
        "relu-softplus",
        "Your relu is log(1 + exp(x)): the softplus, a smooth relative.",
        "The rectifier has a corner at 0: max(0, x).",
        lambda x: np.logaddexp(0.0, x),
    ),
)

NOT_ELEMENTWISE = KnownMistake(
    "not-elementwise",
    "Your function works on a single number but raises an error on an array.",
    "Use NumPy functions (np.exp, np.maximum, np.where) instead of math.exp, max() or `if x > 0`.",
)

TRUE_SLOPES: dict[str, dict[str, Function]] = {
    "tanh": {"sigmoid": np.tanh, "sigmoid_grad": lambda a: 1 - a * a},
    "falling-sigmoid": {"sigmoid": lambda x: sigmoid(-x), "sigmoid_grad": lambda a: a * (a - 1)},
    "leaky-relu": {
        "relu": lambda x: np.where(x > 0, x, 0.01 * x),
        "relu_grad": lambda a: np.where(a > 0, 1.0, 0.01),
    },
}
"""Wrong functions with slopes of their own, in terms of the activation, that somebody derived rightly for them."""
