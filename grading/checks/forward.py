r"""Forward passes written by hand: each layer's output beside the textbook's, and every example by itself.

*Layer by layer.* The student's hidden values and scores are compared in the order of the network, and the first that is
off is the one to mend: what follows only passes the error on. Known mistakes are told by equality of all layers.
*By itself.* Without batch statistics an example's scores do not depend on which others are in the batch nor on their
order: :math:`f(PX) = P f(X)` for every permutation P, and :math:`f(X)_S = f(X_S)` for every subset S. Two calls show a
sum, mean, softmax or maximum along the wrong axis.

Tolerance 1e-7 relative to an array's largest entry in float64 and 1e-4 in float32, `grading.numerics.closeness`.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.authoring.draw import Draw
from grading.checks.conclusions import Conclusion, right, wrong
from grading.numerics.closeness import agrees

Array = npt.NDArray[np.float64]
TOLERANCE = {"float64": 1e-7, "float32": 1e-4}


def layers(
    got: Mapping[str, object],
    wanted: Mapping[str, Array],
    known: Mapping[str, Mapping[str, Array]] | None = None,
    *,
    words: Mapping[str, str] | None = None,
    dtype: str = "float64",
) -> Conclusion:
    """Every layer of your network computes what the textbook's does.

    Args:
        got: the student's, layer → array.
        wanted: the right ones for the same inputs, in the order of the network.
        known: mistake id → the layers of a network with that mistake.
        words: mistake id → what to tell the student.
        dtype: in which the student computes.
    """
    rtol = TOLERANCE[dtype]
    own = {name: admit.array(got.get(name), f"your {name}", finite=False) for name in wanted}
    off = [name for name, right_one in wanted.items() if not _same(right_one, own[name], rtol)]
    if not off:
        return right()
    first = off[0]
    if own[first].shape != wanted[first].shape:
        said = f"Your {first} has shape {own[first].shape}, expected {wanted[first].shape}."
        transposed = own[first].shape == wanted[first].shape[::-1]
        return wrong(said, "layer-transposed" if transposed else "layer-shape", layer=first)
    for mistake, values in (known or {}).items():
        if all(_same(values[name], own[name], rtol) for name in wanted):
            said = (words or {}).get(mistake, "Your network follows a known mistake.")
            return wrong(f"{said} The first layer that is off is {first}.", mistake, layer=first)
    gap = np.abs(own[first] - wanted[first])
    index = tuple(int(i) for i in np.unravel_index(int(np.nan_to_num(gap, nan=np.inf).argmax()), gap.shape))
    after = f"; what follows it ({', '.join(off[1:])}) is off as well" if off[1:] else ""
    return wrong(
        f"The first layer that is off is {first}: at {list(index)} you have {own[first][index]:.6g}{after}.",
        "",
        layer=first,
        index=index,
        got=float(own[first][index]),
    )


def by_itself(ask: Callable[[Array], object], x: Array, draw: Draw, *, dtype: str = "float64") -> Conclusion:
    """An example's scores do not depend on the others in its batch.

    Args:
        ask: the student's forward pass, (n, d) → (n, k).
        x: n examples, at least 4.
        draw: for the order and the subset.
        dtype: in which the student computes.
    """
    n, rtol = len(x), TOLERANCE[dtype]
    whole = admit.array(ask(x), "your scores", ndim=2)
    if len(whole) != n:
        mistake = "layer-transposed" if whole.shape[1] == n else "layer-shape"
        return wrong(f"Your scores have shape {whole.shape} for {n} examples: one row for each.", mistake)
    order = draw.permutation(n)
    mixed = admit.array(ask(x[order]), "your scores", shape=whole.shape)
    if not _same(whole[order], mixed, rtol):
        return wrong("Your scores change when the examples come in another order.", "order-matters")
    half = admit.array(ask(x[: n // 2]), "your scores", shape=(n // 2, whole.shape[1]))
    if not _same(whole[: n // 2], half, rtol):
        return wrong(
            "Your scores of an example change with the others in the batch: a sum, mean or maximum goes over the "
            "examples, axis 0, where it belongs to each row.",
            "examples-mixed",
        )
    return right()


def _same(wanted: Array, got: Array, rtol: float) -> bool:
    return agrees(wanted, got, rtol=rtol, atol=rtol * float(np.abs(wanted).max(initial=0.0)))
