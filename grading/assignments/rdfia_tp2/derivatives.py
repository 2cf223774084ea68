r"""Questions 14 to 17 of 2-ab: derivatives, read out of whatever stands around them and compared by what they mean.

Notations differ more than results (``\nabla_{\tilde{h}} \ell``, ``\frac{\partial l}{\partial \tilde h}``, ``dhtilde``),
so a text is first brought to one letter for each quantity, its matrix products to plain ones, its transposes, indices
and sums to nothing: what is left is the formula for one unit of each layer, in which every published mistake still
shows. Question 14 is about a sum, so there sums are written out over three classes, the first of which is the true one.

====  ==========================  ====  ========================================
q     yhat                        w     Wy
t     ytilde                      D     gradient at ytilde, q - y
h     tanh(z)                     H     gradient at h, w (q - y)
z     htilde                      E     gradient at htilde, w (q - y) (1 - h^2)
====  ==========================  ====  ========================================

What cannot be read is for a person.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.formulas import Unreadable, equal, read

LONGEST = 4000
MOST_PIECES = 60
MOST_SUMS = 4
CLASSES = ("1", "2", "3")


def _accented(accent: str, letter: str) -> str:
    return rf"\\(?:wide)?{accent}(?:\s*\{{\s*{letter}\s*\}}|\s*{letter})"


_INDEX = r"(?:\s*_\s*(?:\{[^{}]*\}|[a-zA-Z0-9]))?"
_SYMBOLS = (
    (rf"{_accented('hat', 'y')}|ŷ|y[\s_]?hat|hat[\s_]?y|y_pred", "q"),
    (rf"{_accented('tilde', 'y')}|ỹ|y[\s_]?tilde|tilde[\s_]?y", "t"),
    (rf"{_accented('tilde', 'h')}|h̃|h[\s_]?tilde|tilde[\s_]?h", "z"),
    (r"W\s*_?\s*\^?\s*\{?\(?\s*y\s*\)?\}?", "w"),
    (r"W\s*_?\s*\^?\s*\{?\(?\s*h\s*\)?\}?", "V"),
    (r"b\s*_?\s*\^?\s*\{?\(?\s*y\s*\)?\}?(?![a-z])", "c"),
    (r"b\s*_?\s*\^?\s*\{?\(?\s*h\s*\)?\}?(?![a-z])", "b"),
)  # fmt: skip
"""A spelling, and its letter; each is put between spaces, so that none joins a word."""

_LOSS = r"(?:\\ell|\\mathcal\s*\{?L\}?|\\text\{?Loss\}?|[lLℓ](?![a-z])|loss|Loss)?"
_GRADIENTS = {"t": "D", "h": "H", "z": "E"}
_MARKS = {
    r"\odot": "*", r"\circ": "*", r"\otimes": "*", r"\cdot": "*", r"\times": "*", r"\ast": "*", "⊙": "*", "∘": "*",
    "⊗": "*", "·": "*", "×": "*", "@": "*", "−": "-", "–": "-", r"\left": "", r"\right": "", r"\big": "", r"\Big": "",
    r"\displaystyle": "", "&": " ", r"\\": "\n", "$": "\n", r"\ln": "log", r"\log": "log", r"\tanh": "tanh",
    r"\exp": "exp", r"\,": " ", r"\;": " ", r"\quad": "\n", r"\implies": "\n", r"\Rightarrow": "\n", "=>": "\n",
    "⇒": "\n", "→": "\n", r"\rightarrow": "\n", "²": "^2", "**": "^", r"\mathbf{1}": "1", "torch.": " ", "np.": " ",
}  # fmt: skip
_DRESSED = re.compile(r"\\(?:mathbf|boldsymbol|bm|mathrm|text|vec|operatorname)\s*\{([^{}]*)\}")
_TURNED = re.compile(r"\^\s*\{?\s*(?:\\top|\\intercal|T|t|⊤)\s*\}?(?![a-z])|\.T\b|\.t\(\)|⊤|ᵀ")


def _lettered(text: str) -> str:
    """Quantities as single letters, gradients as those of the table; indices stay."""
    text = text[:LONGEST]
    for _ in range(2):
        text = _DRESSED.sub(r"\1", text)
    for mark, plain in _MARKS.items():
        text = text.replace(mark, plain)
    text = _TURNED.sub(" ", text)
    for spelling, letter in _SYMBOLS:
        text = re.sub(spelling, f" {letter} ", text)
    for letter, gradient in _GRADIENTS.items():
        for spelling in (
            rf"\\nabla\s*_?\s*\{{?\s*{letter}{_INDEX}\s*\}}?\s*{_LOSS}",
            rf"∇\s*_?\s*[({{]?\s*{letter}{_INDEX}\s*[)}}]?\s*{_LOSS}",
            rf"\\d?frac\s*\{{\s*(?:\\partial|d)\s*{_LOSS}\s*\}}\s*\{{\s*(?:\\partial|d)\s*{letter}{_INDEX}\s*\}}",
            rf"(?:\\partial|∂)\s*{_LOSS}\s*/\s*(?:\\partial|∂)\s*{letter}{_INDEX}",
            rf"(?:\\delta|δ|Δ|\\Delta)\s*_?\s*\{{?\s*{letter}\s*\}}?",
            rf"(?<![A-Za-z])(?:d|grad_?|delta_?)\s*_?\s+{letter}(?![a-z])",
        ):
            text = re.sub(spelling, f" {gradient} ", text)
    return text


def _pieces(text: str) -> Iterator[str]:
    """What may be formulas: between equal signs, words and ends of lines."""
    for line in re.split(r"[\n;:=≈]|,(?![^(]*\))|\.(?!\d)", text):
        for piece in re.split(r"\b(?!(?:tanh|exp|log|frac)\b)[^\W\d_]{2,}\b", line):
            bare = piece.strip(" \t.,`*_")
            if bare:
                yield bare


def scalars(answer: str) -> list[str]:
    """The formulas in an answer, for one unit of each layer: `w*(q - y)*(1 - tanh(z)^2)` and the like."""
    text = _lettered(answer)
    text = re.sub(r"\\sum|∑|Σ", " ", text)
    text = re.sub(r"tanh\s*\^\s*\{?\s*2\s*\}?\s*(?:\(([^()]*)\)|\s(z)\b)", r"(tanh(\1\2))^2", text)
    text = re.sub(r"(?<=[\s\w)])\s*[_^]\s*\{[^{}]*[a-z=][^{}]*\}(?!\s*\()|_\s*[a-z0-9]\b", " ", text)
    return list(_pieces(text))[:MOST_PIECES]


def sums(answer: str) -> list[str]:
    """The formulas in an answer with every sum written out over three classes, of which the first is the true one."""
    text = re.sub(r"∑|Σ", r"\\sum", _lettered(answer))
    text = re.sub(r"\s+_", "_", text)
    text = re.sub(r"_\s*\{\s*([a-z])\s*=\s*1\s*\}", r"_{\1}", text)
    found = []
    for piece in re.split(r"[\n;=≈]", text):
        written = _written_out(piece)
        if written is not None:
            written = re.sub(r"\by\s*_1", "1", written)
            written = re.sub(r"\by\s*_[23]", "0", written)
            found.append(re.sub(r"\b([tq])\s*_([123])", r"\1\2", written).strip(" .,"))
    return found[:MOST_PIECES]


_SUM = re.compile(r"\\sum\s*(?:\\limits)?\s*_\s*\{?\s*([a-z])\s*\}?\s*(?:\^\s*(?:\{[^{}]*\}|[\w]+)(?:_\w)?)?\s*")


def _written_out(text: str) -> str | None:
    for _ in range(MOST_SUMS):
        starts = list(_SUM.finditer(text))
        if not starts:
            return text
        last = starts[-1]
        end = _end_of_term(text, last.end())
        body = text[last.end() : end]
        index = last[1]
        terms = [re.sub(rf"_\s*(?:\{{\s*{index}\s*\}}|{index}(?![a-z]))", f"_{n}", body) for n in CLASSES]
        text = f"{text[: last.start()]}({' + '.join(f'({term})' for term in terms)}){text[end:]}"
    return None


def _end_of_term(text: str, start: int) -> int:
    """Where a product ends that begins at `start`."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] in "({[":
            depth += 1
        elif text[at] in ")}]":
            depth -= 1
            if depth < 0:
                return at
        elif text[at] in "+-," and not depth and text[start:at].strip():
            return at
    return len(text)


_NAMES: Mapping[str, str] = {letter: letter for letter in ("q", "t", "y", "z", "w", "x")}
_MEANT = (("E", "(w*(q-y)*(1-tanh(z)^2))"), ("H", "(w*(q-y))"), ("D", "(q-y)"))
_STATED = {"q": "yhat", "t": "ytilde", "z": "htilde", "w": "Wy", **{f"t{n}": f"ytilde_{n}" for n in CLASSES}}
_ACTIVATION = re.compile(r"(?<![a-z])h(?![a-z])")


def _equal(piece: str, right: str, names: Mapping[str, str]) -> bool:
    try:
        return equal(read(piece, names), read(right, names))
    except Unreadable:
        return False


@dataclass(frozen=True, slots=True)
class Derivative:
    """A question about derivatives.

    Attributes:
        right: formulas that must all be there, the one that the question is about first.
        known: wrong formula → what to tell the student.
        key: what a person looks for.
        words: for a right formula, words that say the same where it is not there as a formula.
        itself: the letter of the gradient that is asked for: that it is named is no answer.
    classes: whether sums over classes matter (question 14).
    """

    right: Sequence[str]
    known: Mapping[str, str]
    key: tuple[str, ...]
    words: Mapping[str, str]
    itself: str = ""
    classes: bool = False

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right if every formula is there; wrong if the first is not, and a known wrong one is."""
        names = {f"t{n}": f"t{n}" for n in CLASSES} if self.classes else _NAMES
        read_off = sums(answer) if self.classes else scalars(answer)
        own = [_meant(piece) for piece in read_off if not self.itself or self.itself not in piece]
        if self._is_there(self.right[0], own, answer, names):
            pieces = [_meant(piece) for piece in read_off]
            others = all(self._is_there(right, pieces, answer, names) for right in self.right[1:])
            return Right() if others else ForHuman(self.key)
        for wrong, said in self.known.items():
            if any(_equal(piece, wrong, names) for piece in own):
                return Wrong(f"is read as {_shown(wrong)}: {said}")
        return ForHuman(self.key)

    def _is_there(self, right: str, pieces: Sequence[str], answer: str, names: Mapping[str, str]) -> bool:
        said = self.words.get(right)
        worded = said is not None and re.search(said, answer, re.IGNORECASE | re.DOTALL) is not None
        return worded or any(_equal(piece, right, names) for piece in pieces)


def _shown(formula: str) -> str:
    """A formula in the statement's names."""
    return re.sub(r"[a-z]+\d?", lambda word: _STATED.get(word[0], word[0]), formula)


def _meant(piece: str) -> str:
    piece = _ACTIVATION.sub("tanh(z)", piece)
    for letter, meant in _MEANT:
        piece = piece.replace(letter, meant)
    return piece


SLOPE = "(1 - tanh(z)^2)"

LOSS = Derivative(
    ("-t1 + log(exp(t1) + exp(t2) + exp(t3))",),
    {
        "t1 - log(exp(t1) + exp(t2) + exp(t3))": "the sign is the other way round",
        "-t1 + exp(t1) + exp(t2) + exp(t3)": "the logarithm of the sum is missing",
        "-t1 + log(exp(t1))": "the sum goes over all classes",
    },
    ("-Σ y_i ytilde_i + log Σ_j exp(ytilde_j)",),
    {},
    classes=True,
)
AT_SCORES = Derivative(
    ("q - y",),
    {"y - q": "the sign is the other way round", "-y/q": "that is the gradient at yhat, not at ytilde"},
    ("yhat - y",),
    {},
    itself="D",
)
OUTPUT_LAYER = Derivative(
    ("(q - y)*tanh(z)", "q - y"),
    {
        "(q - y)*x": "the input of the last layer is h",
        "(q - y)*z": "the input of the last layer is h, not htilde",
        "(y - q)*tanh(z)": "the sign is the other way round",
    },
    ("Wy: the outer product of yhat - y and h", "by: yhat - y"),
    {"q - y": r"b.{0,12}y.{0,40}(?:itself|lui-m|elle-m|same)", "(q - y)*tanh(z)": r"outer.{0,60}h\b"},
)
FIRST_LAYER = Derivative(
    (f"w*(q - y)*{SLOPE}", f"w*(q - y)*{SLOPE}*x", "b"),
    {
        "w*(q - y)*(1 - z^2)": "the slope of tanh is 1 - h², with h = tanh(htilde), and not 1 - htilde²",
        "w*(q - y)*tanh(z)/z": "the slope of tanh is 1 - h²; a quotient is no derivative",
        "w*(q - y)*(1 - tanh(z))": "the slope of tanh is 1 - h²: the square is missing",
        "w*(q - y)*tanh(z)*(1 - tanh(z))": "that is the slope of the logistic function; that of tanh is 1 - h²",
        f"w*(y - q)*{SLOPE}": "the sign is the other way round",
        f"(q - y)*{SLOPE}": "the weights Wy are missing",
    },
    (
        "gradient at htilde: (Wy^T (yhat - y)) times (1 - h²), element by element; h² = tanh², not htilde²",
        "Wh: that vector's outer product with x; bh: that vector itself",
    ),
    {f"w*(q - y)*{SLOPE}*x": r"(?:outer|extérieur|externe|tensor|⊗|\\otimes).{0,60}x", "b": r"b_?\^?\{?h|bias|biais"},
    itself="E",
)
