"""2-ab's rows that a person reads, and its starred questions: 1, 4, 11, 12, 17."""

import re

from grading.assignments.rdfia_tp2 import derivatives
from grading.assignments.rdfia_tp2.answers import Unpaid, answer_to, code_with, if_answered
from grading.assignments.rdfia_tp2.circles import part
from grading.authoring import Prose
from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.quantities import Quantity

__all__ = ["part"]

# -- what a person reads ----------------------------------------------------------------------------------


training = part.criterion("ab-training", "Training on Circles", section="1-4. Learning loops", points="0.5")
training.asks(
    "training-loops",
    "Each section trains the network on Circles and plots it.",
    find=code_with("permutation", "randperm", "Nbatch"),
    accepts=Prose((
        "every epoch goes through all examples once, in a new order, in batches",
        "train and test loss and accuracy are computed on whole sets and kept",
        "about 94-97 % of the training and 92-96 % of the test examples are right at the end",
    )),
)  # fmt: skip

mnist = part.criterion("ab-mnist", "MNIST", section="5. MNIST", points="0.5")
mnist.asks(
    "mnist-network",
    "The same code learns MNIST.",
    find=code_with("MNIST"),
    accepts=Prose((
        "784 inputs and 10 outputs", "a larger hidden layer, such as 100", "well above 90 % on the test set",
    )),
)  # fmt: skip

machine = part.criterion("ab-svm", "Bonus: support vector machines", section="6. SVM", points="0.5")
machine.asks(
    "svm-kernels",
    "Linear and kernel machines on Circles, with the effect of C.",
    find=code_with("SVC", "svm"),
    accepts=Prose((
        "a linear machine gets about 53-62 %: the classes are not linearly separable",
        "a Gaussian or second-degree kernel gets about 94-95 %",
        "the kernel's parameters and C were varied, and what they do is told",
    )),
)  # fmt: skip


# -- starred questions ------------------------------------------------------------------------------------


def _prose(number: int, points: str, title: str, *key: str) -> None:
    row = part.criterion(f"ab-question-{number}", title, section="Questions", points=points)
    row.asks(f"question-{number}", title, find=answer_to(number), accepts=Prose(key))


_prose(1, "0.25", "1. What training, validation and test sets are for",
       "training set: the parameters are fitted on it", "validation set: hyperparameters are chosen on it",
       "test set: measures how the final model generalises, used once")  # fmt: skip

sizes_row = part.criterion("ab-question-4", "4. The sizes nx, nh, ny", section="Questions", points="0.25")


class _Sizes:
    """nx = 2, nh = 4, ny = 2 in the figure; a person reads what states no three numbers."""

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right if each of the three is stated with its number."""
        wrongly = []
        for letter, value in {"x": 2, "h": 4, "y": 2}.items():
            found = re.search(rf"n_?\{{?{letter}\}}?[^\d=]{{0,60}}=?\s*\$?\s*(\d+)", answer.replace("$", ""))
            if found is None:
                return ForHuman(("nx = 2, nh = 4 and ny = 2 in the figure", "how the sizes are chosen"))
            judged_number = Quantity(value).judge(found[1])
            if isinstance(judged_number, Wrong):
                wrongly.append(f"n{letter} = {found[1]}")
        return Wrong(f"says {', '.join(wrongly)}; count the circles of the figure") if wrongly else Right()


sizes_row.asks("question-4", "The sizes in the figure.", find=answer_to(4), accepts=_Sizes())

_prose(11, "0.5", "11. Gradient descent: classic, stochastic, mini-batch",
       "classic: exact gradient over all examples, dear", "stochastic: one example, noisy and cheap",
       "mini-batch: between the two, the most reasonable in general, fits parallel hardware")  # fmt: skip
_prose(12, "0.5", "12. The influence of the learning rate",
       "too small: slow", "too large: oscillates or diverges", "often lowered during training")  # fmt: skip
derivatives_row = part.criterion("ab-question-17", "17. The remaining gradients", section="Questions", points="0.5")
derivatives_row.asks(
    "question-17", "The gradients at htilde, Wh and bh.", find=answer_to(17), accepts=derivatives.FIRST_LAYER
)
for _number, _question, _accepts in (
    (14, "The loss in terms of ytilde", derivatives.LOSS),
    (15, "The gradient at ytilde", derivatives.AT_SCORES),
    (16, "The gradients at Wy and by", derivatives.OUTPUT_LAYER),
):
    derivatives_row.asks(
        f"question-{_number}-unpaid", f"{_question} (question {_number} carries no points).",
        find=if_answered(_number), accepts=Unpaid(_accepts, f"Question {_number}"),
    )  # fmt: skip
