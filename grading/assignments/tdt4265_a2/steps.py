"""Steps of a trainer, held against gradient descent along the network's own gradients.

Whoever made a mistake in the backward pass paid for it there: a step is right if it moves the weights by -rate times
the gradients that the student's own backward pass gave for this batch, or along their velocity.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.assignments.tdt4265_a2.networks import CLASSES, MODULES, TWO_LAYERS, Setting
from grading.authoring import Draw, Mistake
from grading.authoring import expect as admit
from grading.checks import trajectories
from grading.checks.conclusions import Conclusion, right, slip, wrong
from grading.checks.trajectories import Walk
from grading.domain.errors import BadReply
from grading.mistakes.update_rules import MISTAKES
from reference_models import descent
from reference_models.descent import Rule
from reference_models.optimizers import Hyperparameters
from reference_models.softmax_network import INPUTS, SoftmaxNetwork, cross_entropy

Array = npt.NDArray[np.float64]
Batch = tuple[Array, Array]

STEPS = 5
USUAL_MOMENTUM = 0.9
LOSS_RTOL = 1e-4

STILL = "Your step leaves the network as it was."


@dataclass(frozen=True, slots=True)
class Ride:
    """A few steps that a trainer is asked for.

    Attributes:
        setting: the network and its first weights.
        batches: one for each step.
        rate, gamma: no round numbers, so that none can be taken from a text.
        use_momentum: whether the velocity counts.
    """

    setting: Setting
    batches: tuple[Batch, ...]
    rate: float
    gamma: float
    use_momentum: bool

    @classmethod
    def drawn(cls, draw: Draw, *, use_momentum: bool) -> "Ride":
        """A fresh one."""
        setting = Setting.drawn(draw, TWO_LAYERS, "sigmoid")
        n = len(setting.X)
        pairs = [
            (np.hstack([draw.normal(n, INPUTS - 1), np.ones((n, 1))]), draw.one_hot(n, CLASSES)) for _ in range(STEPS)
        ]
        return cls(setting, tuple(pairs), draw.number(0.05, 0.09), draw.number(0.55, 0.8), use_momentum)

    def __str__(self) -> str:
        """To the student."""
        momentum = f"momentum {self.gamma:.3g}" if self.use_momentum else "no momentum"
        return f"{self.setting}, learning rate {self.rate:.3g}, {momentum}, {len(self.batches)} batches"

    @property
    def options(self) -> dict[str, Any]:
        """As the driver takes them."""
        return {"rate": self.rate, "gamma": self.gamma, "use_momentum": self.use_momentum}


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did.

    Attributes:
        ws: the weights after it; `grads`: what the backward pass gave, or what stood in `grads` after it.
        loss: what train_step returned, None where that is no number.
        losses: the loss of this batch by the judge and by the student's own function.
        asked: whether the backward pass was asked; `own_images`, `own_targets`: whether with this batch.
    """

    ws: list[Array]
    grads: list[Array]
    loss: float | None
    losses: tuple[float, ...]
    asked: bool
    own_images: bool
    own_targets: bool


