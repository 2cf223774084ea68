"""Lab 2: better training. 30 points as the sheet gives them: a 6, b three times 4, c 6 and 6; and 6 of bonus.

The bonus, an L1 penalty, is read by a person: the code that adds it stands in the queue.
"""

import re

from grading.assignments.ece661_hw2 import networks, pictures, slips, tools, training
from grading.assignments.ece661_hw2.lab1 import found_networks
from grading.authoring import Draw, Function, Part, Prose, Subject
from grading.authoring.written import Find, Right, Wrong
from grading.checks.image_networks import seen
from grading.checks.opinion import insist
from grading.programs import Source

FILE = "lenet5-cifar10-dev.ipynb"
SECTION = "3. Lab 2"
_PENALTY = re.compile(r"\.abs\s*\(|torch\.abs|\bl1_loss\b|norm\s*\([^)]*\b1\b|torch\.sign|\.sign\s*\(", re.IGNORECASE)
_TAKEN = re.compile(r"\b(?:SiLU|silu|Hardswish|hardswish)\b")
LONGEST = 4_000

SPEAKING = ("RandomCrop", "RandomHorizontalFlip", "BatchNorm2d", "sigmoid")
"""What this notebook's code holds and the first one's does not: editions name the files after other networks."""

part = Part(FILE, mode="run", expects=[Function(n) for n in SPEAKING], files=tools.FILES, options=tools.OPTIONS)

crops = part.criterion("lab2-augmentation", "(a) Augmentation", section=SECTION, points="6")


@crops.holds(id="lab2_crops", reference=False, mistakes=slips.AUGMENTED)
def training_pictures_vary(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """Training pictures are shifted by up to four pixels, and mirrored half of the time."""
    insist(pictures.augmented(student, seen(student)))


@crops.holds(id="lab2_steady", reference=False, mistakes=slips.STEADY)
def validation_is_steady(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """A validation picture always comes out the same."""
    insist(pictures.steady(student, seen(student)))


normalisation = part.criterion("lab2-normalisation", "(b) Batch normalisation", section=SECTION, points="4")


@normalisation.holds(id="lab2_normalised", reference=False, mistakes=slips.NORMALISED)
def convolutions_are_normalised(student: Subject, draw: Draw) -> None:
    """A network has batch normalisation behind both convolutions."""
    insist(networks.normalised(student, found_networks(student)[1], draw))


rate = part.criterion("lab2-rate", "(b) A larger rate", section=SECTION, points="4")


@rate.holds(id="lab2_larger_rate", reference=False, mistakes=slips.RATE)
def larger_rate_is_tried(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the rates are the program's own
    """With batch normalisation a rate well above 0.01 is tried."""
    _, every = found_networks(student)
    insist(training.larger_rate(student, [n.number for n in every if n.normalised()]))


swish = part.criterion("lab2-swish", "(b) Swish", section=SECTION, points="4")


@swish.holds(id="lab2_swish", reference=False, mistakes=slips.SWISH)
def swish_replaces_relu(student: Subject, draw: Draw) -> None:
    """A network has Swish, written by hand, in the place of every ReLU."""
    insist(networks.uses_swish(student, found_networks(student)[1], draw))


class ByHand:
    """Swish is written with the sigmoid, not taken from torch."""

    def judge(self, answer: str) -> Right | Wrong:
        """Right if torch's own is not used."""
        if answer == "written":
            return Right()
        return Wrong("takes torch's own", "swish-not-by-hand", "Swish was taken from torch.", "x * torch.sigmoid(x).")


def swish_code() -> Find:
    """Whether torch's own Swish stands in the code."""

    def find(source: Source) -> str | None:
        code = "\n".join(line.partition("#")[0] for cell in source.code for line in cell.source.split("\n"))
        return "taken" if _TAKEN.search(code) else "written"

    return find


swish.asks("lab2_by_hand", "Swish is written by hand", find=swish_code(), accepts=ByHand(), needs=("lab2_swish",))

rates = part.criterion("lab2-rates", "(c) Learning rates", section=SECTION, points="6")


@rates.holds(id="lab2_rates", reference=False, mistakes=slips.SWEEPS)
def rates_are_swept(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the rates are the program's own
    """Networks are trained with rates from 1.0 down to 0.001."""
    insist(training.swept(student, "lr", training.RATES, "rates-missing"))


strengths = part.criterion("lab2-strengths", "(c) L2", section=SECTION, points="6")


@strengths.holds(id="lab2_strengths", reference=False, mistakes=slips.SWEEPS)
def strengths_are_swept(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the options are the program's own
    """Networks are trained with strengths of L2 from 1e-2 down to 0."""
    insist(training.swept(student, "weight_decay", training.STRENGTHS, "strengths-missing"))


def penalty_code() -> Find:
    """The lines around what looks like an L1 penalty, as code; None where there are none."""

    def find(source: Source) -> str | None:
        cells = [cell.source for cell in source.code if _PENALTY.search(cell.source)]
        return f"```python\n{cells[-1][:LONGEST]}\n```" if cells else None

    return find


part.criterion("lab2-l1", "(c) L1, bonus", section=SECTION, points="6").asks(
    "lab2_penalty",
    "An L1 penalty of the weights is added to the loss, or its slope to the gradients",
    find=penalty_code(),
    accepts=Prose((
        "strength times the sum of |w| is added to the loss, or strength times sign(w) to each gradient",
        "weights, not biases or normalisations; weight decay is off for the comparison",
    )),
)  # fmt: skip
