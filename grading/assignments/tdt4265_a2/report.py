"""The report: numbers are judged here, derivations, plots and comments go to a person with the course's key points.

Source: the assignment sheet's tasks 1a to 4f and its published answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grading.assignments.tdt4265_a2.digits import STATISTICS
from grading.authoring import Part, Prose
from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks import task_headings
from grading.checks.quantities import Found, Quantity, numbers, results
from grading.checks.task_headings import Readable
from reference_models.softmax_network import parameter_count

REPORT = "AssignmentReport-Group1.ipynb"
SKELETON = Path(__file__).parent / "starter" / REPORT
answer_to = partial(task_headings.answer_to, skeleton=SKELETON)
answer_if_asked = partial(task_headings.answer_if_asked, skeleton=SKELETON)

part = Part(REPORT)

LATE = ("4f",)
"""Tasks of 2023 that the sheets before and after it do not have."""

SLACK = 0.1
MOST_NUMBERS = 40


@dataclass(frozen=True, slots=True)
class Statistics:
    """A mean and a standard deviation that belong together."""

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right if a number is the mean and another the deviation, of one of the sets that count."""
        found = numbers(answer)
        if not found:
            return Wrong("contains no number")
        if any(all(any(_is(f, v) for f in found) for v in pair) for pair in STATISTICS):
            return Right()
        if len(found) > MOST_NUMBERS:
            return ForHuman((f"expected: a mean and a standard deviation; the answer contains {len(found)} numbers",))
        said = f"is read as {', '.join(f.text for f in found[:4])}"
        if any(_is(f, v / 255) for f in found for pair in STATISTICS for v in pair):
            return Wrong(f"{said}: that is of pixels divided by 255; the network is given 0 … 255")
        return Wrong(f"{said}; asked for are the mean and the standard deviation of all pixels of the training set")


def _is(found: Found, value: float) -> bool:
    slack = max(SLACK, found.step / 2) if found.digits > 1 else SLACK
    return any(abs(reading - value) <= min(slack, 0.01 * abs(value) + 0.5) for reading in found.readings)


