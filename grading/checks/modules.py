r"""Networks as modules: parameters, shapes, what they compute, and what training mode changes.

Names and attributes are the student's own, so nothing here asks for a name. A network is known by the shapes of its
tensors in the order of its layers, by their number, and by what it computes when the judge's weights are put in
(`carried`). Counts are exact. Outputs in float32 are compared at 1e-4 of the largest entry, which is many times what a
different order of summation leaves after some twenty layers.

Dropout with rate p zeroes each entry with probability p and multiplies the rest by 1/(1 - p); the share of zeros among
n entries is p up to :math:`4.9\sqrt{p(1-p)/n}` with a false-alarm rate of 1e-6.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.checks.conclusions import Conclusion, right, wrong
from grading.numerics.closeness import difference
from grading.numerics.statistics import limit_of

Array = npt.NDArray[np.float64]
Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]

FORWARD_TOLERANCE = 1e-4
SAME_PASS = 1e-6
"""Two passes of one network in evaluation mode; threads may sum in another order."""

STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
KERNEL_AXES = 4


def learned(shapes: Shapes) -> dict[str, Shape]:
    """The tensors of a state_dict that are learned: all but a normalisation's running statistics."""
    return {name: shape for name, shape in shapes.items() if name.rpartition(".")[2] not in STATISTICS}


def parameters(shapes: Shapes) -> int:
    """How many numbers are learned.

    Args:
        shapes: of a state_dict, statistics among them or not.
    """
    return sum(math.prod(shape) for shape in learned(shapes).values())


def counted(
    shapes: Shapes, accepted: Mapping[int, str], known: Mapping[int, tuple[str, str]] | None = None
) -> Conclusion:
    """Your network has as many parameters as the architecture that was asked for.

    Args:
        shapes: name → shape, the student's.
        accepted: count → remark, or "" for the statement's own.
        known: wrong count → (mistake's id, what to tell the student).
    """
    count = parameters(shapes)
    if count in accepted:
        return right(*([accepted[count]] if accepted[count] else []), parameters=count)
    if known and count in known:
        mistake, said = known[count]
        return wrong(f"Your network has {count:,} parameters. {said}", mistake, parameters=count)
    return wrong(
        f"Your network has {count:,} parameters, another number than the architecture has.", "", parameters=count
    )


def layers(shapes: Shapes, wanted: Sequence[Shape]) -> Conclusion:  # noqa: PLR0911 - one for each way to differ
    """Your layers have the shapes of the architecture that was asked for, in its order.

    Args:
        shapes: name → shape, the student's, in the order of the state_dict.
        wanted: shapes of the learned tensors, in order.
    """
    got = list(learned(shapes).items())
    found = [shape for _, shape in got]
    if found == list(wanted):
        return right()
    if sorted(found) == sorted(wanted):
        return right("Your layers stand in another order than they are used: allowed.")
    missing, extra = _left_over(wanted, found), _left_over(found, wanted)
    facts = {"missing": [list(s) for s in missing], "extra": [list(s) for s in extra]}
    if missing and not extra and all(len(s) == 1 for s in missing):
        return wrong(f"{len(missing)} bias or normalisation vectors are missing.", "vectors-missing", **facts)
    if extra and not missing and all(len(s) == 1 for s in extra):
        return wrong(
            f"{len(extra)} vectors are there that the architecture does not have: biases or normalisations.",
            "vectors-too-many",
            **facts,
        )
    if extra and not missing:
        return wrong("Your network has more layers than the architecture.", "layers-too-many", **facts)
    if missing and not extra:
        return wrong("Your network has fewer layers than the architecture.", "layers-missing", **facts)
    return _first_other(got, wanted, facts)


def _left_over(these: Sequence[Shape], those: Sequence[Shape]) -> list[Shape]:
    rest = list(those)
    left = []
    for shape in these:
        if shape in rest:
            rest.remove(shape)
        else:
            left.append(shape)
    return left


