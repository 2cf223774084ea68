"""The eleven written answers: where each stands in any edition, and what the course looks for in it.

Key points marked "extra" are beyond what is asked. Of the course's own key some claims are debatable (regularisation as
a cure for vanishing gradients): whoever leaves them out has not missed anything, so they are not listed as due.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from grading.authoring import Prose
from grading.authoring.written import Find
from grading.checks.answers import Question, given_lines
from grading.checks.misplaced import as_text, or_misplaced
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source

HERE = Path(__file__).parent
STARTER = HERE / "starter" / "image_data_processing.ipynb"
FINGERPRINTS = HERE / "handed_out.txt"
DIGITS = 16

_TASK = re.compile(r"(?im)^(#+\s*task)\s+\d+\s*:")


class Prints(frozenset[str]):
    """Lines that were handed out, by their fingerprints: those of the course are its own words, and not kept here."""

    def __contains__(self, line: object) -> bool:
        return isinstance(line, str) and super().__contains__(print_of(line))


def print_of(line: str) -> str:
    """A line's fingerprint."""
    return hashlib.sha256(line.encode("utf-8", "replace")).hexdigest()[:DIGITS]


@lru_cache(maxsize=4)
def without_task_numbers(source: Source) -> Source:
    """The notebook with "Task 3:" as "Task:": tasks and the assignments inside them share their numbers."""
    cells = (replace(cell, source=_TASK.sub(r"\1:", cell.source)) for cell in source.cells)
    return replace(source, cells=tuple(cells))


def handed_out(known: Iterable[str], *starters: Path) -> Prints:
    """What students were given: our starters, and the course's editions by their fingerprints."""
    read = (read_source(SubmittedFile(path.name, path.read_bytes())) for path in starters)
    own = given_lines(*(as_text(without_task_numbers(source)) for source in read))
    return Prints({*map(print_of, own), *known})


GIVEN = handed_out(FINGERPRINTS.read_text(encoding="ascii").split(), STARTER)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the written part.

    Attributes:
        id: of its row.
        title: of its row.
        words: the question, to the student.
        place: where it stands.
        points: what the course looks for.
    """

    id: str
    title: str
    words: str
    place: Question
    points: tuple[str, ...]

    @property
    def find(self) -> Find:
        """The student's answer, or None; one that stands elsewhere says so."""
        found = or_misplaced(self.place, GIVEN)
        return lambda source: found(without_task_numbers(source))

    @property
    def accepts(self) -> Prose:
        """A person decides."""
        return Prose(self.points)


QUESTIONS = (
    Asked(
        "answer-optimizer",
        "Assignment 3: optimizers",
        "What differs between the run with SGD and the run with Adam?",
        Question(numbers=("3",), about=("optimi",)),
        (
            "SGD: the loss falls slowly; with more epochs it may still get there",
            "Adam: the loss falls faster and the accuracy gets higher in the same epochs",
        ),
    ),
    Asked(
        "answer-learning-rate",
        "Assignment 4: learning rates",
        "What differs between the very small and the very large learning rate, and from the run of Task 3?",
        Question(numbers=("4",), about=("rate",)),
        (
            "very small rate: the loss is almost constant, the accuracy hardly changes",
            "very large rate: loss and accuracy oscillate, nothing is learned",
        ),
    ),
    Asked(
        "answer-initialisation",
        "Assignment 5: initialisation",
        "What differs between zero weights and Kaiming's, and from the run of Task 3?",
        Question(numbers=("5",), about=("initiali", "weight")),
        (
            "zero weights: loss and accuracy almost never change",
            "Kaiming: trains clearly faster than the other runs with SGD at the same rate",
        ),
    ),
    Asked(
        "answer-explanations",
        "Assignment 6: Grad-CAM",
        "What does the network look at for each class, and what pattern is there in its errors?",
        Question(numbers=("6",), about=("cam", "attention")),
        (
            "it looks at labels printed on the garbage: brands, barcodes, print on paper",
            "that is undesirable: the print does not say what the object is made of",
        ),
    ),
    Asked(
        "answer-experiments",
        "Assignment 7: experiments (optional)",
        "Which network, optimizer, rate and initialisation do you recommend, from your own experiments?",
        Question(numbers=("7", "6"), about=("experiment", "recommend")),
        (
            "a recommendation that names network, optimizer, rate, epochs and initialisation",
            "it rests on one's own runs; one such: ResNet-18 with one linear layer, Adam, 5e-5, 15 epochs, Kaiming",
        ),
    ),
    Asked(
        "answer-last-layer",
        "Assignment 8.1: the last layer",
        "What is the purpose of changing the last layer of the network?",
        Question(numbers=("8.1", "7.1"), headings=("Role of the Last Layer",), about=("last layer", "final layer")),
        ("the last layer maps from what the layer before gives to the number of classes of this data",),
    ),
    Asked(
        "answer-symmetry",
        "Assignment 8.2: constant weights",
        "What is the problem with constant initial weights, why does it arise, and why do random ones solve it?",
        Question(numbers=("8.2", "7.2"), headings=("Constant Weight Initialization",), about=("constant", "zero")),
        (
            "it is the symmetry problem",
            "equal weights give equal outputs and equal gradients, so all units of a layer stay the same",
            "random initialisation breaks the symmetry",
        ),
    ),
    Asked(
        "answer-comparison",
        "Assignment 8.3: ways to initialise",
        "What are the strengths and weaknesses of zero, Gaussian and Kaiming initialisation?",
        Question(numbers=("8.3", "7.3"), headings=("Weight Initialization Comparison",), about=("initiali",)),
        (
            "zero: simple, but the symmetry is never broken",
            "Gaussian: breaks the symmetry, but its variance must be chosen, or signals vanish or explode",
            "Kaiming: scaled by the fan-in, made for ReLU",
            "extra: Xavier uses fan-in and fan-out and suits tanh",
        ),
    ),
    Asked(
        "answer-complexity",
        "Assignment 8.4: complexity",
        "What is it called when more layers make a network worse, why does it happen, and what helps?",
        Question(numbers=("8.4", "7.4"), headings=("Network Complexity",), about=("complex", "deep")),
        (
            "overfitting (the course's word) or degradation (the ResNet paper's): both are right",
            "why: more parameters than the data determine; or deeper networks that are harder to optimise",
            "remedies: L1 or L2 penalties, dropout; residual connections",
        ),
    ),
    Asked(
        "answer-rates",
        "Assignment 8.5: rates too low or too high",
        "What goes wrong at rates that are too low or too high, and what can be done?",
        Question(numbers=("8.5", "7.5"), about=("rate",)),
        (
            "too high: steps overshoot the minimum, the loss oscillates or diverges",
            "too low: training is very slow and may get stuck",
            "remedies: learning-rate schedules, adaptive optimizers",
        ),
    ),
    Asked(
        "answer-vanishing",
        "Assignment 8.6: vanishing gradients",
        "What helps against vanishing gradients, and why?",
        Question(numbers=("8.6", "7.6"), headings=("Vanishing Gradient",), about=("vanish",)),
        (
            "ReLU: its slope does not saturate",
            "initialisation that keeps the size of signals",
            "extra: batch normalisation, residual connections, gradient clipping",
        ),
    ),
)
