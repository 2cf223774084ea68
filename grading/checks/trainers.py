"""A trainer written by hand, by the steps that it takes, by what they return, and by the batches that it is fed.

A driver lets the trainer take a few steps and writes down where its parameters went. Whoever made a mistake in the
backward pass paid for it there: a step is right if it moves the parameters by -rate times the gradients that the
program's own backward pass gave for this batch, or along their velocity (`grading.checks.trajectories`). Ask with a
rate and a momentum that are no round numbers, so that neither can be taken from a text.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt

from grading.authoring import expect
from grading.checks import trajectories
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.trajectories import Walk
from grading.domain.errors import BadReply
from grading.mistakes.momentum import (
    MOMENTUM_ALWAYS,
    MOMENTUM_AVERAGED,
    MOMENTUM_HARD_CODED,
    PARAMETERS_LEFT_OUT,
    USUAL_MOMENTUM,
)  # fmt: skip
from grading.mistakes.training_loops import (
    BACKWARD_ARGUMENTS,
    BATCHES_MISSING,
    LOSS_BATCH_SIZE,
    LOSS_NOT_RETURNED,
    LOSS_ZERO,
    OTHER_IMAGES,
    SHUFFLE_BREAKS_PAIRS,
    SHUFFLE_MISSING,
    SHUFFLE_REPEATS_ROWS,
    Order,
    Rows,
)  # fmt: skip
from reference_models.optimizers import Hyperparameters
from reference_models.softmax_network import Update

Array = npt.NDArray[np.float64]
Batch = tuple[Array, Array]
Batches = Sequence[Sequence[Array]]
"""Pairs of inputs and targets."""

LOSS_RTOL = 1e-4
SMALLEST = 1e-300
MOST_BATCHES = 200


class Step(TypedDict):
    """What one step did.

    Attributes:
        ws: the parameters after it; `grads`: what the backward pass gave, or what stood in `grads` after it.
        loss: what the step returned, None where that is no number.
        losses: the loss of this batch by the judge and by the program's own function.
        asked: whether the backward pass was asked; `own_images`, `own_targets`: whether with this batch.
    """

    ws: list[Array]
    grads: list[Array]
    loss: float | None
    losses: list[float]
    asked: bool
    own_images: bool
    own_targets: bool


class Steps(TypedDict):
    """Steps from the parameters `start` on."""

    start: list[Array]
    steps: list[Step]


def seen(reply: object, batches: Batches, loss: Callable[[Array, Array], float]) -> Steps:
    """What a trainer did, out of a driver's reply.

    Args:
        reply: the driver's: "start", and for each step "ws", "grads", "loss", "own_loss" (the program's loss function
            on its outputs), "outputs" of the first forward pass and of the "last", and what `Step` says of the rest.
        batches: one for each step.
        loss: of (targets, probabilities).

    Raises:
        BadReply: it has another form.
    """
    told = expect.mapping(reply, "what the trainer does", keys=("start", "steps"))
    start = arrays(told["start"], "self.model.ws")
    steps = expect.sequence(told["steps"], "the steps", length=len(batches))
    shapes = [w.shape for w in start]
    return {"start": start, "steps": [_step(one, batches[n][1], shapes, loss) for n, one in enumerate(steps)]}


def arrays(value: object, what: str, most: int = 64) -> list[Array]:
    """A list of arrays, any numbers in them; what lies behind the first `most` is left out."""
    return [expect.array(v, f"{what}[{n}]", finite=False) for n, v in enumerate(expect.sequence(value, what)[:most])]


def _step(one: object, Y: Array, shapes: Sequence[tuple[int, ...]], loss: Callable[[Array, Array], float]) -> Step:
    told = expect.mapping(one, "a step", keys=("ws", "grads", "loss", "own_loss", "outputs", "last"))
    ws, grads = arrays(told["ws"], "self.model.ws"), arrays(told["grads"], "self.model.grads")
    for what, found in (("self.model.ws", ws), ("self.model.grads", grads)):
        if [a.shape for a in found] != list(shapes):
            raise BadReply(f"after a step {what} has shapes {[a.shape for a in found]}, expected {list(shapes)}")
    losses = [_number(told["own_loss"])]
    for outputs in (told["outputs"], told["last"]):
        fits = isinstance(outputs, np.ndarray) and outputs.shape == Y.shape and outputs.dtype.kind == "f"
        losses.append(loss(Y, np.maximum(outputs, SMALLEST)) if fits else None)
    asked, images, targets = (told.get(name) is True for name in ("asked", "own_images", "own_targets"))
    return {
        "ws": ws, "grads": grads, "loss": _number(told["loss"]), "losses": [v for v in losses if v is not None],
        "asked": asked, "own_images": images, "own_targets": targets,
    }  # fmt: skip


def _number(value: Any) -> float | None:
    try:
        return expect.number(value, "the loss")
    except BadReply:
        return None


def told(
    start: list[Array],
    updates: Iterable[Update],
    batches: Batches,
    loss: Callable[[Array, Array], float],
    *,
    returned: Callable[[float, int], float | None] = lambda value, _: value,
    frozen: Sequence[int] = (),
    **not_so: bool,
) -> Steps:
    """What a trainer of ours does, as `seen` has it of a student's.

    Args:
        start: its parameters.
        updates: one for each batch.
        batches: one for each step.
        loss: as in `seen`.
        returned: from the loss and the batch size to what the step returns.
        frozen: arrays that stay.
        not_so: of `Step`, what is not true.
    """
    steps: list[Any] = []
    for (X, Y), after in zip(batches, updates, strict=True):
        ws = [start[n] if n in frozen else w for n, w in enumerate(after.weights)]
        value = loss(Y, after.seen.outputs)
        step: Any = {"ws": ws, "grads": after.gradients, "loss": returned(value, len(X)), "losses": [value]}
        steps.append({**step, "asked": True, "own_images": True, "own_targets": True, **not_so})
    return {"start": start, "steps": steps}


def follows_rule(  # noqa: PLR0911 - one for each way to be wrong
    told: Steps, *, rate: float, momentum: float, use_momentum: bool
) -> Conclusion:
    """Every step moves the parameters as gradient descent does, with or without momentum.

    Args:
        told: from `seen`.
        rate: that the trainer was given.
        momentum: likewise.
        use_momentum: likewise.
    """
    asked = [step for step in told["steps"] if step["asked"]]
    if any(not step["own_images"] for step in asked):
        return wrong("train_step does not pass X_batch to the backward pass.", OTHER_IMAGES)
    if any(not step["own_targets"] for step in asked):
        return wrong("train_step does not pass Y_batch to backward as its targets.", BACKWARD_ARGUMENTS)
    walks = {
        f"ws[{n}]": Walk(w, np.stack([s["ws"][n] for s in told["steps"]]), [s["grads"][n] for s in told["steps"]])
        for n, w in enumerate(told["start"])
    }
    options = Hyperparameters(lr=rate, momentum=momentum)
    usual = replace(options, momentum=USUAL_MOMENTUM)
    conclusion = trajectories.every("momentum" if use_momentum else "sgd", walks, options)
    if conclusion.holds and str(conclusion.evidence.get("convention", "")).startswith("averaged"):
        return wrong("The gradient is weakened in your velocity.", MOMENTUM_AVERAGED)
    if conclusion.holds or conclusion.mistake is PARAMETERS_LEFT_OUT:
        return conclusion
    if use_momentum and trajectories.every("momentum", walks, usual).holds:
        return wrong(f"With momentum {momentum:.3g} the steps are those of 0.9.", MOMENTUM_HARD_CODED)
    if not use_momentum and any(trajectories.every("momentum", walks, o).holds for o in (options, usual)):
        return wrong("The steps follow a velocity.", MOMENTUM_ALWAYS)
    return conclusion


def returns_loss(told: Steps, size: int) -> Conclusion:
    """Every step returns the loss of its batch.

    Args:
        told: from `seen`.
        size: of the batches.
    """
    for step in told["steps"]:
        loss, losses = step["loss"], step["losses"]
        if loss is None:
            return wrong("train_step returns no number, expected the loss.", LOSS_NOT_RETURNED)
        if not losses or any(_near(loss, v) for v in losses):
            continue
        said = f"train_step returns {loss:.4g}; the loss of the batch is {losses[-1]:.4g}."
        if loss == 0:
            return wrong(said, LOSS_ZERO)
        if any(_near(loss, size * v) or _near(loss * size, v) for v in losses):
            return wrong(said, LOSS_BATCH_SIZE)
        return wrong(said)
    return right()


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= LOSS_RTOL * max(abs(a), abs(b)) + 1e-9


# -- batches ----------------------------------------------------------------------------------------------


def numbered(n: int) -> Batch:
    """Inputs (n, 3) and labels (n, 1) by which `shuffled` knows each row again."""
    return np.arange(3.0 * n).reshape(n, 3), np.arange(float(n))[:, None]


def loader(order: Order) -> Callable[[Array, Array, int], list[Batch]]:
    """A batch loader of ours, for a reference; the last batch is left out where it is not full.

    Args:
        order: of the inputs and of the labels.
    """

    def load(X: Array, Y: Array, size: int) -> list[Batch]:
        random = np.random.RandomState(np.random.randint(2**31))  # noqa: NPY002 - the judge seeds this one
        inputs, labels = order(random, len(X))
        return [(X[inputs[s : s + size]], Y[labels[s : s + size]]) for s in range(0, len(X) - size + 1, size)]

    return load


def any_order(random: np.random.RandomState, n: int) -> tuple[Rows, Rows]:
    """A right order, for `loader`."""
    rows = random.permutation(n)
    return rows, rows


def batches(reply: object, X: Array, Y: Array) -> list[Batch]:
    """What a loader yields for X and Y, out of a driver's reply: pairs.

    Raises:
        BadReply: it has another form.
    """
    found = []
    for n, one in enumerate(expect.sequence(reply, "what the loader yields")[:MOST_BATCHES]):
        x, y = expect.sequence(one, f"batch {n}", length=2)
        x, y = expect.array(x, f"the images of batch {n}"), expect.array(y, f"the labels of batch {n}")
        if x.shape[1:] != X.shape[1:] or y.shape[1:] != Y.shape[1:] or len(x) != len(y) or not len(x):
            raise BadReply(f"batch {n} has shapes {x.shape} and {y.shape}")
        found.append((x, y))
    return found


def shuffled(found: Sequence[Batch], n: int, size: int) -> Conclusion:
    """A loader gives every example once, with its own label, in an order of its own.

    Args:
        found: from `batches`, of `numbered` examples.
        n: how many examples.
        size: of a batch; a last one that is not full may be left out.
    """
    if not found or sum(len(x) for x, _ in found) < n - n % size:
        return wrong("The batches do not hold all examples.", BATCHES_MISSING)
    x, y = (np.concatenate([pair[i].reshape(len(pair[i]), -1)[:, 0] for pair in found]) for i in (0, 1))
    if not np.array_equal(x, 3 * y):
        return wrong("Images and labels do not belong together any more.", SHUFFLE_BREAKS_PAIRS)
    if len(set(y.tolist())) < len(y):
        return wrong("Some examples come twice in one round.", SHUFFLE_REPEATS_ROWS)
    if np.array_equal(y, np.sort(y)):
        return wrong("With shuffle=True the examples come in their old order.", SHUFFLE_MISSING)
    whole = [set(range(s, s + size)) for s in range(0, n, size)]
    if all(any(set(labels[:, 0].astype(int).tolist()) <= group for group in whole) for _, labels in found):
        return right("Your shuffle keeps the batches and changes their order, or the order inside them: shuffle rows.")
    return right()
