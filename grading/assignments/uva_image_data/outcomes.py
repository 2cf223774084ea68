r"""What the six histories come to, whatever the machine, the split and the luck of the draw.

With six classes and outputs that say nothing the cross-entropy is :math:`\ln 6 = 1.7918`. Weights near 0 start there,
all-zero weights stay (every unit gets the same gradient, only the last bias learns how frequent the classes are), and
so does everything at a rate of 1e-8. The bounds are wide: recorded runs of three years lie well inside.

The histories are those that the notebook stores: six trainings of hours are not run again, and the rows say so. Two
laws hold for stored numbers that were computed and not typed: two trainings do not print the same numbers, and an
accuracy is the mean over the batches of 64, 64 and 48 pictures that 176 give, a multiple of 1/576. The second is a
remark only, for a batch size may be changed.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from grading.assignments.uva_image_data.runs import History, Training, trainings
from grading.authoring.written import Find, Right, Wrong
from grading.mistakes import stored_outputs as mistakes
from grading.programs import Source

LN6 = math.log(6)
EPOCHS = 10
NEAR = 0.01
NEARLY_FLAT = 0.03
HIGH = 2.3
"""A loss that no learning network has here: far above guessing."""
HALF = 0.6
CONSTANT = 2e-4
RATE_DIGITS = 1e-6
ACCURACIES = 3 * 192
"""Of 176 pictures in batches of 64, 64 and 48: each is (a/64 + b/64 + c/48) / 3, a multiple of one 576th."""
DIGITS, ODD = 4, 2
"""Accuracies printed with fewer digits tell nothing; so many may be rounded another way."""

Complaint = Callable[[History], Wrong | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of the six runs.

    Attributes:
        name: short, for the id of the question what it came to.
        row: id of its row.
        title: of its row.
        start: how its network begins.
        rate: its learning rate.
        complaint: what is wrong with a history of it, or None.
        question: what must hold, to the student.
        optimizer: its class, lower case.
    """

    name: str
    row: str
    title: str
    start: str
    rate: float
    complaint: Complaint
    question: str
    optimizer: str = "sgd"

    def fitting(self, every: Sequence[Training]) -> list[Training]:
        """The trainings with these settings; without one, those of a network whose start the code does not tell."""
        settings = [
            one
            for one in every
            if one.optimizer == self.optimizer
            and one.rate is not None
            and math.isclose(one.rate, self.rate, rel_tol=RATE_DIGITS)
        ]
        return [one for one in settings if one.start == self.start] or [one for one in settings if not one.start]

    def find(self) -> Find:
        """The histories of the trainings with these settings, as JSON; None where nothing was run."""

        def found(source: Source) -> str | None:
            every = trainings(source)
            if not any(one.history.train for one in every):
                return None
            fitting = self.fitting(every)
            others = [one.history for one in every if one not in fitting]
            return json.dumps([asdict(_compared(one.history, others)) for one in fitting])

        return found

    def judge(self, answer: str) -> Right | Wrong:
        """Right if one of the histories is what such a training comes to."""
        told = [History(**one) for one in json.loads(answer)]
        if not told:
            said = "is not there: no call of fit in your notebook has these settings"
            return Wrong(said, mistakes.OTHER_SETTINGS)
        printed = [one for one in told if one.train]
        if not printed:
            said = f"is not there: cell {told[0].cell} has no output. Run it, and save the notebook"
            return Wrong(said, mistakes.STOPPED_EARLY)
        complaints = [_cut(one) or self.complaint(one) for one in printed]
        if None in complaints:
            return Right(_odd(printed[complaints.index(None)]))
        first = next(one for one in complaints if one is not None)
        return replace(first, message=f"is what cell {printed[0].cell} printed: {first.message}")


def _compared(told: History, others: Sequence[History]) -> History:
    """The history, with the cell of another one that is the same: both moved, and print the same numbers."""
    moved = len(set(told.train)) > ODD
    same = (other.cell for other in others if (other.train, other.val) == (told.train, told.val))
    return replace(told, copied=next(same, None) if moved else None)


def _cut(told: History) -> Wrong | None:
    if told.copied is not None:
        said = f"it has the very numbers of cell {told.copied}, a training with other settings"
        return Wrong(said, mistakes.COPIED_HISTORY)
    if len(told.train) < EPOCHS:
        return Wrong(f"it ends after {len(told.train)} of {EPOCHS} epochs", mistakes.STOPPED_EARLY)
    return None


