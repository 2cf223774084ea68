"""Homework 2 with SimpleNN (2021 to 2025): 86 points and 10 of bonus.

Statements 20, Lab 1 15 and 4 of bonus, Lab 2 35 and 6 of bonus, ResNet 16. Inside Lab 1 the sheet gives 2, 2, 2, 2, 2,
2, 3; (a) is the network, which is handed out and has to be tried, (b) and (c) pictures and data, (d) and (e) the
set-up, (f) and (g) training. The statements are reworded, and some negated, every year: no word of another year's key
decides, a person reads word and reason.
"""

from pathlib import Path

from grading.assignments.ece661_hw2 import lab1, lab2, lab3, report, tools
from grading.assignments.ece661_hw2.editions import repeat
from grading.authoring import Draw, Function, Part, Prose, Rubric, Subject
from grading.checks import image_programs
from grading.checks.answers import handed_out
from grading.checks.conclusions import insist, right, wrong
from grading.mistakes.architecture import NOT_TRIED

rubric = Rubric("ece661-hw2-simplenn", points="96")

given = handed_out(report.STARTER, Path(__file__).parent / "starter" / report.FILE)
written = rubric.add(Part(report.FILE))
for number, (statement, _, _, points) in enumerate(report.STATEMENTS, 1):
    written.criterion(f"statement-{number}", f"{number}. Word and reason", section="1. True or false", points="2").asks(
        f"statement_{number}",
        f"Statement {number}, true or false, and why",
        find=report.anywhere(number, given),
        accepts=Prose((f"the word depends on this year's wording; in 2020 it was about: {statement}", *points)),
    )
report.add_initial_loss(
    written, "Lab 1 (h), bonus: the loss before training", section="2. Lab 1", points="4", given=given
)

LABS = ("simplenn-cifar10.ipynb", "simplenn-cifar10-dev.ipynb", "resnet-cifar10.ipynb")
WORTH = {
    "lab1-network": "2", "lab1-pictures": "4", "lab1-setup": "4", "lab1-training": "5",
    "lab2-augmentation": "6", "lab2-normalisation": "5", "lab2-rate": "5", "lab2-swish": "5",
    "lab2-rates": "7", "lab2-strengths": "7", "lab2-l1": "6",
    "resnet-network": "8", "resnet-training": "8",
}  # fmt: skip


def network_is_tried(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own passes are the data
    """A batch went through the network: it is handed out, and what (a) asks for is to try it."""
    tried = any(network.calls for network in image_programs.inventory(student).networks)
    insist(right() if tried else wrong("No batch went through any network.", NOT_TRIED))


for file, lab, options in zip(
    LABS, (lab1.part, lab2.part, lab3.part), (tools.OPTIONS, tools.APART, tools.OPTIONS), strict=True
):
    named = [one for one in lab.expects if isinstance(one, Function)]
    part = rubric.add(Part(file, mode="run", expects=named, files=tools.FILES, options=options))
    for row in lab.criteria:
        first = {"lab1_tried": network_is_tried} if row.id == "lab1-network" else {}
        repeat(part, row, points=WORTH[row.id], before=first)
