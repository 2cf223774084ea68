"""A New Assignment: what is asked, what is right, and how it goes wrong.

A check is a question. It is put to the student's program and to the reference, with the same random inputs, and the
answers are compared. Its docstring is the question as the student reads it.
"""

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Function, KnownMistake, Reference, Rubric, Subject, acting, expect, require

Array = npt.NDArray[np.float64]


def affine(x: Array, w: Array, b: Array) -> Array:
    """Rows of x (n, d) times w (d, k), plus b (k,)."""
    return np.asarray(x @ w + b)


def softmax(z: Array) -> Array:
    """Rows of z (n, k) as probabilities; shifted first, so that large scores do not overflow."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


# A known mistake: its id, what the student did, what to do about it, and the right answer with that one change.
BIAS_FORGOTTEN = KnownMistake(
    "affine-without-bias",
    "The answer is x @ w: the bias is not added.",
    "Add b, which has one entry for each column of w.",
    lambda x, w, _b: x @ w,
)
OVER_COLUMNS = KnownMistake(
    "softmax-over-columns",
    "Each column adds up to 1; each row should.",
    "Sum over axis 1, with keepdims=True.",
    lambda z: softmax(z.T).T,
)
# One without a variant: the check below sees it in the answer, and names it.
OVERFLOWS = KnownMistake(
    "softmax-overflows",
    "The exponential overflows on large scores.",
    "Subtract each row's maximum before exp: the probabilities stay the same.",
)

rubric = Rubric("new-assignment", points="3")
layers = rubric.part(
    "layers.py",
    expects=[Function("affine", arity=3), Function("softmax", arity=1)],
    reference=Reference(affine=affine, softmax=softmax),
)

affine_row = layers.criterion("affine", "Affine layer", section="1", points="1")
softmax_row = layers.criterion("softmax", "Softmax", section="2", points="2")


@affine_row.agrees(mistakes=acting([BIAS_FORGOTTEN], "affine"))
def affine_values(subject: Subject, draw: Draw) -> object:
    """affine(x, w, b) is x @ w + b, for a batch of rows."""
    n, d, k = draw.sizes(3, 3, 9)
    return subject.affine(draw.normal(n, d), draw.normal(d, k), draw.normal(k))


@softmax_row.agrees(mistakes=acting([OVER_COLUMNS], "softmax"))
def softmax_values(subject: Subject, draw: Draw) -> object:
    """softmax(z) turns each row of scores into probabilities."""
    n, k = draw.sizes(2, 3, 9)
    return subject.softmax(draw.normal(n, k, scale=2.0))


@softmax_row.holds(needs=("softmax_values",), form="free")
def softmax_of_large_scores(student: Subject, draw: Draw) -> None:
    """softmax(z) gives probabilities when scores are in the thousands, too."""
    answer = expect.array(student.softmax(draw.normal(4, 5) + 2000.0), "what softmax returns", finite=False)
    require(np.isfinite(answer).all(), "Your softmax of large scores is not a number.", mistake=OVERFLOWS)
    require(np.allclose(answer.sum(axis=1), 1.0), "The rows of your softmax of large scores do not add up to 1.")
