"""A New Assignment: what is asked, and what is right.

Each check is a function from a subject to an answer. It is called with the student's program and with the reference,
on the same random inputs, and the answers are compared. Its docstring is the question that the student reads.
"""

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Function, Mistake, Reference, Rubric, Subject

Array = npt.NDArray[np.float64]


def affine(x: Array, w: Array, b: Array) -> Array:
    """Rows of x (n, d) times w (d, k), plus b (k,)."""
    return np.asarray(x @ w + b)


def softmax(z: Array) -> Array:
    """Rows of z (n, k) as probabilities; shifted first, so that large scores do not overflow."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def softmax_over_columns(z: Array) -> Array:
    """The wrong axis."""
    return softmax(z.T).T


def softmax_unshifted(z: Array) -> Array:
    """Right for small scores only."""
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(z)
        return np.asarray(e / e.sum(axis=1, keepdims=True))


rubric = Rubric("new-assignment", points="3")
layers = rubric.part(
    "layers.py",
    expects=[Function("affine", arity=3), Function("softmax", arity=1)],
    reference=Reference(affine=affine, softmax=softmax),
)

affine_row = layers.criterion("affine", "Affine layer", section="1", points="1")
softmax_row = layers.criterion("softmax", "Softmax", section="2", points="2")


@affine_row.agrees(
    mistakes=[
        Mistake(
            "affine-without-bias",
            says="The answer is x @ w: the bias is not added.",
            look="Add b, which has one entry for each column of w.",
            affine=lambda x, w, _b: x @ w,
        ),
    ]
)
def affine_values(subject: Subject, draw: Draw) -> object:
    """affine(x, w, b) is x @ w + b, for a batch of rows."""
    n, d, k = draw.sizes(3, 3, 9)
    return subject.affine(draw.normal(n, d), draw.normal(d, k), draw.normal(k))


@softmax_row.agrees(
    mistakes=[
        Mistake(
            "softmax-over-columns",
            says="Each column adds up to 1; each row should.",
            look="Sum over axis 1, with keepdims=True.",
            softmax=softmax_over_columns,
        ),
    ]
)
def softmax_values(subject: Subject, draw: Draw) -> object:
    """softmax(z) turns each row of scores into probabilities."""
    n, k = draw.sizes(2, 3, 9)
    return subject.softmax(draw.normal(n, k, scale=2.0))


@softmax_row.agrees(
    needs=("softmax_values",),
    mistakes=[
        Mistake(
            "softmax-overflows",
            says="exp overflows on large scores, and the answer is not a number.",
            look="Subtract each row's maximum before exp: the probabilities stay the same.",
            # An answer that is not a number agrees with nothing, so this mistake is known by what is wrong with it.
            recognise=lambda evidence: evidence.get("differs_in") == "finite",
            softmax=softmax_unshifted,
        ),
    ],
)
def softmax_of_large_scores(subject: Subject, draw: Draw) -> object:
    """softmax(z) does not overflow when scores are in the thousands."""
    return subject.softmax(draw.normal(4, 5) + 2000.0)