@dataclass(frozen=True, slots=True)
class EqualWidths:
    """Two hidden layers of equal width with about as many parameters as one of 64 units."""

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right for 59 or 60 units, by the number of units or of parameters."""
        said = results(answer) + numbers(answer)
        named = [w for w in range(40, 81) if any(_whole(f, n) for f in said for n in _counts(w))]
        if set(named) & {59, 60}:
            return Right()
        if named:
            return Wrong(f"has {named[0]} units in each layer; other widths come nearer to the parameters of one layer")
        widths = [w for w in (59, 60) if any(_whole(f, w) for f in said)]
        if widths:
            return ForHuman((f"{widths[0]} units are right; the number of parameters was not recognised",))
        if not said:
            return Wrong("contains no number")
        return Wrong(f"is read as {', '.join(f.text for f in said[:4])}")


def _counts(width: int) -> tuple[int, int]:
    plain = parameter_count([width, width, 10])
    return plain, plain + width + 10


def _whole(found: Found, value: int) -> bool:
    return any(reading == value for reading in found.readings)


def _prose(id_: str, title: str, points: str, task: str, question: str, *look_for: str) -> None:
    row = part.criterion(id_, title, points=points, section=f"Task {task}")
    find = answer_if_asked(task) if task in LATE else answer_to(task)
    row.asks(id_.removeprefix("task-"), question, find=find, accepts=Prose(look_for))


_prose(
    "task-1a", "Derivation of the backward pass", "4", "1a",
    "The hidden layer's delta and the update of both weight matrices are derived, in matrix form.",
    "delta_j = f'(z_j) · sum over k of w_kj · delta_k, by the chain rule through z_k",
    "the update of w_ji is w_ji - alpha · delta_j · x_i",
    "both updates in matrix form, with the shape of every matrix",
)  # fmt: skip

row_2a = part.criterion("task-2a-report", "Mean and standard deviation", points="2", section="Task 2a")
row_2a.asks(
    "mean-and-deviation", "The mean and the standard deviation of the training set are given.",
    find=answer_to("2a"), accepts=Readable(Statistics(), "mean 33.55, standard deviation 78.88"),
)  # fmt: skip

_prose(
    "task-2c-report", "Plot of loss and accuracy", "2", "2c",
    "A plot shows loss and accuracy of training and validation.",
    "training and validation loss over the steps in one plot, with labels and readable limits",
    "training and validation accuracy, with the final numbers",
)  # fmt: skip

row_2d = part.criterion("task-2d", "Number of parameters", points="5", section="Task 2d")
ONE_HIDDEN: Mapping[float, str] = {
    50890: "with biases in the output layer",
}
WRONG_COUNTS: Mapping[float, str] = {
    50816: "the biases are left out",
    50954: "the hidden layer's biases are counted twice",
    50944: "the hidden layer's biases are counted twice",
    51016: "the number of units is added twice",
    794: "only the layers' units are counted, not the weights between them",
}
row_2d.asks(
    "parameters", "The number of parameters, weights and biases, is given.",
    find=answer_to("2d"), accepts=Readable(Quantity(50880, also=ONE_HIDDEN, known=WRONG_COUNTS), "50,880 or 50,890"),
)  # fmt: skip

_CURVES = "plots with and without the trick, in one figure or with the same limits"
_prose(
    "task-3a-report", "Improved first weights, in the report", "2", "3a",
    "Plots and a comment: convergence speed, over-fitting, final accuracy.",
    _CURVES, "converges faster and ends with a better validation accuracy", "starts to over-fit earlier",
)  # fmt: skip
_prose(
    "task-3b-report", "Improved sigmoid, in the report", "2", "3b",
    "Plots and a comment: convergence speed, over-fitting, final accuracy.",
    _CURVES, "converges faster still; the training accuracy nears 1", "the gap to the validation loss grows",
)  # fmt: skip
_prose(
    "task-3c-report", "Momentum, in the report", "2", "3c",
    "Plots and a comment: convergence speed, over-fitting, final accuracy.",
    _CURVES, "converges fastest, with the learning rate reduced to 0.02", "over-fits within few epochs",
)  # fmt: skip
_prose(
    "task-4a-report", "32 hidden units, in the report", "2", "4a", "What happens with 32 hidden units is described.",
    "too small a network: under-fits, both accuracies are lower", "each epoch is faster",
)  # fmt: skip
_prose(
    "task-4b-report", "128 hidden units, in the report", "2", "4b", "What happens with 128 hidden units is described.",
    "a little better on the training set, or the same", "slower, and over-fits more easily",
)  # fmt: skip

row_4d = part.criterion("task-4d", "Equal numbers of parameters", points="3", section="Task 4d")
row_4d.asks(
    "equal-widths",
    "Two hidden layers of equal width with about the same number of parameters: units and parameters are given.",
    find=answer_to("4d"), accepts=Readable(EqualWidths(), "59 units and 50,386 parameters, or 60 and 51,300"),
)  # fmt: skip
_prose(
    "task-4d-report", "Two hidden layers compared with one", "2", "4d",
    "The network with two hidden layers is compared with that of one.",
    "plots of both in one figure", "similar accuracy, with a comment on convergence and over-fitting",
)  # fmt: skip
_prose(
    "task-4e-report", "Ten hidden layers, in the report", "4", "4e", "What ten hidden layers do is explained.",
    "a plot beside that of the earlier network", "learns more slowly, or not at all at first",
    "vanishing gradients: each layer multiplies by a slope below 1",
)  # fmt: skip
_prose(
    "task-4f-report", "ReLU, in the report", "2", "4f", "What ReLU changes is explained.",
    "the deep network learns again", "ReLU's slope is 1 where it is active, so the gradient does not shrink",
)  # fmt: skip
