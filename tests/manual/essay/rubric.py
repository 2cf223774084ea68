"""Two questions in words: one statement that a machine judges, two answers that a person reads."""

from grading.authoring import Prose, Rubric, Word
from grading.checks.answers import Question, answer

rubric = Rubric("essay", points="5")
sheet = rubric.part("answers.ipynb")

sheet.criterion("statement", "True or false", section="1", points="1").asks(
    "statement",
    "Augmentation always helps",
    find=answer(Question(numbers=("1",))),
    accepts=Word(("F", "False")),
)
sheet.criterion("symmetry", "Zero weights", section="2", points="2").asks(
    "symmetry",
    "Why do zero weights not learn?",
    find=answer(Question(numbers=("2",))),
    accepts=Prose(("equal weights give equal outputs and gradients", "random initialisation breaks the symmetry")),
)
sheet.criterion("vanishing", "Vanishing gradients", section="3", points="2").asks(
    "vanishing",
    "What helps against vanishing gradients?",
    find=answer(Question(numbers=("3",))),
    accepts=Prose(("a non-saturating activation such as ReLU", "initialisation scaled by the fan-in")),
)
rubric.validated()
