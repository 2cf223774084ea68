r"""Fine-tuning: which tensors training may move, which it must leave alone, and what it moves unasked.

A tensor is frozen if training leaves every entry as it was, and trained if any entry moves. That is read from the
tensors before and after a few steps and needs neither `requires_grad` nor the optimizer's groups, which only say what
was meant. A normalisation's running statistics are no parameters: in training mode they drift towards the batches even
where every weight is frozen, and the frozen features are no longer the checkpoint's. Courses differ in whether that
costs points, so it is `drift`'s to say.

The tolerance is 0: storing a number does not change it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.checks.conclusions import Conclusion, right, wrong

Array = npt.NDArray[np.float64]
Tensors = Mapping[str, object]

STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
SHOWN = 6


def moved(before: Tensors, after: Tensors) -> tuple[str, ...]:
    """Names of the tensors of which any entry changed; both sides are the student's and are admitted here.

    Raises:
        BadReply: a tensor is gone, or has another shape.
    """
    found = []
    for name in before:
        one = admit.array(before[name], f"{name} before training", finite=False)
        other = admit.array(after.get(name), f"{name} after training", shape=one.shape, finite=False)
        if not np.array_equal(one, other, equal_nan=True):
            found.append(name)
    return tuple(found)


def is_statistic(name: str) -> bool:
    """Whether a tensor is a normalisation's running statistic.

    >>> is_statistic("layer1.0.bn1.running_mean"), is_statistic("fc.weight")
    (True, False)
    """
    return name.rpartition(".")[2] in STATISTICS


def trainable(  # noqa: PLR0911 - one for each way to be wrong
    before: Tensors, after: Tensors, head: Sequence[str], *, body: bool
) -> Conclusion:
    """Training moves the head, and the body where that is asked for.

    Args:
        before: name → tensor (or some of its entries) just before training.
        after: the same after a few steps with a rate that moves what may move.
        head: names of the new layer's parameters.
        body: whether the pretrained parameters should be trained too (fine-tuning) or stay (feature extraction).
    """
    gone = {name for name in moved(before, after) if not is_statistic(name)}
    parameters = [name for name in before if not is_statistic(name)]
    inner = [name for name in parameters if name not in head]
    trained = [name for name in inner if name in gone]
    if not gone:
        return wrong(
            "No parameter moves: the step is missing, everything is frozen, or the rate is 0.", "nothing-moves"
        )
    if not gone & set(head):
        return wrong(
            f"The new layer ({', '.join(head)}) does not move: give its parameters to the optimizer.",
            "head-not-trained",
        )
    if body and not trained:
        return wrong(
            "Only the new layer moves: the pretrained ones are frozen, or were not given to the optimizer.",
            "body-frozen",
        )
    if not body and len(trained) == len(inner):
        return wrong(
            "Every pretrained layer moves: freeze them before the optimizer is made.",
            "body-not-frozen",
            tensors=trained[:SHOWN],
        )
    if not body and trained:
        return wrong(
            f"{len(trained)} of {len(inner)} pretrained parameters move ({trained[0]} …).",
            "body-partly-frozen",
            tensors=trained[:SHOWN],
        )
    still = [name for name in inner if name not in gone]
    if body and len(still) * 2 > len(inner):
        return right(f"{len(still)} of {len(inner)} pretrained parameters stay as they were.", tensors=still[:SHOWN])
    return right()


def drift(before: Tensors, after: Tensors, *, penalised: bool = False) -> Conclusion:
    """A frozen network's normalisations keep the checkpoint's running statistics.

    Args:
        before: name → tensor just before training.
        after: the same after a few steps.
        penalised: whether drift fails the check; else it is a remark.
    """
    names = [name for name in moved(before, after) if is_statistic(name)]
    if not names:
        return right()
    said = (
        f"{len(names)} running statistics of frozen normalisations move while you train ({names[0]} …): "
        "put the frozen part into evaluation mode, model.eval()."
    )
    return wrong(said, "statistics-drift", tensors=names[:SHOWN]) if penalised else right(said, tensors=names[:SHOWN])
