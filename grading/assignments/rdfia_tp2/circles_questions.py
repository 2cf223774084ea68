"""2-ab's starred questions: 1, 4, 11, 12, 17. Others are told about for nothing."""

import re

from grading.assignments.rdfia_tp2.circles_training import part
from grading.authoring import Prose
from grading.authoring.written import Accepts, ForHuman, Right, Wrong
from grading.checks.derivations import Derivation, Notation, accented, indexed
from grading.checks.numbered_answers import Unpaid, answer_to, if_answered

__all__ = ["part"]

# -- the sizes of the figure ------------------------------------------------------------------------------


class _Sizes:
    """nx = 2, nh = 4, ny = 2 in the figure; a person reads what states no three numbers."""

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right if each of the three is stated with its number."""
        stated = {}
        for letter in "xhy":
            found = re.search(rf"n_?\{{?{letter}\}}?[^\d=]{{0,60}}=?\s*\$?\s*(\d+)", answer.replace("$", ""))
            if found is None:
                return ForHuman(("nx = 2, nh = 4 and ny = 2 in the figure", "how the sizes are chosen"))
            stated[letter] = int(found[1])
        wrong = [f"n{letter} = {stated[letter]}" for letter, size in zip("xhy", (2, 4, 2), strict=True)
                 if stated[letter] != size]  # fmt: skip
        return Wrong(f"says {', '.join(wrong)}; count the circles of the figure") if wrong else Right()


# -- derivatives: questions 14 to 17 ----------------------------------------------------------------------

NOTATION = Notation(
    symbols=(
        (accented("hat", "y", "ŷ", "y_pred"), "q"), (accented("tilde", "y", "ỹ"), "t"),
        (accented("tilde", "h", "h̃"), "z"), (indexed("W", "y"), "w"), (indexed("W", "h"), "V"),
        (indexed("b", "y") + "(?![a-z])", "c"), (indexed("b", "h") + "(?![a-z])", "b"),
    ),
    gradients={"t": "D", "h": "H", "z": "E"},
    meant={"E": "(w*(q-y)*(1-tanh(z)^2))", "H": "(w*(q-y))", "D": "(q-y)"},
    values={"h": "tanh(z)"},
    shown={"q": "yhat", "t": "ytilde", "z": "htilde", "w": "Wy"},
    letters="qtyzwx",
)  # fmt: skip
SIGN = "the sign is the other way round"
AT_HIDDEN = "w*(q - y)*(1 - tanh(z)^2)"

LOSS = Derivation(
    NOTATION, ("-t1 + log(exp(t1) + exp(t2) + exp(t3))",),
    {
        "t1 - log(exp(t1) + exp(t2) + exp(t3))": SIGN,
        "-t1 + exp(t1) + exp(t2) + exp(t3)": "the logarithm of the sum is missing",
        "-t1 + log(exp(t1))": "the sum goes over all classes",
    },
    ("-Σ y_i ytilde_i + log Σ_j exp(ytilde_j)",), classes=True,
)  # fmt: skip
AT_SCORES = Derivation(
    NOTATION, ("q - y",), {"y - q": SIGN, "-y/q": "that is the gradient at yhat, not at ytilde"}, ("yhat - y",),
    itself="D",
)  # fmt: skip
OUTPUT_LAYER = Derivation(
    NOTATION, ("(q - y)*tanh(z)", "q - y"),
    {
        "(q - y)*x": "the input of the last layer is h",
        "(q - y)*z": "the input of the last layer is h, not htilde",
        "(y - q)*tanh(z)": SIGN,
    },
    ("Wy: the outer product of yhat - y and h", "by: yhat - y"),
    {"q - y": r"b.{0,12}y.{0,40}(?:itself|lui-m|elle-m|same)", "(q - y)*tanh(z)": r"outer.{0,60}h\b"},
)  # fmt: skip
FIRST_LAYER = Derivation(
    NOTATION, (AT_HIDDEN, f"{AT_HIDDEN}*x", "b"),
    {
        "w*(q - y)*(1 - z^2)": "the slope of tanh is 1 - h², with h = tanh(htilde), and not 1 - htilde²",
        "w*(q - y)*tanh(z)/z": "the slope of tanh is 1 - h²; a quotient is no derivative",
        "w*(q - y)*(1 - tanh(z))": "the slope of tanh is 1 - h²: the square is missing",
        "w*(q - y)*tanh(z)*(1 - tanh(z))": "that is the slope of the logistic function; that of tanh is 1 - h²",
        "w*(y - q)*(1 - tanh(z)^2)": SIGN,
        "(q - y)*(1 - tanh(z)^2)": "the weights Wy are missing",
    },
    ("gradient at htilde: (Wy^T (yhat - y)) times (1 - h²), element by element; h² = tanh², not htilde²",
     "Wh: that vector's outer product with x; bh: that vector itself"),
    {f"{AT_HIDDEN}*x": r"(?:outer|extérieur|externe|tensor|⊗|\\otimes).{0,60}x", "b": r"b_?\^?\{?h|bias|biais"},
    itself="E",
)  # fmt: skip

# -- rows -------------------------------------------------------------------------------------------------

STARRED: dict[int, tuple[str, str, str, Accepts]] = {
    1: ("0.25", "1. What training, validation and test sets are for", "", Prose((
        "training set: the parameters are fitted on it", "validation set: hyperparameters are chosen on it",
        "test set: measures how the final model generalises, used once"))),
    4: ("0.25", "4. The sizes nx, nh, ny", "The sizes in the figure.", _Sizes()),
    11: ("0.5", "11. Gradient descent: classic, stochastic, mini-batch", "", Prose((
        "classic: exact gradient over all examples, dear", "stochastic: one example, noisy and cheap",
        "mini-batch: between the two, the most reasonable in general, fits parallel hardware"))),
    12: ("0.5", "12. The influence of the learning rate", "", Prose((
        "too small: slow", "too large: oscillates or diverges", "often lowered during training"))),
    17: ("0.5", "17. The remaining gradients", "The gradients at htilde, Wh and bh.", FIRST_LAYER),
}  # fmt: skip
"""Number → points, title, what is asked where it is not the title, and what counts as right."""

UNPAID: dict[int, tuple[str, Accepts]] = {
    14: ("The loss in terms of ytilde", LOSS),
    15: ("The gradient at ytilde", AT_SCORES),
    16: ("The gradients at Wy and by", OUTPUT_LAYER),
}

for _number, (_points, _title, _question, _accepts) in STARRED.items():
    _row = part.criterion(f"ab-question-{_number}", _title, section="Questions", points=_points)
    _row.asks(f"question-{_number}", _question or _title, find=answer_to(_number), accepts=_accepts)
for _number, (_question, _accepts) in UNPAID.items():
    part.criteria[-1].asks(
        f"question-{_number}-unpaid", f"{_question} (question {_number} carries no points).",
        find=if_answered(_number), accepts=Unpaid(_accepts, f"Question {_number}"),
    )  # fmt: skip
