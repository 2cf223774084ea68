"""task2.py: the accuracy, the trainer's steps with and without momentum, and short trainings that we measure.

Source: the assignment sheet's tasks 2c, 3c, 4a, 4b, 4e and 4f. Trainings are short, on the digits of the data store or
their stand-ins; what counts is the accuracy on digits that the training did not see, measured here. What a program
prints is not read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.assignments.tdt4265_a2.digits import digits
from grading.assignments.tdt4265_a2.settings import CLASSES, TWO_LAYERS, network
from grading.authoring import PROPORTIONAL, Draw, Driven, Function, Part, Reference, Subject, expect, remark, stores
from grading.authoring.mistake import acting
from grading.checks import outcome, trainers
from grading.checks.conclusions import insist, wrong
from grading.checks.softmax_networks import TrainerSetting, taking_steps
from grading.checks.trainers import Batch, Steps
from grading.mistakes import momentum as rules
from grading.mistakes import training_loops as loops
from grading.mistakes.metrics import ACCURACY
from reference_models import descent
from reference_models.optimizers import Hyperparameters
from reference_models.softmax_network import INPUTS, Hidden, SoftmaxNetwork, accuracy, cross_entropy, initial, updates

Array = npt.NDArray[np.float64]
Order = npt.NDArray[np.int64]

BATCH = 32
SEEDS = 3
GAMMA = 0.9


@dataclass(frozen=True, slots=True)
class Plan:
    """A short training.

    Attributes:
        widths: units of each layer.
        hidden: the hidden function; all but the plain sigmoid go with improved first weights and momentum.
        rate: the learning rate.
        steps: how many.
    """

    widths: tuple[int, ...]
    hidden: Hidden = "improved"
    rate: float = 0.02
    steps: int = 100

    def __str__(self) -> str:
        """To the student."""
        return f"neurons_per_layer={list(self.widths)}, learning rate {self.rate:g}, {self.steps} steps"

    @property
    def tricks(self) -> bool:
        """Whether first weights are improved and momentum is used."""
        return self.hidden != "sigmoid"

    def order(self, draw: Draw) -> Order:
        """Rows of the images for each step: (steps, BATCH), each image once before any comes again."""
        n = len(digits().images)
        rows = np.concatenate([draw.permutation(n) for _ in range(-(-self.steps * BATCH // n))])
        return np.asarray(rows[: self.steps * BATCH].reshape(self.steps, BATCH))


PLAIN = Plan((64, CLASSES), "sigmoid", rate=0.1, steps=200)
TRICKS = Plan((64, CLASSES))


# -- asking the student -----------------------------------------------------------------------------------


def _ask_accuracy(put: Callable[..., Any], outputs: Array, targets: Array) -> float:
    return expect.number(put(targets, outputs, INPUTS), "what calculate_accuracy returns")


def _ask_steps(put: Callable[..., Any], asked: TrainerSetting) -> Steps:
    s, batches = asked.setting, [list(pair) for pair in asked.batches]
    options = {"rate": asked.rate, "gamma": asked.gamma, "use_momentum": asked.use_momentum}
    reply = put(network(s.widths, s.hidden), list(s.weights), batches, options)
    return trainers.seen(reply, batches, cross_entropy)


def _ask_training(put: Callable[..., Any], plan: Plan, rows: Order) -> dict[str, Array]:
    """What the student's network puts out for the new digits after its training; nothing if it knows no ReLU."""
    d = digits()
    options = {"gamma": GAMMA, "use_momentum": plan.tricks, "rate": plan.rate, "mean": d.mean, "std": d.std}
    asked = network(plan.widths, plan.hidden, improved_init=plan.tricks)
    told = put(asked, options, d.images, d.targets, rows, d.new)
    reply = expect.mapping(told, "what the training answers", keys=("outputs",))
    if plan.hidden == "relu" and reply.get("relu") is False:
        return {}
    shape = (len(d.new), CLASSES)
    return {"outputs": expect.array(reply["outputs"], "what your trained network puts out", shape=shape, finite=False)}


def _ask_batches(put: Callable[..., Any], X: Array, Y: Array, size: int) -> list[Batch]:
    return trainers.batches(put("utils", X, Y.astype(np.int64), size, shuffle=True), X, Y)


# -- the reference, and how it goes wrong -----------------------------------------------------------------


