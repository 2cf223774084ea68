"""Networks written by hand: how replies about them are taken apart, and judged so that a convention costs nothing."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, expect
from grading.checks.conclusions import Conclusion, right, wrong
from grading.domain.errors import Missing, NotDefined
from grading.mistakes.circles_network import BIAS_SHAPE, WEIGHT_SHAPE
from grading.mistakes.metrics import ACCURACY
from grading.numerics.closeness import difference

Array = npt.NDArray[np.float64]
Put = Callable[..., Any]
Shapes = Mapping[str, tuple[int, ...]]

SHARE_RTOL = 1e-3
APART = 0.01
"""Accuracies that are told apart."""


# -- replies ----------------------------------------------------------------------------------------------


def asking(ask: Callable[..., Any], *front: Any) -> Callable[..., Any]:
    """A question with some arguments in front; what the driver does not find is not defined, and no other's fault."""

    def asked(put: Put, *args: Any, **options: Any) -> Any:
        def once(*more: Any, **named: Any) -> Any:
            try:
                return put(*front, *more, **named)
            except Missing as fault:
                raise NotDefined(str(fault)) from fault

        return ask(once, *args, **options)

    return asked


def arrays(reply: object, what: str, shapes: Shapes, lead: tuple[int, ...] = ()) -> dict[str, Array]:
    """A reply of arrays by name, of these shapes behind `lead`."""
    values = expect.mapping(reply, what, keys=tuple(shapes))
    return {n: expect.array(values[n], f"{what}: {n}", shape=(*lead, *s), finite=False) for n, s in shapes.items()}


def ask_pass(put: Put, p: Mapping[str, Any], x: Any, *, classes: int) -> dict[str, Any]:
    """A forward pass: `yhat`, (n, classes), and the intermediate values that it keeps, `outputs`, by name."""
    reply = expect.mapping(put(p, x), "forward", keys=("yhat", "outputs"))
    kept = expect.mapping(reply["outputs"], "the outputs of forward")
    yhat = expect.array(reply["yhat"], "yhat", shape=(len(x), classes), finite=False)
    return {"yhat": yhat, "outputs": {k: expect.array(v, k, finite=False) for k, v in kept.items()}}


def ask_loss(put: Put, *args: Any) -> dict[str, float]:
    """A pair of loss and accuracy."""
    loss, accuracy = expect.sequence(put(*args), "what loss_accuracy returns", length=2)
    return {"loss": expect.number(loss, "your loss"), "accuracy": expect.number(accuracy, "your accuracy")}


# -- conclusions ------------------------------------------------------------------------------------------


def shaped(made: Mapping[str, Array], shapes: Shapes) -> Conclusion:
    """Weights have the shapes of their layers, all of them either way round; biases have as many entries as units."""
    weights = {name: shape for name, shape in shapes.items() if len(shape) > 1}
    first, shape = next(iter(weights.items()))
    way = -1 if made[first].shape == shape[::-1] else 1
    for name, shape in weights.items():
        if made[name].shape != shape[::way]:
            return wrong(f"{name} has shape {made[name].shape}, expected {shape[::way]}.", WEIGHT_SHAPE)
    for name, (units, *_) in ((n, s) for n, s in shapes.items() if n not in weights):
        if made[name].size != units or sum(n > 1 for n in made[name].shape) > 1:
            return wrong(f"{name} has shape {made[name].shape}, expected {units} entries.", BIAS_SHAPE)
    return right()


def kept_as_named(kept: Mapping[str, Array], wanted: Mapping[str, Array], where: str) -> Conclusion:
    """What a pass keeps under a name is that quantity, either way round; what it leaves out is only told.

    Args:
        kept: the student's.
        wanted: the judge's, under the statement's names.
        where: the student's name for it all.
    """
    for name in (n for n in wanted if n in kept):
        got = kept[name]
        ways = [w for w in (wanted[name], wanted[name].T) if w.shape == got.shape]
        if not any(difference(w, got, rtol=1e-4, atol=1e-5) is None for w in ways):
            return wrong(f"{where}[{name!r}] is not {name}.", array=name)
    missing = [n for n in wanted if n not in kept]
    lacks = f"Your {where} lack {', '.join(missing)}, which the statement names; it costs nothing by itself."
    return right(lacks) if missing else right()


def length(gradients: Mapping[str, Array]) -> float:
    """Of all gradients together."""
    return float(np.sqrt(sum(float((g * g).sum()) for g in gradients.values())))


def mean_or_sum(gradients: Mapping[str, Array], summed: Mapping[str, Array], examples: int) -> Conclusion:
    """Gradients that point the right way are those of the mean over the batch, or of the sum: all the same.

    Args:
        gradients: the student's.
        summed: the right ones, of the sum.
        examples: in the batch.
    """
    factor = length(gradients) / length(summed) * examples
    if abs(factor - 1) <= SHARE_RTOL:
        return right()
    if abs(factor - examples) <= SHARE_RTOL * examples:
        return right(
            "Your gradients are summed over the batch; the loss is a mean. It costs nothing: the learning rate just "
            "works as if it were larger."
        )
    said = f"All your gradients are {factor:.4g} times those of the mean loss: neither its mean nor its sum."
    return wrong(said, factor=factor)


def telling_scores(draw: Draw, examples: int, classes: int) -> tuple[Array, Array]:
    """Scores and one-hot targets for which no known mistake gives the right accuracy, and no two the same.

    Raises:
        ValueError: two hundred draws did not give any.
    """
    for attempt in range(200):
        stream = draw.stream(f"attempt-{attempt}")
        e = np.exp(scores := stream.normal(examples, classes, scale=1.5))
        q, t = e / e.sum(axis=1, keepdims=True), stream.one_hot(examples, classes, dtype="float64")
        others = {round(known.variant(q, t), 6) for known in ACCURACY}
        share = float((q.argmax(axis=1) == t.argmax(axis=1)).mean())
        if len(others) == len(ACCURACY) and all(abs(other - share) > APART for other in others):
            return scores, t
    raise ValueError("no draw tells the known mistakes apart")
