"""Written answers of both notebooks: what is a number or a formula is judged here, prose is read by a person.

Questions without a star are told about for nothing.
"""

import tomllib
from pathlib import Path

from grading.authoring import Criterion, Part, Prose
from grading.authoring.written import Accepts
from grading.checks.derivations import Derivation, Notation, accented, indexed
from grading.checks.formulas import Formula
from grading.checks.numbered_answers import Unpaid, answer_to, if_answered
from grading.checks.quantities import Quantity
from grading.checks.stated import StatedCounts, StatedFormula, StatedSizes

TEXTS = tomllib.loads((Path(__file__).parent / "questions.toml").read_text(encoding="utf-8"))

# -- numbers and formulas ---------------------------------------------------------------------------------

SIZES = StatedSizes(
    {"x": 2, "h": 4, "y": 2}, "count the circles of the figure",
    ("nx = 2, nh = 4 and ny = 2 in the figure", "how the sizes are chosen"),
)  # fmt: skip
COUNTS = StatedCounts(
    {"conv1": (2_432, 2_400), "conv2": (51_264, 51_200), "conv3": (102_464, 102_400), "fc4": (1_025_000, 1_024_000),
     "fc5": (10_010, 10_000)},
    {"conv1": 32_800, "conv2": 16_448, "conv3": 4_160},
    "a filter has kernel x kernel x input channels weights and a bias, whatever the size of the map",
    ("outputs 32x32x32, 16x16x32, 16x16x64, 8x8x64, 8x8x64, 4x4x64, 1000, 10",
     "weights 2,432 / 51,264 / 102,464 / 1,025,000 / 10,010 with biases, pooling 0"),
)  # fmt: skip
"""With biases and without; some put the size of the map in the place of kernel times input channels."""

TOTAL = Quantity(1_191_170, also={1_190_160: "without the biases of the linear layers", 1_190_000: "without biases"})
OUTPUT_SIZE = StatedFormula(
    Formula(
        "floor((x + 2*p - k)/s) + 1", {"x": (), "k": (), "s": (), "p": ()},
        also=("(x + 2*p - k)/s + 1", "floor((x + 2*p - k + s)/s)"),
        known={"(x + 2*p*(k - 1) - 1)/s": "the padding is not multiplied by the kernel's size"},
    ),
    "ksp", ("floor((x + 2p - k)/s) + 1, and likewise for y; one map for each filter",),
)  # fmt: skip
FIRST_LOSS = Quantity(2.303, rtol=0.01, also={90.0: "", 10.0: "", 0.1: "", 0.9: ""})

# -- derivatives: questions 14 to 17 of 2-ab --------------------------------------------------------------

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

JUDGED: dict[tuple[str, int], Accepts] = {("ab", 4): SIZES, ("ab", 17): FIRST_LAYER, ("cd", 10): COUNTS}
UNPAID: dict[str, tuple[tuple[int, str, Accepts], ...]] = {
    "ab-question-17": (
        (14, "The loss in terms of ytilde", LOSS),
        (15, "The gradient at ytilde", AT_SCORES),
        (16, "The gradients at Wy and by", OUTPUT_LAYER),
    ),
    "cd-question-2": ((1, "The size of a convolution's output", OUTPUT_SIZE),),
    "cd-question-10": ((11, "The number of all weights", TOTAL),),
    "cd-question-18": ((17, "The error before training", FIRST_LOSS),),
}
"""Row in which it is told → number, question, and what counts as right."""


def add_questions(part: Part, which: str) -> None:
    """Add the rows of a notebook's starred questions: "ab" or "cd"."""
    front, back = ("cd-", "-answer") if which == "cd" else ("", "")
    for text in TEXTS[which]:
        number, title = text["number"], text["title"]
        row = part.criterion(f"{which}-question-{number}", title, section="Questions", points=text["points"])
        accepts = JUDGED.get((which, number)) or Prose(tuple(text["look_for"]))
        row.asks(
            f"{front}question-{number}{back}", text.get("question", title), find=answer_to(number), accepts=accepts
        )
        for other, question, unpaid in UNPAID.get(row.id, ()):
            row.asks(
                f"{front}question-{other}-unpaid", f"{question} (question {other} carries no points).",
                find=if_answered(other), accepts=Unpaid(unpaid, f"Question {other}"),
            )  # fmt: skip


def add_methods(row: Criterion) -> None:
    """Add what part 3 asks about each method."""
    for text in TEXTS["methods"]:
        number, accepts = text["number"], Prose(tuple(text["look_for"]))
        row.asks(f"cd-question-{number}-answer", text["title"], find=answer_to(number), accepts=accepts)