def _trained(plan: Plan, rows: Order, seed: int) -> Array:
    """What a network of ours puts out for the new digits after its training."""
    d, net, random = digits(), SoftmaxNetwork(plan.hidden), np.random.default_rng(seed)
    ws, X = initial(plan.widths, random, improved=plan.tricks), d.X
    options = Hyperparameters(lr=plan.rate, momentum=GAMMA if plan.tricks else 0.0)
    for after in updates(net, ws, ((X[batch], d.targets[batch]) for batch in rows), descent.velocity, options):
        ws = after.weights
    return net.forward(ws, d.X_new).outputs


@lru_cache(maxsize=16)
def _band(plan: Plan, of: Path | None) -> outcome.Band:  # noqa: ARG001 - the store that the digits are from
    """What trainings of the reference reach on the same digits."""
    orders = [(seed, plan.order(Draw(seed, f"calibration/{plan}"))) for seed in range(SEEDS)]
    labels = digits().labels
    found = [outcome.accuracy(_trained(plan, rows, seed), labels, CLASSES) for seed, rows in orders]
    return outcome.calibrated(found, examples=len(labels))


part = Part(
    "task2.py",
    expects=[
        Function("calculate_accuracy", aliases=("accuracy",), arity=3),
        Function("SoftmaxTrainer", aliases=("Softmax_Trainer", "SoftMaxTrainer")),
        Driven("accuracy", driver="softmax_accuracy", target="calculate_accuracy", ask=_ask_accuracy, told=""),
        Driven("steps", driver="softmax_steps", target="SoftmaxTrainer", ask=_ask_steps),
        Driven("training", driver="softmax_training", target="SoftmaxTrainer", ask=_ask_training),
        Driven("batches", driver="softmax_batches", ask=_ask_batches, told="batch_loader"),
    ],
    reference=Reference(accuracy=accuracy, steps=taking_steps(), batches=trainers.loader(trainers.any_order)),
)

ARGUMENTS = acting(loops.ARGUMENTS, "steps", lambda told: taking_steps(None, **told))
SOME_LAYERS = rules.PARAMETERS_LEFT_OUT.acting(steps=taking_steps(frozen=(1,)))
SGD = (
    *acting((*rules.rates(descent.plain), rules.MOMENTUM_ALWAYS, *rules.GRADIENTS), "steps", taking_steps),
    SOME_LAYERS,
    *ARGUMENTS,
)
MOMENTUM = (
    *acting((*rules.VELOCITY, rules.MOMENTUM_AVERAGED, rules.MOMENTUM_HARD_CODED), "steps", taking_steps),
    *acting(rules.rates(descent.velocity), "steps", taking_steps),
    SOME_LAYERS,
    *ARGUMENTS,
)


# -- 2c: accuracy and training ----------------------------------------------------------------------------

START = ("task-2b", "task-2c-start")
WITH_TRICKS = ("task-2b", "task-3a", "task-3b")
"""Rows on task2a.py, without whose code no training goes well: with the plain network, and with all tricks."""

task_2c = part.criterion(
    "task-2c-training", "Training by gradient descent", points="3", section="Task 2c", award=PROPORTIONAL
)


@task_2c.holds(id="accuracy", form="free", weight="2", mistakes=acting(ACCURACY, "accuracy"))
def accuracy_counts_rows(student: Subject, draw: Draw) -> None:
    """calculate_accuracy is the share of rows whose largest output is at the target."""
    n = 2 * draw.integer(20, 41) + 1  # odd: never are as many right as wrong
    outputs, labels = outcome.telling(draw, n, CLASSES)
    said = student.accuracy(outputs, np.eye(CLASSES)[labels.astype(int)])
    insist(outcome.claimed(said, outputs, labels, CLASSES))


def _steps(student: Subject, draw: Draw, *, use_momentum: bool) -> None:
    asked = TrainerSetting.drawn(draw, TWO_LAYERS, use_momentum=use_momentum)
    told = student.steps(asked)
    insist(trainers.follows_rule(told, rate=asked.rate, momentum=asked.gamma, use_momentum=use_momentum))


@task_2c.holds(id="gradient-descent", form="free", weight="4", mistakes=SGD)
def gradient_descent(student: Subject, draw: Draw) -> None:
    """Without momentum train_step moves every weight by -learning_rate times its gradient on this batch."""
    _steps(student, draw, use_momentum=False)


