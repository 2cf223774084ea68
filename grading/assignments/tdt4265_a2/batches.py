"""The batch loader: every example once, with its own label, in a random order."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.checks.conclusions import Conclusion, right, slip, wrong
from grading.domain.errors import BadReply

Array = npt.NDArray[np.float64]
Pair = list[Array]
MOST = 200


def ask_batches(put: Callable[..., Any], X: Array, Y: Array, size: int, *, shuffle: bool) -> list[Pair]:
    """What `utils.batch_loader` yields for images whose rows, and labels that, are numbered."""
    told = admit.sequence(put("utils", X, Y, size, shuffle=shuffle), "what batch_loader yields")[:MOST]
    found = []
    for n, one in enumerate(told):
        x, y = admit.sequence(one, f"batch {n}", length=2)
        x, y = admit.array(x, f"the images of batch {n}"), admit.array(y, f"the labels of batch {n}")
        if x.shape[1:] != X.shape[1:] or y.shape[1:] != Y.shape[1:] or len(x) != len(y) or not len(x):
            raise BadReply(f"batch {n} has shapes {x.shape} and {y.shape}")
        found.append([x, y])
    return found


def in_order(*, shuffled: bool, pairs: bool = True, again: bool = False) -> Callable[..., list[Pair]]:
    """A loader of ours: shuffled, with images and labels kept together, each once."""

    def loader(X: Array, Y: Array, size: int, *, shuffle: bool) -> list[Pair]:
        random = np.random.RandomState(np.random.randint(2**31))  # noqa: NPY002 - the judge seeds this one
        rows = random.permutation(len(X)) if shuffle and shuffled else np.arange(len(X))
        labels = rows if pairs else np.arange(len(X))
        starts = range(0, len(X) - size + 1, size)
        if again:
            rows = labels = random.randint(0, len(X), len(X))
        return [[X[rows[s : s + size]], Y[labels[s : s + size]].astype(np.float64)] for s in starts]

    return loader


def judged_batches(batches: list[Pair], n: int, size: int) -> Conclusion:
    """`n` examples, `size` to a batch: x[:, 0] is three times y."""
    if not batches or sum(len(x) for x, _ in batches) < n - n % size:
        return wrong("The batches do not hold all examples.", "batches-missing")
    x, y = (np.concatenate([pair[i].reshape(len(pair[i]), -1)[:, 0] for pair in batches]) for i in (0, 1))
    if not np.array_equal(x, 3 * y):
        return wrong("Images and labels do not belong together any more.", "shuffle-breaks-pairs")
    if len(set(y.tolist())) < len(y):
        return wrong("Some examples come twice in one round.", "shuffle-repeats-rows")
    if np.array_equal(y, np.sort(y)):
        return wrong("With shuffle=True the examples come in their old order.", "shuffle-missing")
    whole = [set(range(s, s + size)) for s in range(0, n, size)]
    if all(any(set(b[:, 0].astype(int).tolist()) <= group for group in whole) for _, b in batches):
        return right("Your shuffle keeps the batches and changes their order, or the order inside them: shuffle rows.")
    return right()


_LOOK = "Draw indices = np.random.permutation(len(X)) and use them for X and for Y."

BATCH_SLIPS = (
    slip("shuffle-missing", "shuffle=True changes nothing.", _LOOK, batches=in_order(shuffled=False)),
    slip("shuffle-breaks-pairs", "Images and labels are shuffled apart.", _LOOK,
         batches=in_order(shuffled=True, pairs=False)),
    slip("shuffle-repeats-rows", "Rows are drawn with replacement.", _LOOK,
         batches=in_order(shuffled=True, again=True)),
)  # fmt: skip
