"""task2.py: the accuracy, the trainer's steps with and without momentum, and short trainings that we measure.

Source: the assignment sheet's tasks 2c, 3c, 4a, 4b, 4e and 4f. Trainings are short, on the digits of the data store or
their stand-ins; what counts is the accuracy on digits that the training did not see, measured here. What a program
prints is not read.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.assignments.tdt4265_a2 import outcomes, steps
from grading.assignments.tdt4265_a2.batches import BATCH_SLIPS, ask_batches, in_order, judged_batches
from grading.assignments.tdt4265_a2.networks import CLASSES
from grading.assignments.tdt4265_a2.outcomes import Plan
from grading.assignments.tdt4265_a2.slips import ACCURACY_SLIPS
from grading.assignments.tdt4265_a2.steps import LOSS_SLIPS, MOMENTUM_SLIPS, SGD_SLIPS, Ridden, Ride
from grading.authoring import PROPORTIONAL, Draw, Driven, Function, Part, Reference, Subject, remark
from grading.authoring import expect as admit
from grading.checks.conclusions import insist
from grading.checks.outcome import claimed
from reference_models.softmax_network import INPUTS, accuracy

Array = npt.NDArray[np.float64]
ATTEMPTS = 60

START = ("task-2b", "task-2c-start")
TRICKS = ("task-2b", "task-3a", "task-3b")
"""Rows on task2a.py, without whose code no training goes well: with the plain network, and with all tricks."""


def _ask_accuracy(put: Callable[..., Any], outputs: Array, targets: Array) -> float:
    return admit.number(put(targets, outputs, INPUTS), "what calculate_accuracy returns")


part = Part(
    "task2.py",
    expects=[
        Function("calculate_accuracy", aliases=("accuracy",), arity=3),
        Function("SoftmaxTrainer", aliases=("Softmax_Trainer", "SoftMaxTrainer")),
        Driven("accuracy", driver="softmax_accuracy", target="calculate_accuracy", ask=_ask_accuracy, told=""),
        Driven("steps", driver="softmax_steps", target="SoftmaxTrainer", ask=steps.ask_steps),
        Driven("training", driver="softmax_training", target="SoftmaxTrainer", ask=outcomes.ask_training),
        Driven("batches", driver="softmax_batches", ask=ask_batches, told="batch_loader"),
    ],
    reference=Reference(
        accuracy=accuracy, steps=steps.riding(), training=outcomes.training(), batches=in_order(shuffled=True)
    ),
)


def _telling(draw: Draw, n: int) -> tuple[Array, npt.NDArray[np.intp]]:
    """Probabilities and labels for which an argmax over the examples does not look like an accuracy of 0."""
    for attempt in range(ATTEMPTS):
        stream = draw.stream(f"attempt-{attempt}")
        scores = np.exp(stream.normal(n, CLASSES, scale=1.5))
        outputs = scores / scores.sum(axis=1, keepdims=True)
        right = stream.uniform(n) < stream.number(0.45, 0.7)
        labels = np.where(right, outputs.argmax(axis=1), stream.labels(n, CLASSES))
        if (outputs.argmax(axis=0) == np.eye(CLASSES)[labels].argmax(axis=0)).any():
            return outputs, labels
    raise ValueError("no draw tells the known mistakes apart")


# -- 2c: accuracy and training ----------------------------------------------------------------------------

task_2c = part.criterion(
    "task-2c-training", "Training by gradient descent", points="3", section="Task 2c", award=PROPORTIONAL
)


@task_2c.holds(id="accuracy", form="free", weight="2", mistakes=ACCURACY_SLIPS)
def accuracy_counts_rows(student: Subject, draw: Draw) -> None:
    """calculate_accuracy is the share of rows whose largest output is at the target."""
    n = 2 * draw.integer(20, 41) + 1  # odd: never are as many right as wrong
    outputs, labels = _telling(draw, n)
    said = student.accuracy(outputs, np.eye(CLASSES)[labels])
    insist(claimed(said, outputs, labels.astype(np.float64), CLASSES))


@task_2c.holds(id="gradient-descent", form="free", weight="4", mistakes=SGD_SLIPS)
def gradient_descent(student: Subject, draw: Draw) -> None:
    """Without momentum train_step moves every weight by -learning_rate times its gradient on this batch."""
    ride = Ride.drawn(draw, use_momentum=False)
    insist(steps.judged(Ridden.of(student.steps(ride)), ride))


@task_2c.holds(id="returned-loss", form="free", weight="1", mistakes=LOSS_SLIPS)
def returned_loss(student: Subject, draw: Draw) -> None:
    """train_step returns the loss of its batch."""
    ride = Ride.drawn(draw, use_momentum=False)
    insist(steps.judged_loss(Ridden.of(student.steps(ride)), ride))


@task_2c.holds(id="trainer", form="free", weight="0")
def trainer_takes_steps(student: Subject, draw: Draw) -> None:
    """SoftmaxTrainer can be made for a network, and train_step can be called."""
    student.steps(Ride.drawn(draw, use_momentum=False))


# A submission without a utils.py has the course's, whose loader shuffles: that earns nothing where nothing trains.
@task_2c.holds(id="shuffle", form="free", weight="1", needs=("trainer",), mistakes=BATCH_SLIPS)
def shuffle(student: Subject, draw: Draw) -> None:
    """batch_loader with shuffle=True gives every example once, with its own label, in an order of its own."""
    n, size = draw.integer(50, 70), draw.integer(6, 9)
    X = np.arange(3.0 * n).reshape(n, 3)
    Y = np.arange(n)[:, None]
    insist(judged_batches(student.batches(X, Y, size, shuffle=True), n, size))


def _outcome(student: Subject, draw: Draw, plan: Plan) -> None:
    rows = outcomes.order(draw, plan.steps)
    reply = student.training(plan, rows)
    if not reply:
        remark("Your constructor has no use_relu, as in 2022: the same network is trained with the improved sigmoid.")
        plan = replace(plan, hidden="improved")
        reply = student.training(plan, rows)
    insist(outcomes.judged(reply["outputs"], plan))


@task_2c.holds(
    id="training",
    form="free",
    weight="2",
    reference=False,
    mistakes=outcomes.SLIPS,
    follows=("gradient-descent", *START),
)
def trained(student: Subject, draw: Draw) -> None:
    """After a training of 200 steps your network of 64 hidden units tells digits apart that it has not seen."""
    _outcome(student, draw, outcomes.PLAIN)


# -- 3c: momentum -----------------------------------------------------------------------------------------

task_3c = part.criterion("task-3c", "Momentum", points="5", section="Task 3c", award=PROPORTIONAL)


@task_3c.holds(id="momentum", form="free", weight="4", mistakes=MOMENTUM_SLIPS, follows=("task-2c-training",))
def momentum(student: Subject, draw: Draw) -> None:
    """With use_momentum the step follows dw(t) = gradient + gamma * dw(t-1), dw(0) = 0."""
    ride = Ride.drawn(draw, use_momentum=True)
    insist(steps.judged(Ridden.of(student.steps(ride)), ride))


@task_3c.holds(
    id="training-with-tricks",
    form="free",
    weight="1",
    reference=False,
    mistakes=outcomes.SLIPS,
    follows=("momentum", *TRICKS, "task-2c-training"),
)
def trained_with_tricks(student: Subject, draw: Draw) -> None:
    """With all tricks your network learns as fast as a right one."""
    _outcome(student, draw, outcomes.TRICKS)


# -- 4a, 4b, 4e, 4f: other widths, depths and hidden functions --------------------------------------------

_STEPS = ("task-2c-training", "task-3c")
for _id, _title, _points, _section, _plan, _said, _follows in (
    ("task-4a-training", "32 hidden units, trained", "1", "Task 4a", outcomes.NARROW, "32 hidden units", TRICKS),
    ("task-4b-training", "128 hidden units, trained", "1", "Task 4b", outcomes.WIDE, "128 hidden units", TRICKS),
    ("task-4e-training", "Ten hidden layers, trained", "2", "Task 4e", outcomes.DEEP, "ten hidden layers of 64 units",
     (*TRICKS, "task-4c")),
    ("task-4f-training", "ReLU, trained", "1", "Task 4f", outcomes.RECTIFIED, "three hidden layers of ReLU",
     (*TRICKS, "task-4c", "task-4f")),
):  # fmt: skip
    _row = part.criterion(_id, _title, points=_points, section=_section)

    def _question(student: Subject, draw: Draw, plan: Plan = _plan) -> None:
        _outcome(student, draw, plan)

    _question.__doc__ = f"With {_said} and all tricks your network learns as a right one does."
    _row.holds(
        id=_id.removeprefix("task-"),
        form="free",
        reference=False,
        mistakes=outcomes.SLIPS,
        follows=(*_follows, *_STEPS),
    )(_question)