@task_2c.holds(
    id="returned-loss",
    form="free",
    weight="1",
    mistakes=acting(loops.RETURNED_LOSS, "steps", lambda loss: taking_steps(returned=loss)),
)
def returned_loss(student: Subject, draw: Draw) -> None:
    """train_step returns the loss of its batch."""
    asked = TrainerSetting.drawn(draw, TWO_LAYERS, use_momentum=False)
    insist(trainers.returns_loss(student.steps(asked), len(asked.setting.X)))


@task_2c.holds(id="trainer", form="free", weight="0")
def trainer_takes_steps(student: Subject, draw: Draw) -> None:
    """SoftmaxTrainer can be made for a network, and train_step can be called."""
    student.steps(TrainerSetting.drawn(draw, TWO_LAYERS, use_momentum=False))


# A submission without a utils.py has the course's, whose loader shuffles: that earns nothing where nothing trains.
@task_2c.holds(
    id="shuffle",
    form="free",
    weight="1",
    needs=("trainer",),
    mistakes=acting(loops.SHUFFLE, "batches", trainers.loader),
)
def shuffle(student: Subject, draw: Draw) -> None:
    """batch_loader with shuffle=True gives every example once, with its own label, in an order of its own."""
    n, size = draw.integer(50, 70), draw.integer(6, 9)
    insist(trainers.shuffled(student.batches(*trainers.numbered(n), size), n, size))


def _outcome(student: Subject, draw: Draw, plan: Plan) -> None:
    rows, d = plan.order(draw), digits()
    reply = student.training(plan, rows)
    if not reply:
        remark("Your constructor has no use_relu, as in 2022: the same network is trained with the improved sigmoid.")
        plan = replace(plan, hidden="improved")
        reply = student.training(plan, rows)
    if not np.isfinite(reply["outputs"]).all():
        insist(wrong("Your trained network puts out NaN or infinity.", loops.DIVERGED))
    insist(outcome.trained(reply["outputs"], d.labels, CLASSES, _band(plan, stores().data)))


@task_2c.holds(
    id="training",
    form="free",
    weight="2",
    reference=False,
    follows=("gradient-descent", *START),
)
def trained(student: Subject, draw: Draw) -> None:
    """After a training of 200 steps your network of 64 hidden units tells digits apart that it has not seen."""
    _outcome(student, draw, PLAIN)


# -- 3c: momentum -----------------------------------------------------------------------------------------

task_3c = part.criterion("task-3c", "Momentum", points="5", section="Task 3c", award=PROPORTIONAL)


@task_3c.holds(id="momentum", form="free", weight="4", mistakes=MOMENTUM, follows=("task-2c-training",))
def momentum(student: Subject, draw: Draw) -> None:
    """With use_momentum the step follows dw(t) = gradient + gamma * dw(t-1), dw(0) = 0."""
    _steps(student, draw, use_momentum=True)


@task_3c.holds(
    id="training-with-tricks",
    form="free",
    weight="1",
    reference=False,
    follows=("momentum", *WITH_TRICKS, "task-2c-training"),
)
def trained_with_tricks(student: Subject, draw: Draw) -> None:
    """With all tricks your network learns as fast as a right one."""
    _outcome(student, draw, TRICKS)


# -- 4a, 4b, 4e, 4f: other widths, depths and hidden functions --------------------------------------------

DEEP = (*WITH_TRICKS, "task-4c")
for _id, _title, _points, _plan, _said, _follows in (
    ("4a", "32 hidden units, trained", "1", Plan((32, CLASSES)), "32 hidden units", WITH_TRICKS),
    ("4b", "128 hidden units, trained", "1", Plan((128, CLASSES)), "128 hidden units", WITH_TRICKS),
    ("4e", "Ten hidden layers, trained", "2", Plan((*[64] * 10, CLASSES)), "ten hidden layers of 64 units", DEEP),
    # Three: ten with N(0, 1/sqrt(fan in)) and ReLU do not learn surely within a short training.
    ("4f", "ReLU, trained", "1", Plan((*[64] * 3, CLASSES), "relu"), "three hidden layers of ReLU", (*DEEP, "task-4f")),
):
    _row = part.criterion(f"task-{_id}-training", _title, points=_points, section=f"Task {_id}")

    def _question(student: Subject, draw: Draw, plan: Plan = _plan) -> None:
        _outcome(student, draw, plan)

    _question.__doc__ = f"With {_said} and all tricks your network learns as a right one does."
    _row.holds(
        id=f"{_id}-training",
        form="free",
        reference=False,
        follows=(*_follows, "task-2c-training", "task-3c"),
    )(_question)
