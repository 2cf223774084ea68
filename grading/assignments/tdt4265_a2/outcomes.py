"""Short trainings with the student's network and trainer, measured on digits that they did not see.

A band is calibrated from three trainings of the reference, on the same digits; see `grading.checks.outcome`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.assignments.tdt4265_a2.digits import Digits, digits
from grading.assignments.tdt4265_a2.networks import CLASSES, MODULES
from grading.authoring import Draw
from grading.authoring import expect as admit
from grading.checks.conclusions import Conclusion, slip
from grading.checks.outcome import Band, accuracy, calibrated
from grading.checks.outcome import trained as judged_outcome
from reference_models.softmax_network import Hidden, SoftmaxNetwork, initial

Array = npt.NDArray[np.float64]
Order = npt.NDArray[np.int64]

BATCH = 32
SEEDS = 3
GAMMA = 0.9


@dataclass(frozen=True, slots=True)
class Plan:
    """A training.

    Attributes:
        widths: units of each layer.
        hidden: the hidden function; all but the plain sigmoid go with improved first weights and momentum.
        rate: the learning rate.
        steps: how many.
    """

    widths: tuple[int, ...]
    hidden: Hidden
    rate: float
    steps: int

    def __str__(self) -> str:
        """To the student."""
        return f"neurons_per_layer={list(self.widths)}, learning rate {self.rate:g}, {self.steps} steps"

    @property
    def tricks(self) -> bool:
        """Whether first weights are improved and momentum is used."""
        return self.hidden != "sigmoid"

    @property
    def flags(self) -> dict[str, bool]:
        """What the constructor is told."""
        return {
            "improved_sigmoid": self.hidden == "improved",
            "improved_init": self.tricks,
            "relu": self.hidden == "relu",
        }


PLAIN = Plan((64, CLASSES), "sigmoid", rate=0.1, steps=200)
TRICKS = Plan((64, CLASSES), "improved", rate=0.02, steps=100)
NARROW = Plan((32, CLASSES), "improved", rate=0.02, steps=100)
WIDE = Plan((128, CLASSES), "improved", rate=0.02, steps=100)
DEEP = Plan((*[64] * 10, CLASSES), "improved", rate=0.02, steps=100)
RECTIFIED = Plan((*[64] * 3, CLASSES), "relu", rate=0.02, steps=100)
"""Three hidden layers: ten with N(0, 1/sqrt(fan in)) and ReLU do not learn surely within a short training."""


def order(draw: Draw, steps: int) -> Order:
    """Rows of the images for each step: (steps, BATCH), each image once before any comes again."""
    n = len(digits().images)
    rounds = -(-steps * BATCH // n)
    rows = np.concatenate([draw.permutation(n) for _ in range(rounds)])
    return np.asarray(rows[: steps * BATCH].reshape(steps, BATCH))


def ask_training(put: Callable[..., Any], plan: Plan, rows: Order) -> dict[str, Array]:
    """What the student's network puts out for the new digits after its training; nothing if it knows no ReLU."""
    d = digits()
    options = {"gamma": GAMMA, "use_momentum": plan.tricks, "rate": plan.rate, "mean": d.mean, "std": d.std}
    reply = admit.mapping(
        put(list(plan.widths), plan.flags, MODULES, options, d.images, d.targets, rows, d.new),
        "what the training answers",
        keys=("outputs",),
    )
    if plan.hidden == "relu" and reply.get("relu") is False:
        return {}
    shape = (len(d.new), CLASSES)
    return {"outputs": admit.array(reply["outputs"], "what your trained network puts out", shape=shape, finite=False)}


def judged(outputs: Array, plan: Plan) -> Conclusion:
    """The trained network is as good as a right one with the same budget."""
    if not np.isfinite(outputs).all():
        return Conclusion(False, "Your trained network puts out NaN or infinity.", "diverged")
    d = digits()
    return judged_outcome(outputs, d.labels, CLASSES, _band(plan, d))


_bands: dict[tuple[Plan, int], Band] = {}


def _band(plan: Plan, d: Digits) -> Band:
    key = (plan, id(d))
    if key not in _bands:
        found = []
        for seed in range(SEEDS):
            rows = order(Draw(seed, f"calibration/{plan}"), plan.steps)
            found.append(accuracy(training(seed=seed)(plan, rows)["outputs"], d.labels, CLASSES))
        _bands[key] = calibrated(found, examples=len(d.labels))
    return _bands[key]


def training(
    *, seed: int | None = None, rate: float = 1.0, answers: int | None = None
) -> Callable[..., dict[str, Array]]:
    """A training of ours, answering as `ask_training`.

    Args:
        seed: of the first weights; None: from the generator that the judge seeds.
        rate: times the learning rate.
        answers: the one class that is answered in the end, instead of what was learned.
    """

    def train(plan: Plan, rows: Order) -> dict[str, Array]:
        d = digits()
        drawn = np.random.randint(2**31) if seed is None else seed  # noqa: NPY002 - the judge seeds this one
        ws = initial(plan.widths, np.random.default_rng(drawn), improved=plan.tricks)
        network = SoftmaxNetwork(plan.hidden)
        velocity = [np.zeros_like(w) for w in ws]
        X = _inputs(id(d))
        for batch in rows if rate else ():
            seen = network.forward(ws, X[batch])
            for n, g in enumerate(network.backward(ws, seen, d.targets[batch])):
                velocity[n] = g + (GAMMA if plan.tricks else 0.0) * velocity[n]
                ws[n] = ws[n] - rate * plan.rate * velocity[n]
        outputs = network.forward(ws, d.X_new).outputs
        if answers is not None:
            outputs = np.tile(np.eye(CLASSES)[answers], (len(outputs), 1)) + 0.01 * outputs
        return {"outputs": outputs}

    return train


@lru_cache(maxsize=1)
def _inputs(of: int) -> Array:  # noqa: ARG001 - which digits
    return digits().X


SLIPS = (
    slip("diverged", "The training diverges.", "Look at the sign and the size of the step, and at the gradients.",
         symptom=True),
    slip("constant-output", "The outputs do not depend on the digit.", "Look at the gradients of the first layer.",
         symptom=True),
    slip("untrained", "The network answers no better than by guessing.", "Look at the gradients and at train_step.",
         symptom=True, training=training(rate=0.0)),
    slip("one-class-only", "The network gives the same class for every digit.", "Look at the gradients.",
         symptom=True, training=training(answers=3)),
    slip("below-band", "The network learns more slowly than a right one.", "Look at the gradients and at train_step.",
         symptom=True, training=training(rate=0.004)),
)  # fmt: skip
