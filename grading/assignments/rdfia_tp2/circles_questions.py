"""2-ab's starred questions: 1, 4, 11, 12, 17. Others are told about for nothing."""

import re

from grading.assignments.rdfia_tp2 import derivatives
from grading.assignments.rdfia_tp2.answers import Unpaid, answer_to, if_answered
from grading.assignments.rdfia_tp2.trained import part
from grading.authoring import Prose
from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.quantities import Quantity

__all__ = ["part"]

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
