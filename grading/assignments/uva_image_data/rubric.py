"""Image Data Processing (University of Amsterdam, March 2024 and later). 20 points, ours: the course names none.

All code is given, so the code is not what is judged. A row of a training pays for a history in the notebook that is
what that training comes to, and, where a network appears for the first time, for a network that begins as the task
says. What the notebook stores was written on the student's machine and proves nothing by itself: points here are those
of doing the exercise. The eleven answers are read by a person; one that was left as it was handed out is 0 by itself.

Policy where the course says nothing:

* 1 point for the split, 1 for each training, 2 for Grad-CAM, 1 for each answer.
* Nothing is trained again: what a row says of a training is read from the notebook's stored outputs, and says so. How
  the three networks begin is asked of the code itself.
* A history counts whatever its exact numbers are, where they are what such a training comes to; see `outcomes`.
* Editions number the questions differently (8.1 was 7.1) and some have no Grad-CAM; the numbers do not matter here.
"""

import re

from grading.assignments.uva_image_data import explanations, outcomes, questions, starts
from grading.authoring import Draw, Rubric, Subject
from grading.authoring.written import Find, Right, Wrong
from grading.mistakes.stored_outputs import ANOTHER_SPLIT
from grading.programs import Source

FILE = "image_data_processing.ipynb"
SIZES = (1593, 176, 758)
UNRUN = "No output of it is stored. Run the notebook from the top, and save it with its outputs: do not clear them"
UNSEEN = "No picture is stored under the cells that draw them. Run them, and save the notebook with its outputs"
_SPLIT = re.compile(r"(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})")
MOST_TEXT = 20_000

rubric = Rubric("uva-image-data", points="20")
part = rubric.part(FILE, expects=starts.expects)


def split_shown() -> Find:
    """Three sizes as a cell with `random_split` in it, or one after it, prints them; None where nothing is stored."""

    def found(source: Source) -> str | None:
        said = [output.text[:MOST_TEXT] for cell in source.code for output in cell.outputs if output.text]
        sizes = [tuple(map(int, m.groups())) for text in said for m in _SPLIT.finditer(text)]
        if not said or not any("random_split" in cell.source for cell in source.code):
            return None
        return str(SIZES if SIZES in sizes else sizes[0] if sizes else "")

    return found


class Sizes:
    """The course's split: 1,593 for training, 176 for validation, 758 for testing."""

    def judge(self, answer: str) -> Right | Wrong:
        """Right if the sizes are the course's."""
        return Right() if answer == str(SIZES) else Wrong(f"is {answer or 'not printed'}", ANOTHER_SPLIT)


part.criterion("split", "Data: loaded and split", section="Data", points="1").asks(
    "split_sizes",
    f"Your notebook loads all pictures and splits them into {', '.join(map(str, SIZES))}",
    find=split_shown(),
    accepts=Sizes(),
    missing=UNRUN,
)

trainings = {}
for run in outcomes.RUNS:
    row = trainings[run.name] = part.criterion(run.row, run.title, section="Trainings", points="1")
    row.asks(f"{run.name}_history", run.question, find=run.find(), accepts=run, missing=UNRUN)


@trainings["sgd"].holds(reference=False, needs=("sgd_history",))
def gaussian_start(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a law needs no draw
    """The network of Tasks 3 and 4 begins with weights from a normal distribution of standard deviation 1e-4."""
    starts.insist_on(student, starts.GAUSSIAN)


@trainings["zero"].holds(reference=False, needs=("zero_history",))
def zero_start(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a law needs no draw
    """Every weight of that network begins at 0."""
    starts.insist_on(student, starts.ZERO)


@trainings["kaiming"].holds(reference=False, needs=("kaiming_history",))
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
