"""Lab 2: better training. 30 points as the sheet gives them: a 6, b three times 4, c 6 and 6; and 6 of bonus.

The bonus, an L1 penalty, is known by its effect on the gradients, however it is written.
"""

import re

from grading.assignments.ece661_hw2 import swish, tools, training
from grading.assignments.ece661_hw2.lab1 import PICTURES, SHAPES, validation_is_steady
from grading.authoring import Draw, Function, Part, Subject
from grading.checks import gradients
from grading.checks.conclusions import insist, wrong
from grading.checks.image_networks import ImageNetwork, working
from grading.checks.small_networks import answered, fitting, normalised
from grading.domain.errors import NotDefined
from grading.mistakes import architecture
from grading.mistakes.regularization import NO_L1
from grading.mistakes.training import RATES_MISSING, STRENGTHS_MISSING
from grading.programs import Source, identifiers
from reference_models.small_cnn import swish as right_swish

FILE = "lenet5-cifar10-dev.ipynb"
SECTION = "3. Lab 2"

SPEAKING = ("BatchNorm2d", "RandomHorizontalFlip", "sigmoid", "swish")
"""What this notebook's code holds and the first one's does not: editions name the files after other networks."""

PENALISING = re.compile(r"abs_?|norm|sign|(\w*_)?l1(_\w*|loss|norm|reg\w*|lambda|penalty)?|lasso\w*", re.IGNORECASE)
"""Names of which one is in any L1 penalty: torch.abs, w.norm(1), l1_lambda, L1Loss, reg_l1; in none is model1."""

part = Part(FILE, mode="run", expects=[Function(n) for n in SPEAKING], files=tools.FILES, options=tools.APART)


def _small(student: Subject) -> list[ImageNetwork]:
    """The networks with LeNet-5's or SimpleNN's layers."""
    found = fitting(working(student), SHAPES)
    if not found:
        insist(wrong("No LeNet-5 or SimpleNN was found.", architecture.NO_NETWORK))
    return found


crops = part.criterion("lab2-augmentation", "(a) Augmentation", section=SECTION, points="6")


@crops.holds(id="lab2_crops", reference=False)
def training_pictures_vary(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """Training pictures are shifted by up to four pixels, and mirrored half of the time."""
    insist(PICTURES.varied(student))


crops.holds(id="lab2_steady", reference=False)(validation_is_steady)

normalisation = part.criterion("lab2-normalisation", "(b) Batch normalisation", section=SECTION, points="4")


@normalisation.holds(id="lab2_normalised", reference=False)
def convolutions_are_normalised(student: Subject, draw: Draw) -> None:
    """A network has batch normalisation behind both convolutions."""
    most = max(_small(student), key=lambda n: len(n.normalised()))
    insist(normalised(most, before_pooling=False))
    answer = answered(student, most, draw, SHAPES)
    if not answer.is_that_of(right_swish):
        insist(answer.has_relu())


rate = part.criterion("lab2-rate", "(b) A larger rate", section=SECTION, points="4")


@rate.holds(id="lab2_larger_rate", reference=False)
def larger_rate_is_tried(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the rates are the program's own
    """With batch normalisation a rate well above 0.01 is tried."""
    insist(training.larger_rate(student, [n.number for n in working(student) if n.normalised()]))


activation = part.criterion("lab2-swish", "(b) Swish", section=SECTION, points="4")


@activation.holds(id="lab2_swish", reference=False)
def swish_replaces_relu(student: Subject, draw: Draw) -> None:
    """A network has Swish, written by hand, in the place of every ReLU."""
    insist(swish.used(student, _small(student), draw, SHAPES))


rates = part.criterion("lab2-rates", "(c) Learning rates", section=SECTION, points="6")


@rates.holds(id="lab2_rates", reference=False)
def rates_are_swept(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the rates are the program's own
    """Networks are trained with rates from 1.0 down to 0.001."""
    insist(training.swept(student, "lr", training.RATES, RATES_MISSING))


strengths = part.criterion("lab2-strengths", "(c) L2", section=SECTION, points="6")


@strengths.holds(id="lab2_strengths", reference=False)
def strengths_are_swept(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the options are the program's own
    """Networks are trained with strengths of L2 from 1e-2 down to 0."""
    insist(training.swept(student, "weight_decay", training.STRENGTHS, STRENGTHS_MISSING))


penalty = part.criterion("lab2-l1", "(c) L1, bonus", section=SECTION, points="6")


@penalty.holds(id="lab2_penalty", reference=False)
def weights_are_pulled_evenly(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own steps are the data
    """A training has an L1 penalty: it pulls each weight towards 0 by strength times sign(w)."""
    conclusion = gradients.absolute_penalty(student)
    if conclusion.mistake == NO_L1 and not penalty_tried(student.source):
        raise NotDefined("Your code adds up no weights: the bonus was not tried")
    insist(conclusion)


def penalty_tried(source: Source | None) -> bool:
    """Whether the code holds a name of an L1 penalty: who did not try the bonus has failed at nothing."""
    if source is None:
        return True
    unread = (word for cell in source.code if cell.fault for word in re.findall(r"\w+", cell.source))
    return any(PENALISING.fullmatch(word) for word in (*identifiers(source), *unread))