def _first_other(got: Sequence[tuple[str, Shape]], wanted: Sequence[Shape], facts: Mapping[str, object]) -> Conclusion:
    for (name, shape), right_shape in zip(got, wanted, strict=False):
        if shape == right_shape:
            continue
        text = f"{name} has shape {shape}"
        if len(shape) == len(right_shape) == KERNEL_AXES and shape[:2] == right_shape[:2]:
            return wrong(f"{text}: the size of the kernel is another one.", "kernel-size", **facts)
        if shape == right_shape[::-1]:
            return wrong(f"{text}: inputs and outputs are exchanged.", "sizes-exchanged", **facts)
        if len(shape) == len(right_shape) and shape[0] == right_shape[0]:
            return wrong(f"{text}: the number of its inputs is another one.", "layer-inputs", **facts)
        if len(shape) == len(right_shape) and shape[1:] == right_shape[1:]:
            return wrong(f"{text}: the number of its outputs is another one.", "layer-outputs", **facts)
        return wrong(f"{text}: the architecture has another layer there.", "", **facts)
    return wrong("Your network has another number of layers.", "", **facts)


def carried(shapes: Shapes, state: Mapping[str, Array]) -> dict[str, Array] | None:
    """The judge's weights under the student's names, or None where shapes and order do not fit.

    Args:
        shapes: name → shape of the student's state_dict, in order.
        state: the reference's name → tensor, in order, learned or not. Statistics are matched among themselves.
    """
    result: dict[str, Array] = {}
    for statistics in (False, True):
        mine = [n for n in shapes if (n.rpartition(".")[2] in STATISTICS) is statistics]
        ours = [n for n in state if (n.rpartition(".")[2] in STATISTICS) is statistics]
        if [tuple(shapes[n]) for n in mine] != [np.shape(state[n]) for n in ours]:
            return None
        result |= {m: state[o] for m, o in zip(mine, ours, strict=True)}
    return {name: result[name] for name in shapes}


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


# -- training and evaluation mode -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Passes:
    """One batch through one network, several times.

    Attributes:
        training: outputs in training mode, two or more passes.
        evaluation: outputs in evaluation mode, two or more passes.
        alone: in evaluation mode, the first example by itself, (1, ...).
    """

    training: Sequence[object]
    evaluation: Sequence[object]
    alone: object


def modes(passes: Passes, *, dropout: bool, normalisation: bool) -> Conclusion:
    """Dropout and batch normalisation work in training, and only there.

    Args:
        passes: what came out.
        dropout: whether the network must have it.
        normalisation: whether it must have batch normalisation.
    """
    first = admit.array(passes.evaluation[0], "the output in evaluation mode")
    evaluation = [admit.array(p, "the output in evaluation mode", shape=first.shape) for p in passes.evaluation]
    training = [admit.array(p, "the output in training mode", shape=first.shape) for p in passes.training]
    alone = admit.array(passes.alone, "the output for one example", shape=(1, *first.shape[1:]))
    if not all(_same(first, p, SAME_PASS) for p in evaluation[1:]):
        return wrong(
            "In evaluation mode two passes of the same batch differ: dropout stays on. Use nn.Dropout, or hand "
            "`self.training` to the function.",
            "dropout-in-evaluation",
        )
    if not _same(first[:1], alone, FORWARD_TOLERANCE):
        return wrong(
            "In evaluation mode the answer for an example depends on the rest of the batch: normalise with the running "
            "statistics.",
            "batch-statistics-in-evaluation",
        )
    random = not all(_same(training[0], p, SAME_PASS) for p in training[1:])
    if dropout and not random:
        return wrong("In training mode two passes of the same batch are equal: there is no dropout.", "no-dropout")
    if random and not dropout:
        return right("Your network has dropout, which was not asked for: allowed.")
    if normalisation and not random and _same(first, training[0], SAME_PASS):
        return wrong(
            "Training and evaluation mode give the same: there is no batch normalisation.", "no-batch-normalisation"
        )
    return right()


