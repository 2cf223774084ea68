"""Two questions in words: one statement that a machine judges, two answers that a person reads."""

from pathlib import Path

from grading.authoring import Prose, Rubric, Word
from grading.checks.answers import Question, answer, given_lines
from grading.domain.submission import SubmittedFile
from grading.programs import read_source

STARTER = Path(__file__).parent / "starter" / "answers.ipynb"
GIVEN = given_lines(read_source(SubmittedFile(STARTER.name, STARTER.read_bytes())))

rubric = Rubric("essay", points="5")
sheet = rubric.part("answers.ipynb")

sheet.criterion("statement", "True or false", section="1", points="1").asks(
    "statement",
    "Augmentation always helps",
    find=answer(Question(numbers=("1",)), GIVEN),
    accepts=Word(("F", "False")),
)
sheet.criterion("symmetry", "Zero weights", section="2", points="2").asks(
    "symmetry",
    "Why do zero weights not learn?",
    find=answer(Question(numbers=("2",)), GIVEN),
    accepts=Prose(("equal weights give equal outputs and gradients", "random initialisation breaks the symmetry")),
)
sheet.criterion("vanishing", "Vanishing gradients", section="3", points="2").asks(
    "vanishing",
    "What helps against vanishing gradients?",
    find=answer(Question(numbers=("3",)), GIVEN),
    accepts=Prose(("a non-saturating activation such as ReLU", "initialisation scaled by the fan-in")),
)
rubric.validated()
