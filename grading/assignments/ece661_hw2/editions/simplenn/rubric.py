"""Homework 2 with SimpleNN (2021 to 2025): 86 points and 10 of bonus.

Statements 20, Lab 1 15 and 4 of bonus, Lab 2 35 and 6 of bonus, ResNet 16. Inside Lab 1 the sheet gives 2, 2, 2, 2, 2,
2, 3; (a) is the network, (b) and (c) pictures and data, (d) and (e) the set-up, (f) and (g) training. The statements
are reworded, and some negated, every year: no word of another year's key decides, a person reads word and reason.
"""

from grading.assignments.ece661_hw2 import lab1, lab2, lab3, report, tools
from grading.assignments.ece661_hw2.editions import repeat
from grading.authoring import Function, Part, Prose, Rubric

rubric = Rubric("ece661-hw2-simplenn", points="96")

written = rubric.add(Part("report.ipynb"))
for number, (statement, _, _, points) in enumerate(report.STATEMENTS, 1):
    written.criterion(f"statement-{number}", f"{number}. Word and reason", section="1. True or false", points="2").asks(
        f"statement_{number}",
        f"Statement {number}, true or false, and why",
        find=report.anywhere(number),
        accepts=Prose((f"the word depends on this year's wording; in 2020 it was about: {statement}", *points)),
    )
for row in report.part.criteria[-1:]:
    repeat(written, row, points="4")

WORTH = {
    "lab1-network": "2", "lab1-pictures": "4", "lab1-setup": "4", "lab1-training": "5",
    "lab2-augmentation": "6", "lab2-normalisation": "5", "lab2-rate": "5", "lab2-swish": "5",
    "lab2-rates": "7", "lab2-strengths": "7", "lab2-l1": "6",
    "resnet-network": "8", "resnet-training": "8",
}  # fmt: skip
for file, lab, options in (
    ("simplenn-cifar10.ipynb", lab1.part, tools.OPTIONS),
    ("simplenn-cifar10-dev.ipynb", lab2.part, tools.APART),
    ("resnet-cifar10.ipynb", lab3.part, tools.OPTIONS),
):
    named = [one for one in lab.expects if isinstance(one, Function)]
    part = rubric.add(Part(file, mode="run", expects=named, files=tools.FILES, options=options))
    for row in lab.criteria:
        repeat(part, row, points=WORTH[row.id])
