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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from grading.assignments.uva_image_data.runs import History, Training, trainings
from grading.authoring.written import Find, Right, Wrong
from grading.programs import Source

LN6 = math.log(6)
EPOCHS = 10
NEAR = 0.01
NEARLY_FLAT = 0.03
LEAST_FALL = {"sgd": 0.03, "adam": 0.1, "kaiming": 0.08}
ADAM_REACHES = 1.45
SGD_STAYS_ABOVE = 0.9
HIGH = 2.3
"""A loss that no learning network has here: far above guessing."""
HALF = 0.6
CONSTANT = 2e-4
RATE_DIGITS = 1e-6
ACCURACIES = 3 * 192
"""Of 176 pictures in batches of 64, 64 and 48: each is (a/64 + b/64 + c/48) / 3, a multiple of one 576th."""

NOWHERE = -1
DIGITS, ODD = 4, 2
"""Accuracies printed with fewer digits tell nothing; so many may be rounded another way."""

Complaint = tuple[str, str]
"""What does not hold, going on from "Your answer", and the mistake's id."""

SAYS = {
    "copied-history": "Two trainings cannot print the same numbers.",
    "stopped-early": "The training stopped before its tenth epoch.",
    "no-progress": "The loss does not fall.",
    "another-optimizers-history": "The loss falls as with another optimizer.",
    "not-the-tiny-rate": "The loss moves, which it cannot at this rate.",
    "not-the-huge-rate": "The loss falls steadily, which it cannot at this rate.",
    "not-zero-weights": "The loss moves, which it cannot where all weights are 0.",
    "other-settings": "No training of the notebook has these settings.",
}
LOOK = "Run the notebook from the top with the settings as handed out, and save it with its outputs."


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of the six runs.

    Attributes:
        start: how its network begins.
        optimizer: its class, lower case.
        rate: its learning rate.
        complaint: what is wrong with a history of it, or None.
    """

    start: str
    optimizer: str
    rate: float
    complaint: Callable[[History], Complaint | None]

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
            others = [one.history for one in every if one not in fitting and one.history.train]
            return json.dumps(
                [
                    {**asdict(one.history), "same": next((o.cell for o in others if _same(o, one.history)), NOWHERE)}
                    for one in fitting
                ]
            )

        return found

    def judge(self, answer: str) -> Right | Wrong:
        """Right if one of the histories is what such a training comes to."""
        told = [
            History(one["cell"], tuple(one["train"]), tuple(one["val"]), tuple(one["accuracy"]))
            for one in json.loads(answer)
        ]
        if not told:
            return _wrong("is not there: no call of fit in your notebook has these settings", "other-settings")
        printed = [one for one in told if one.train]
        if not printed:
            return _wrong(
                f"is not there: cell {told[0].cell} has no output. Run it, and save the notebook", "stopped-early"
            )
        copied = {one["cell"]: one["same"] for one in json.loads(answer) if one["same"] != NOWHERE}
        complaints = [_copied(one, copied) or _short(one) or self.complaint(one) for one in printed]
        if None in complaints:
            return Right(_odd(printed[complaints.index(None)]))
        said, mistake = next(one for one in complaints if one is not None)
        return _wrong(f"is what cell {printed[0].cell} printed: {said}", mistake)


def _same(one: History, other: History) -> bool:
    """Whether two cells printed the same numbers, of a training in which the loss moved."""
    return one.train == other.train and one.val == other.val and len(set(one.train)) > ODD


def _copied(told: History, copied: Mapping[int, int]) -> Complaint | None:
    if told.cell not in copied:
        return None
    return f"it has the very numbers of cell {copied[told.cell]}, a training with other settings", "copied-history"


def _odd(told: History) -> str:
    """A remark on accuracies that the handed-out batches cannot give, or ""."""
    written = [value for value in told.accuracy if len(repr(value).partition(".")[2]) == DIGITS]
    whole = [round(value * ACCURACIES) / ACCURACIES for value in written]
    off = [value for value, near in zip(written, whole, strict=True) if abs(value - near) > 0.6 * 10**-DIGITS]
    if len(off) <= ODD:
        return ""
    said = f"{len(off)} of {len(told.accuracy)} stored accuracies in cell {told.cell}, such as {off[0]:g}"
    return (
        f"{said}, are no multiple of 1/{ACCURACIES}, which 176 pictures in batches of 64 give. Nothing is lost by it; "
        "your course's staff may ask whether the batches were changed."
    )


def _wrong(message: str, mistake: str) -> Wrong:
    return Wrong(message, mistake, SAYS[mistake], LOOK)


def _short(told: History) -> Complaint | None:
    if len(told.train) >= EPOCHS:
        return None
    return f"it ends after {len(told.train)} of {EPOCHS} epochs", "stopped-early"


def falls_slowly(told: History) -> Complaint | None:
    """Gaussian start, SGD at 1e-4: falls, and not far."""
    if (said := _fell(told, LEAST_FALL["sgd"])) is not None:
        return said
    if told.train[-1] < SGD_STAYS_ABOVE:
        return f"a training loss of {told.train[-1]:.3g} is further than SGD gets", "another-optimizers-history"
    return None


def falls_fast(told: History) -> Complaint | None:
    """Gaussian start, Adam at 1e-4: further down than SGD."""
    if (said := _fell(told, LEAST_FALL["adam"])) is not None:
        return said
    if told.train[-1] > ADAM_REACHES:
        return f"the training loss ends at {told.train[-1]:.3g}; Adam gets further", "another-optimizers-history"
    return None


def falls_well(told: History) -> Complaint | None:
    """Kaiming start, SGD at 1e-4: falls from its first epoch on."""
    return _fell(told, LEAST_FALL["kaiming"])


def stays(told: History) -> Complaint | None:
    """SGD at 1e-8: ln 6 from the first epoch to the last."""
    off = max(abs(loss - LN6) if math.isfinite(loss) else math.inf for loss in (*told.train, *told.val))
    if off > NEAR:
        return f"a loss is {off:.2g} away from ln 6 = {LN6:.4f}, where it cannot get away from", "not-the-tiny-rate"
    return None


def oscillates(told: History) -> Complaint | None:
    """SGD at 12: thrown far out at first, then up and down, or not a number any more."""
    losses = [*told.train, *told.val]
    if not all(math.isfinite(loss) for loss in losses):
        return None
    rises = sum(after > before for before, after in zip(told.val, told.val[1:], strict=False))
    if max(losses) < HIGH or rises == 0 or max(told.accuracy) > HALF:
        return f"the highest loss is {max(losses):.3g} and it rises {rises} times", "not-the-huge-rate"
    return None


def nothing_learned(told: History) -> Complaint | None:
    """All-zero weights: near ln 6, and the same class for every picture."""
    off = max(abs(loss - LN6) if math.isfinite(loss) else math.inf for loss in (*told.train, *told.val))
    if off > NEARLY_FLAT:
        return f"a loss is {off:.2g} away from ln 6 = {LN6:.4f}", "not-zero-weights"
    levels = {round(value / CONSTANT) for value in told.accuracy}
    if len(levels) > 2:  # noqa: PLR2004 - two classes may be the most frequent in turn
        return "its accuracy changes, though every picture gets the same answer", "not-zero-weights"
    return None


def _fell(told: History, least: float) -> Complaint | None:
    if not all(math.isfinite(loss) for loss in (*told.train, *told.val)):
        return "a loss is not a number", "no-progress"
    fall = told.train[0] - told.train[-1]
    if fall < least:
        return f"the training loss goes from {told.train[0]:.4g} to {told.train[-1]:.4g}", "no-progress"
    return None


SGD = Wanted("gaussian", "sgd", 1e-4, falls_slowly)
ADAM = Wanted("gaussian", "adam", 1e-4, falls_fast)
TINY = Wanted("gaussian", "sgd", 1e-8, stays)
HUGE = Wanted("gaussian", "sgd", 12.0, oscillates)
ZERO = Wanted("zero", "sgd", 1e-4, nothing_learned)
KAIMING = Wanted("kaiming", "sgd", 1e-4, falls_well)
