"""The eleven written answers: where each stands in any edition, and what the course looks for in it.

Key points marked "extra" are beyond what is asked. Of the course's own key some claims are debatable (regularisation as
a cure for vanishing gradients): whoever leaves them out has not missed anything, so they are not listed as due.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from grading.authoring import Prose
from grading.authoring.written import Find
from grading.checks.answers import Question, handed_out
from grading.checks.misplaced import as_text, or_misplaced
from grading.programs import Source

HERE = Path(__file__).parent
_TASK = re.compile(r"(?im)^(#+\s*task)\s+\d+\s*:")


@lru_cache(maxsize=4)
def without_task_numbers(source: Source) -> Source:
    """The notebook with "Task 3:" as "Task:": tasks and the assignments inside them share their numbers."""
    cells = (replace(cell, source=_TASK.sub(r"\1:", cell.source)) for cell in source.cells)
    return replace(source, cells=tuple(cells))


GIVEN = handed_out(
    HERE / "starter" / "image_data_processing.ipynb",
    prints=(HERE / "handed_out.txt").read_text(encoding="ascii").split(),
    as_read=lambda source: as_text(without_task_numbers(source)),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the written part.

    Attributes:
        id: of its row.
        title: of its row.
        words: the question, to the student.
        find: the student's answer, or None; one that stands elsewhere says so.
        accepts: a person, with what the course looks for.
    """

    id: str
    title: str
    words: str
    find: Find
    accepts: Prose


def _asked(id_: str, title: str, words: str, place: Question, *points: str) -> Asked:
    found = or_misplaced(place, GIVEN)

    def find(source: Source) -> str | None:
        return found(without_task_numbers(source))

    return Asked(f"answer-{id_}", f"Assignment {title}", words, find, Prose(points))


QUESTIONS = (
    _asked("optimizer", "3: optimizers", "What differs between the run with SGD and the run with Adam?",
           Question(numbers=("3",), about=("optimi",)),
           "SGD: the loss falls slowly; with more epochs it may still get there",
           "Adam: the loss falls faster and the accuracy gets higher in the same epochs"),
    _asked("learning-rate", "4: learning rates",
           "What differs between the very small and the very large learning rate, and from the run of Task 3?",
           Question(numbers=("4",), about=("rate",)),
           "very small rate: the loss is almost constant, the accuracy hardly changes",
           "very large rate: loss and accuracy oscillate, nothing is learned"),
    _asked("initialisation", "5: initialisation",
           "What differs between zero weights and Kaiming's, and from the run of Task 3?",
           Question(numbers=("5",), about=("initiali", "weight")),
           "zero weights: loss and accuracy almost never change",
           "Kaiming: trains clearly faster than the other runs with SGD at the same rate"),
    _asked("explanations", "6: Grad-CAM",
           "What does the network look at for each class, and what pattern is there in its errors?",
           Question(numbers=("6",), about=("cam", "attention")),
           "it looks at labels printed on the garbage: brands, barcodes, print on paper",
           "that is undesirable: the print does not say what the object is made of"),
    _asked("experiments", "7: experiments (optional)",
           "Which network, optimizer, rate and initialisation do you recommend, from your own experiments?",
           Question(numbers=("7", "6"), about=("experiment", "recommend")),
           "a recommendation that names network, optimizer, rate, epochs and initialisation",
           "it rests on one's own runs; one such: ResNet-18 with one linear layer, Adam, 5e-5, 15 epochs, Kaiming"),
    _asked("last-layer", "8.1: the last layer", "What is the purpose of changing the last layer of the network?",
           Question(numbers=("8.1", "7.1"), headings=("Role of the Last Layer",), about=("last layer", "final layer")),
           "the last layer maps from what the layer before gives to the number of classes of this data"),
    _asked("symmetry", "8.2: constant weights",
           "What is the problem with constant initial weights, why does it arise, and why do random ones solve it?",
           Question(numbers=("8.2", "7.2"), headings=("Constant Weight Initialization",), about=("constant", "zero")),
           "it is the symmetry problem",
           "equal weights give equal outputs and equal gradients, so all units of a layer stay the same",
           "random initialisation breaks the symmetry"),
    _asked("comparison", "8.3: ways to initialise",
           "What are the strengths and weaknesses of zero, Gaussian and Kaiming initialisation?",
           Question(numbers=("8.3", "7.3"), headings=("Weight Initialization Comparison",), about=("initiali",)),
           "zero: simple, but the symmetry is never broken",
           "Gaussian: breaks the symmetry, but its variance must be chosen, or signals vanish or explode",
           "Kaiming: scaled by the fan-in, made for ReLU", "extra: Xavier uses fan-in and fan-out and suits tanh"),
    _asked("complexity", "8.4: complexity",
           "What is it called when more layers make a network worse, why does it happen, and what helps?",
           Question(numbers=("8.4", "7.4"), headings=("Network Complexity",), about=("complex", "deep")),
           "overfitting (the course's word) or degradation (the ResNet paper's): both are right",
           "why: more parameters than the data determine; or deeper networks that are harder to optimise",
           "remedies: L1 or L2 penalties, dropout; residual connections"),
    _asked("rates", "8.5: rates too low or too high",
           "What goes wrong at rates that are too low or too high, and what can be done?",
           Question(numbers=("8.5", "7.5"), about=("rate",)),
           "too high: steps overshoot the minimum, the loss oscillates or diverges",
           "too low: training is very slow and may get stuck",
           "remedies: learning-rate schedules, adaptive optimizers"),
    _asked("vanishing", "8.6: vanishing gradients", "What helps against vanishing gradients, and why?",
           Question(numbers=("8.6", "7.6"), headings=("Vanishing Gradient",), about=("vanish",)),
           "ReLU: its slope does not saturate", "initialisation that keeps the size of signals",
           "extra: batch normalisation, residual connections, gradient clipping"),
)  # fmt: skip