@dataclass(frozen=True, slots=True)
class Ridden:
    """A ride as it went; `told` and `of` are its way through the record of questions and answers."""

    start: list[Array]
    steps: list[Step]

    @property
    def told(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Ridden":
        """From plain data."""
        return cls(list(told["start"]), [Step(**step) for step in told["steps"]])


def ask_steps(put: Callable[..., Any], ride: Ride) -> dict[str, Any]:
    """What the student's trainer does: a `Ridden`, told."""
    s = ride.setting
    batches = [list(pair) for pair in ride.batches]
    reply = admit.mapping(
        put(list(s.widths), s.flags, MODULES, list(s.weights), batches, ride.options),
        "what the trainer does",
        keys=("start", "steps"),
    )
    start = _arrays(reply["start"], "self.model.ws")
    told = admit.sequence(reply["steps"], "the steps", length=len(ride.batches))
    shapes = [w.shape for w in start]
    return Ridden(start, [_step(one, ride.batches[n][1], shapes) for n, one in enumerate(told)]).told


def _step(one: Any, Y: Array, shapes: Sequence[tuple[int, ...]]) -> Step:
    told = admit.mapping(one, "a step", keys=("ws", "grads", "loss", "own_loss", "outputs", "last"))
    ws, grads = _arrays(told["ws"], "self.model.ws"), _arrays(told["grads"], "self.model.grads")
    for what, found in (("self.model.ws", ws), ("self.model.grads", grads)):
        if [a.shape for a in found] != list(shapes):
            raise BadReply(f"after a step {what} has shapes {[a.shape for a in found]}, expected {list(shapes)}")
    losses = [_number(told["own_loss"])]
    for name in ("outputs", "last"):
        outputs = told[name]
        if isinstance(outputs, np.ndarray) and outputs.shape == Y.shape and outputs.dtype.kind == "f":
            losses.append(cross_entropy(Y, np.maximum(outputs, 1e-300)))
    flags = {k: told.get(k) is True for k in ("asked", "own_images", "own_targets")}
    return Step(ws, grads, _number(told["loss"]), tuple(v for v in losses if v is not None), **flags)


def _arrays(value: Any, what: str) -> list[Array]:
    return [admit.array(v, f"{what}[{n}]", finite=False) for n, v in enumerate(admit.sequence(value, what))]


def _number(value: Any) -> float | None:
    try:
        return admit.number(value, "the loss")
    except BadReply:
        return None


# -- what is right ----------------------------------------------------------------------------------------


def judged(ridden: Ridden, ride: Ride) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """Every step moves the weights as gradient descent does, with or without momentum."""
    asked = [step for step in ridden.steps if step.asked]
    if any(not step.own_images for step in asked):
        return wrong("train_step does not pass X_batch to the backward pass.", "other-images")
    if any(not step.own_targets for step in asked):
        return wrong("train_step does not pass Y_batch to backward as its targets.", "backward-arguments")
    walks = {
        f"ws[{n}]": Walk(w, np.stack([s.ws[n] for s in ridden.steps]), [s.grads[n] for s in ridden.steps])
        for n, w in enumerate(ridden.start)
    }
    options = Hyperparameters(lr=ride.rate, momentum=ride.gamma)
    conclusion = trajectories.every("momentum" if ride.use_momentum else "sgd", walks, options)
    convention = str(conclusion.evidence.get("convention", ""))
    if conclusion.holds and convention.startswith("averaged"):
        return wrong("Your velocity is a running mean: the gradient is weakened.", "momentum-averaged")
    if conclusion.mistake_id == "parameters-do-not-move":
        return replace(conclusion, message=STILL)
    if conclusion.holds or conclusion.mistake_id == "parameters-left-out":
        return conclusion
    usual = Hyperparameters(lr=ride.rate, momentum=USUAL_MOMENTUM)
    if ride.use_momentum and trajectories.every("momentum", walks, usual).holds:
        return wrong("The momentum is always 0.9, whatever is passed.", "momentum-hard-coded")
    if not ride.use_momentum and any(trajectories.every("momentum", walks, o).holds for o in (options, usual)):
        return wrong("The velocity is used although use_momentum is False.", "momentum-always")
    return conclusion


def judged_loss(ridden: Ridden, ride: Ride) -> Conclusion:
    """train_step returns the loss of the batch."""
    n = len(ride.batches[0][0])
    for step in ridden.steps:
        if step.loss is None:
            return wrong("train_step returns no number, expected the loss.", "loss-not-returned")
        if not step.losses or any(_near(step.loss, v) for v in step.losses):
            continue
        if step.loss == 0:
            return wrong("train_step returns 0.", "loss-zero")
        if any(_near(step.loss, n * v) or _near(step.loss * n, v) for v in step.losses):
            return wrong("The loss is multiplied or divided by the batch size once more.", "loss-batch-size")
        return wrong(f"train_step returns {step.loss:.4g}; the loss of the batch is {step.losses[-1]:.4g}.", "")
    return right()


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= LOSS_RTOL * max(abs(a), abs(b)) + 1e-9


# -- the reference, and how it goes wrong -----------------------------------------------------------------


def riding(
    rule: Rule | None = None,
    *,
    momentum: float | None = None,
    scale: float = 1.0,
    frozen: Sequence[int] = (),
    loss: Callable[[float, int], float | None] = lambda value, _: value,
    **flags: bool,
) -> Callable[[Ride], dict[str, Any]]:
    """A trainer of ours, answering as `ask_steps`.

    Args:
        rule: of the step; None: what the ride asks for.
        momentum: instead of the ride's.
        scale: of the learning rate; 0 takes a rate of 1.
        frozen: layers that stay.
        loss: from the loss and the batch size to what is returned.
        flags: of `Step`, where they are not true.
    """

    def ridden(ride: Ride) -> dict[str, Any]:
        used = rule or (descent.velocity if ride.use_momentum else descent.plain)
        h = Hyperparameters(lr=ride.rate, momentum=ride.gamma if momentum is None else momentum)
        rate = scale * ride.rate if scale else 1.0
        network = SoftmaxNetwork()
        start = [w[:-1] if n else w for n, w in enumerate(ride.setting.weights)]
        zeros = [np.zeros_like(w) for w in start]
        memories = [
            descent.Memory(0, z.copy(), z.copy(), z.copy(), w.copy()) for z, w in zip(zeros, start, strict=True)
        ]
        ws, steps = [w.copy() for w in start], []
        for X, Y in ride.batches:
            seen = network.forward(ws, X)
            grads = network.backward(ws, seen, Y)
            after = []
            for n, (memory, w, g) in enumerate(zip(memories, ws, grads, strict=True)):
                memory.t += 1
                moved = used(memory, w, lambda _, g=g: g, rate, h)  # type: ignore[misc]
                memory.was, memory.g = w, g
                after.append(w if n in frozen else moved)
            value = cross_entropy(Y, seen.outputs)
            told = {"asked": True, "own_images": True, "own_targets": True, **flags}
            steps.append(Step(after, grads, loss(value, len(X)), (value,), **told))
            ws = after
        return Ridden(start, steps).told

    return ridden


_STEP = "Each entry of model.ws becomes w - learning_rate * gradient, in model.ws itself."

_ARGUMENTS = (
    slip("backward-arguments", "The arguments of backward are in the wrong order, or others.",
         "backward takes X, outputs and targets, in this order.", steps=riding(own_targets=False)),
    slip("other-images", "backward is given other images than this batch's.",
         "backward takes X, outputs and targets, in this order.", steps=riding(own_images=False)),
)  # fmt: skip

SGD_SLIPS: tuple[Mistake, ...] = (
    slip("parameters-do-not-move", STILL, f"A local copy is changed, perhaps. {_STEP}",
         steps=riding(frozen=(0, 1))),
    slip("parameters-left-out", "Only some layers are updated.", _STEP, steps=riding(frozen=(1,))),
    slip("gradient-ascent", "Your step goes up the gradient instead of down.", _STEP, steps=riding(scale=-1)),
    slip("learning-rate-missing", "The learning rate is missing from your step.", _STEP, steps=riding(scale=0)),
    slip("learning-rate-other", "The step has another learning rate than the one that is passed.", _STEP,
         steps=riding(scale=0.5)),
    slip("momentum-always", "The velocity is used although use_momentum is False.", "Look at self.use_momentum.",
         steps=riding(descent.velocity)),
    *_ARGUMENTS,
    *(slip(k.id, k.says, k.look, steps=riding(k.variant)) for k in MISTAKES["sgd"][:2]),
)  # fmt: skip

MOMENTUM_SLIPS: tuple[Mistake, ...] = (
    *(
        slip(k.id, k.says, k.look, steps=riding(k.variant))
        for k in MISTAKES["momentum"]
        if not k.id.startswith("weight-decay")
    ),
    slip("momentum-averaged", "The velocity is a running mean, (1 - gamma) times the gradient.",
         "The task says dw(t) = gradient + gamma * dw(t-1).", steps=riding(descent.averaged)),
    slip("momentum-hard-coded", "The momentum is always 0.9, whatever is passed.", "Use self.momentum_gamma.",
         steps=riding(momentum=USUAL_MOMENTUM)),
    slip("learning-rate-missing", "The learning rate is missing from your step.", _STEP, steps=riding(scale=0)),
    slip("learning-rate-other", "The step has another learning rate than the one that is passed.", _STEP,
         steps=riding(scale=0.5)),
    slip("gradient-ascent", "Your step goes up the gradient instead of down.", _STEP, steps=riding(scale=-1)),
    slip("parameters-do-not-move", STILL, f"A local copy is changed, perhaps. {_STEP}",
         steps=riding(frozen=(0, 1))),
    slip("parameters-left-out", "Only some layers are updated.", _STEP, steps=riding(frozen=(1,))),
    *_ARGUMENTS,
)  # fmt: skip

LOSS_SLIPS: tuple[Mistake, ...] = (
    slip("loss-zero", "train_step returns 0.", "Return the cross-entropy of this batch.",
         steps=riding(loss=lambda *_: 0.0)),
    slip("loss-not-returned", "There is no return, or of something else.", "Return the cross-entropy of this batch.",
         steps=riding(loss=lambda *_: None)),
    slip("loss-batch-size", "The loss is multiplied or divided by the batch size once more.",
         "cross_entropy_loss is the mean already.", steps=riding(loss=lambda value, n: value * n)),
)  # fmt: skip
