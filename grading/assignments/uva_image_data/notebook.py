"""The notebook: data, six trainings, Grad-CAM (9 points), and eleven answers (11 points).

Policy where the course says nothing:

* Points are ours: 1 for the split, 1 for each training, 2 for Grad-CAM, 1 for each answer.
* Nothing is trained again: what a row says of a training is read from the notebook's stored outputs, and says so. How
  the three networks begin is asked of the code itself.
* A history counts whatever its exact numbers are, where they are what such a training comes to; see `outcomes`.
* Editions number the questions differently (8.1 was 7.1) and some have no Grad-CAM; the numbers do not matter here.
"""

import re

from grading.assignments.uva_image_data import explanations, outcomes, questions, starts
from grading.authoring import Draw, Part, Subject
from grading.authoring.written import Find, Right, Wrong
from grading.programs import Source

FILE = "image_data_processing.ipynb"
SIZES = (1593, 176, 758)
UNRUN = "No output of it is stored. Run the notebook from the top, and save it with its outputs: do not clear them"
UNSEEN = "No picture is stored under the cells that draw them. Run them, and save the notebook with its outputs"
_SPLIT = re.compile(r"(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})")
MOST_TEXT = 20_000

part = Part(FILE, expects=starts.expects)


def split_shown() -> Find:
    """Three sizes as a cell with `random_split` in it, or one after it, prints them; None where nothing is stored."""

    def found(source: Source) -> str | None:
        said = [output.text[:MOST_TEXT] for cell in source.code for output in cell.outputs if output.text]
        threes = [m.groups() for text in said for m in _SPLIT.finditer(text)]
        sizes = [tuple(map(int, three)) for three in threes]
        split = any("random_split" in cell.source for cell in source.code)
        if not said or not split:
            return None
        return str(next((three for three in sizes if three == SIZES), sizes[0] if sizes else ""))

    return found


class Sizes:
    """The course's split: 1,593 for training, 176 for validation, 758 for testing."""

    def judge(self, answer: str) -> Right | Wrong:
        """Right if the sizes are the course's."""
        if answer == str(SIZES):
            return Right()
        look = "Load all 2,527 pictures, and split them as handed out."
        return Wrong(f"is {answer or 'not printed'}", "another-split", "The data is split in another way.", look)


split_row = part.criterion("split", "Data: loaded and split", section="Data", points="1")
split_row.asks(
    "split_sizes",
    f"Your notebook loads all pictures and splits them into {', '.join(map(str, SIZES))}",
    find=split_shown(),
    accepts=Sizes(),
    missing=UNRUN,
)

sgd = part.criterion("run-sgd", "Task 3: Gaussian weights, SGD, 1e-4", section="Trainings", points="1")
sgd.asks(
    "sgd_history",
    "Ten epochs with SGD at 1e-4, as your stored outputs tell them: the loss falls, slowly",
    find=outcomes.SGD.find(),
    accepts=outcomes.SGD,
    missing=UNRUN,
)


@sgd.holds(reference=False, mistakes=starts.slips, needs=("sgd_history",))
def gaussian_start(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a law needs no draw
    """The network of Tasks 3 and 4 begins with weights from a normal distribution of standard deviation 1e-4."""
    starts.insist_on(student, starts.GAUSSIAN)


part.criterion("run-adam", "Task 3: Gaussian weights, Adam, 1e-4", section="Trainings", points="1").asks(
    "adam_history",
    "Ten epochs with Adam at 1e-4, as your stored outputs tell them: the loss falls further than with SGD",
    find=outcomes.ADAM.find(),
    accepts=outcomes.ADAM,
    missing=UNRUN,
)
part.criterion("run-tiny-rate", "Task 4: SGD, 1e-8", section="Trainings", points="1").asks(
    "tiny_history",
    "Ten epochs at 1e-8, as your stored outputs tell them: the loss stays at ln 6",
    find=outcomes.TINY.find(),
    accepts=outcomes.TINY,
    missing=UNRUN,
)
part.criterion("run-huge-rate", "Task 4: SGD, 12", section="Trainings", points="1").asks(
    "huge_history",
    "Ten epochs at a rate of 12, as your stored outputs tell them: the loss is thrown far out and oscillates",
    find=outcomes.HUGE.find(),
    accepts=outcomes.HUGE,
    missing=UNRUN,
)

zero = part.criterion("run-zero", "Task 5: zero weights", section="Trainings", points="1")
zero.asks(
    "zero_history",
    "Ten epochs from zero weights, as your stored outputs tell them: loss near ln 6, the accuracy never changes",
    find=outcomes.ZERO.find(),
    accepts=outcomes.ZERO,
    missing=UNRUN,
)


@zero.holds(reference=False, mistakes=starts.slips, needs=("zero_history",))
def zero_start(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a law needs no draw
    """Every weight of that network begins at 0."""
    starts.insist_on(student, starts.ZERO)


kaiming = part.criterion("run-kaiming", "Task 5: Kaiming's weights", section="Trainings", points="1")
kaiming.asks(
    "kaiming_history",
    "Ten epochs from Kaiming's weights, as your stored outputs tell them: the loss falls from the first epoch on",
    find=outcomes.KAIMING.find(),
    accepts=outcomes.KAIMING,
    missing=UNRUN,
)


@kaiming.holds(reference=False, mistakes=starts.slips, needs=("kaiming_history",))
def kaiming_start(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a law needs no draw
    """Every layer of that network begins with Kaiming's uniform weights."""
    starts.insist_on(student, starts.KAIMING)


part.criterion("grad-cam", "Task 6: Grad-CAM", section="Explanations", points="2").asks(
    "cam_pictures",
    "Grad-CAM of the last convolution of the network that you trained, a stored picture for each predicted class",
    find=explanations.find(),
    accepts=explanations.Shown(),
    missing=UNSEEN,
)

for asked in questions.QUESTIONS:
    part.criterion(asked.id, asked.title, section="Answers", points="1").asks(
        asked.id.replace("-", "_"), asked.words, find=asked.find, accepts=asked.accepts
    )