def dropped(entered: object, left: object, rate: float) -> Conclusion:
    """Dropout zeroes a share `rate` of the entries and scales the rest by 1/(1 - rate).

    Args:
        entered: what went in, no zeros.
        left: what came out in training mode.
        rate: p.
    """
    x = admit.array(entered, "the input of dropout")
    y = admit.array(left, "the output of dropout", shape=x.shape)
    zero = y == 0
    share = float(zero.mean())
    kept = y[~zero] / x[~zero]
    slack = limit_of() * math.sqrt(rate * (1 - rate) / x.size)
    scale = float(np.median(kept)) if kept.size else 0.0
    facts = {"share": share, "scale": scale}
    if abs(share - rate) > slack:
        if abs(share - (1 - rate)) <= slack:
            return wrong(
                f"{share:.0%} of the entries are dropped: keep and drop are exchanged.", "dropout-complement", **facts
            )
        if share == 0:
            return wrong("No entry is dropped in training mode.", "no-dropout", **facts)
        return wrong(f"{share:.0%} of the entries are dropped, {rate:.0%} should be.", "dropout-rate", **facts)
    if kept.size and not np.allclose(kept, 1 / (1 - rate), rtol=FORWARD_TOLERANCE):
        if np.allclose(kept, 1.0, rtol=FORWARD_TOLERANCE):
            return wrong(
                "What dropout keeps is not scaled: divide it by 1 - p, or multiply by 1 - p in evaluation.",
                "dropout-not-scaled",
                **facts,
            )
        return wrong(f"What dropout keeps is multiplied by {scale:.4g}.", "dropout-scale", **facts)
    return right(**facts)


def normalised(entered: object, left: object, *, eps: float = 1e-5) -> Conclusion:
    """Batch normalisation in training: every channel of what leaves has mean 0 and variance 1.

    Args:
        entered: (n, channels, ...), what went in.
        left: what came out, with the scale at 1 and the shift at 0.
        eps: added to the variance.
    """
    x = admit.array(entered, "the input of batch normalisation")
    y = admit.array(left, "the output of batch normalisation", shape=x.shape)
    axes = (0, *range(2, x.ndim))
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    variants = {
        "": (x - mean) / np.sqrt(variance + eps),
        "normalised-per-example": (x - x.mean(tuple(range(1, x.ndim)), keepdims=True))
        / np.sqrt(x.var(tuple(range(1, x.ndim)), keepdims=True) + eps),
        "normalised-over-everything": (x - x.mean()) / np.sqrt(x.var() + eps),
        "variance-for-std": (x - mean) / (variance + eps),
        "mean-not-subtracted": x / np.sqrt(variance + eps),
        "not-divided-by-std": x - mean,
        "normalised-per-entry": (x - x.mean(0)) / np.sqrt(x.var(0) + eps),
        "not-normalised": x,
    }
    for mistake, wanted in variants.items():
        if _same(wanted, y):
            if not mistake:
                return right()
            return wrong(f"Batch normalisation: {NORMALISATION[mistake]}.", mistake)
    return wrong("What leaves your batch normalisation does not have mean 0 and variance 1 in each channel.")


NORMALISATION = {
    "normalised-per-example": "mean and variance are taken over each example, not over the batch",
    "normalised-over-everything": "one mean and variance is taken for all channels",
    "variance-for-std": "it divides by the variance, take its root",
    "mean-not-subtracted": "the mean is not subtracted",
    "not-divided-by-std": "the result is not divided by the standard deviation",
    "normalised-per-entry": "every pixel has statistics of its own, take them over the pixels too",
    "not-normalised": "what leaves is what entered",
}


def _same(wanted: Array, got: Array, rtol: float = FORWARD_TOLERANCE) -> bool:
    size = float(np.abs(wanted).max(initial=0.0))
    return difference(wanted, got, rtol=rtol, atol=rtol * size) is None