def _odd(told: History) -> str:
    """A remark on accuracies that the handed-out batches cannot give, or ""."""
    written = [value for value in told.accuracy if len(repr(value).partition(".")[2]) == DIGITS]
    off = [v for v in written if abs(v - round(v * ACCURACIES) / ACCURACIES) > 0.6 * 10**-DIGITS]
    if len(off) <= ODD:
        return ""
    said = f"{len(off)} of {len(told.accuracy)} stored accuracies in cell {told.cell}, such as {off[0]:g}"
    return (
        f"{said}, are no multiple of 1/{ACCURACIES}, which 176 pictures in batches of 64 give. Nothing is lost by it; "
        "your course's staff may ask whether the batches were changed."
    )


def falls(least: float, *, above: float = -math.inf, below: float = math.inf) -> Complaint:
    """The training loss falls by so much at least, and ends between two bounds: SGD's and Adam's."""

    def complaint(told: History) -> Wrong | None:
        first, last = told.train[0], told.train[-1]
        if not all(map(math.isfinite, (*told.train, *told.val))):
            return Wrong("a loss is not a number", mistakes.NO_PROGRESS)
        if first - last < least:
            return Wrong(f"the training loss goes from {first:.4g} to {last:.4g}", mistakes.NO_PROGRESS)
        if last < above:
            said = f"a training loss of {last:.3g} is further than SGD gets"
        elif last > below:
            said = f"the training loss ends at {last:.3g}; Adam gets further"
        else:
            return None
        return Wrong(said, mistakes.ANOTHER_OPTIMIZERS_HISTORY)

    return complaint


def stays(told: History) -> Wrong | None:
    """SGD at 1e-8: ln 6 from the first epoch to the last."""
    if (off := _off(told)) > NEAR:
        said = f"a loss is {off:.2g} away from ln 6 = {LN6:.4f}, where it cannot get away from"
        return Wrong(said, mistakes.NOT_THE_TINY_RATE)
    return None


def oscillates(told: History) -> Wrong | None:
    """SGD at 12: thrown far out at first, then up and down, or not a number any more."""
    losses = [*told.train, *told.val]
    if not all(map(math.isfinite, losses)):
        return None
    rises = sum(after > before for before, after in zip(told.val, told.val[1:], strict=False))
    if max(losses) < HIGH or rises == 0 or max(told.accuracy) > HALF:
        return Wrong(f"the highest loss is {max(losses):.3g} and it rises {rises} times", mistakes.NOT_THE_HUGE_RATE)
    return None


def nothing_learned(told: History) -> Wrong | None:
    """All-zero weights: near ln 6, and the same class for every picture."""
    if (off := _off(told)) > NEARLY_FLAT:
        return Wrong(f"a loss is {off:.2g} away from ln 6 = {LN6:.4f}", mistakes.NOT_ZERO_WEIGHTS)
    if len({round(value / CONSTANT) for value in told.accuracy}) > 2:  # noqa: PLR2004 - two may be most frequent in turn
        said = "its accuracy changes, though every picture gets the same answer"
        return Wrong(said, mistakes.NOT_ZERO_WEIGHTS)
    return None


def _off(told: History) -> float:
    """How far a loss gets from ln 6."""
    return max(abs(loss - LN6) if math.isfinite(loss) else math.inf for loss in (*told.train, *told.val))


STORED = "as your stored outputs tell them"
SGD = Wanted("sgd", "run-sgd", "Task 3: Gaussian weights, SGD, 1e-4", "gaussian", 1e-4, falls(0.03, above=0.9),
             f"Ten epochs with SGD at 1e-4, {STORED}: the loss falls, slowly")  # fmt: skip
ADAM = Wanted("adam", "run-adam", "Task 3: Gaussian weights, Adam, 1e-4", "gaussian", 1e-4, falls(0.1, below=1.45),
              f"Ten epochs with Adam at 1e-4, {STORED}: the loss falls further than with SGD", "adam")  # fmt: skip
TINY = Wanted("tiny", "run-tiny-rate", "Task 4: SGD, 1e-8", "gaussian", 1e-8, stays,
              f"Ten epochs at 1e-8, {STORED}: the loss stays at ln 6")  # fmt: skip
HUGE = Wanted("huge", "run-huge-rate", "Task 4: SGD, 12", "gaussian", 12.0, oscillates,
              f"Ten epochs at a rate of 12, {STORED}: the loss is thrown far out and oscillates")  # fmt: skip
ZERO = Wanted("zero", "run-zero", "Task 5: zero weights", "zero", 1e-4, nothing_learned,
              f"Ten epochs from zero weights, {STORED}: loss near ln 6, the accuracy never changes")  # fmt: skip
KAIMING = Wanted("kaiming", "run-kaiming", "Task 5: Kaiming's weights", "kaiming", 1e-4, falls(0.08),
                 f"Ten epochs from Kaiming's weights, {STORED}: the loss falls from the first epoch on")  # fmt: skip
RUNS = (SGD, ADAM, TINY, HUGE, ZERO, KAIMING)
