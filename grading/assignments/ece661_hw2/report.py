"""The report: ten statements, true or false with an explanation, and the loss before training (bonus).

The key is the 2020 edition's. Other years reword and negate the statements, so a word is judged only where what stands
under its number is `about` the statement of 2020; otherwise a person judges it, as every explanation. So too where a
PDF's numbers are not found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grading.authoring import Part, Prose, Word
from grading.authoring.written import Accepts, Find, ForHuman, Right, Wrong
from grading.checks.answers import Question, answer, explanation, first_word, handed_out
from grading.checks.quantities import Quantity
from grading.programs import Source, holds_pages

FILE = "report.ipynb"
STARTER = Path(__file__).parent / "starter" / FILE


GIVEN = handed_out(STARTER)
TRUE, FALSE = ("T", "True"), ("F", "False")
WORDS = (*TRUE, *FALSE)
LN10 = 2.302585

STATEMENTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ("Batch normalisation moves the mean of activations towards zero, and that helps learning", TRUE,
     ("normali",), ("it subtracts the batch's mean, up to a learned shift", "inputs of a layer stay in a good range")),
    ("PyTorch builds its graph dynamically and computes tensors at once", TRUE,
     ("dynamic", "eager"), ("define by run: values are there as soon as a line ran", "any tensor can be looked at")),
    ("Data augmentation is of use for any kind of network", FALSE,
     ("augment",), ("not where the change alters the label or the data has no such symmetry", "small nets underfit")),
    ("With Adam it is common to raise epsilon, for instance to 1.0, for stability", TRUE,
     ("epsilon",), ("epsilon bounds the step where the second moment is tiny", "the default 1e-8 can be unstable")),
    ("A norm penalty together with dropout is always more accurate than either", FALSE,
     ("dropout",), ("both regularise: together they may be too much and underfit",)),
    ("Leaky ReLU cures dying units but is less stable because of its slope below zero", FALSE,
     ("leaky",), ("it cures dying ReLU", "a small slope below zero does not make training unstable")),
    ("Lasso gives sparser weights than Ridge", TRUE,
     ("lasso", "ridge"), ("the slope of |w| stays the same near 0, that of w^2 vanishes", "corners of the L1 ball")),
    ("Depthwise separable convolutions for all 3 x 3 ones give these layers about nine times the speed", TRUE,
     ("depthwise",), ("9 M N / (9 M + M N) tends to 9 for many output channels N",)),
    ("SqueezeNet does most of its computation in later stages, and so has fewer parameters than AlexNet", FALSE,
     ("squeeze",), ("it shrinks maps late: most computation is early", "few parameters come from 1 x 1 convolutions")),
    ("Residual networks use shortcuts to smooth the loss surface", TRUE,
     ("residual", "shortcut"), ("shortcuts make the loss surface smoother", "gradients pass unchanged")),
)  # fmt: skip

PAGES = 12_000
UNPLACED = "(Not surely an answer to this statement: "
OTHER_WORDS = f"{UNPLACED}another one stands under its number.)\n\n"
NO_NUMBER = f"{UNPLACED}its number was not found; this is the report's text.)\n\n"


@dataclass(frozen=True, slots=True)
class Judged:
    """As `accepts` says; what is not surely an answer is for a person.

    Attributes:
        accepts: what counts.
        points: for the person.
    """

    accepts: Accepts
    points: tuple[str, ...]

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Judge what was found."""
        return ForHuman(self.points) if answer.startswith(UNPLACED) else self.accepts.judge(answer)


def or_unplaced(find: Find, elsewhere: Find | None = None) -> Find:
    """The answer; else, for a person, what stands under the number in another edition's words, or a PDF's text."""

    def candidates(source: Source) -> Iterator[str]:
        yield find(source) or ""
        if elsewhere is not None and (told := elsewhere(source)):
            yield OTHER_WORDS + told
        if holds_pages(source):
            text = "\n\n".join(cell.source for cell in source.cells if cell.origin)
            yield NO_NUMBER + text[:PAGES] if text.strip() else ""

    return lambda source: next((told for told in candidates(source) if told), None)


part = Part(FILE)


def anywhere(number: int, given: frozenset[str]) -> Find:
    """What stands under a statement's number, whatever it is about."""
    long = answer(Question(anchors=(f"statement-{number}",), numbers=(f"1.{number}",)), given)
    short = answer(Question(numbers=(str(number),)), given)
    return or_unplaced(lambda source: long(source) or short(source))


for number, (statement, key, about, points) in enumerate(STATEMENTS, 1):
    numbers = (f"1.{number}", str(number))
    elsewhere = answer(Question(numbers=numbers), GIVEN)
    placed = answer(Question(anchors=(f"statement-{number}",), numbers=numbers, about=about), GIVEN)
    found = or_unplaced(placed, elsewhere)
    part.criterion(f"statement-{number}-word", f"{number}. The word", section="1. True or false", points="1").asks(
        f"word_{number}",
        statement,
        find=first_word(found, WORDS),
        accepts=Judged(Word(key), (f"the 2020 edition's word: {key[-1]}",)),
    )
    part.criterion(
        f"statement-{number}-why", f"{number}. The explanation", section="1. True or false", points="1"
    ).asks(
        f"why_{number}",
        f"Why? {statement}",
        find=explanation(found, WORDS),
        accepts=Prose(points),
    )


def add_initial_loss(
    part: Part, title: str, *, section: str, points: str, given: frozenset[str] = GIVEN, number: str = "2"
) -> None:
    """Add the row that asks for the loss before training; `number` is its place in the report."""
    asked = Question(anchors=("initial-loss",), headings=("Loss before training",), numbers=(number,))
    known = {1.0: "ln 10 is 2.30, log10 of 10 is 1", 0.1: "that is the chance, not its loss"}
    part.criterion("initial-loss", title, section=section, points=points).asks(
        "initial_loss_value",
        "The cross-entropy of ten classes that are all as likely is ln 10",
        find=or_unplaced(answer(asked, given)),
        accepts=Judged(Quantity(LN10, rtol=0.03, known=known), ("ln 10 = 2.30",)),
    )


add_initial_loss(part, "Lab 1 (h), bonus: the loss before training", section="2. Lab 1", points="4")
