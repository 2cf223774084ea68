r"""Derivations: formulas read out of whatever stands around them, in any notation, and compared by what they mean.

Notations differ more than results (``\nabla_{\tilde{h}} \ell``, ``\frac{\partial l}{\partial \tilde h}``, ``dhtilde``),
so a text is first brought to one letter for each quantity, its matrix products to plain ones, its transposes, indices
and sums to nothing: what is left is the formula for one unit of each layer, in which every published mistake still
shows. Where a question is about a sum, sums are written out over three classes, the first of which is the true one.

What cannot be read is for a person.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.formulas import Unreadable, equal, read

LONGEST = 4000
MOST_PIECES = 60
MOST_SUMS = 4
CLASSES = ("1", "2", "3")

_INDEX = r"(?:\s*_\s*(?:\{[^{}]*\}|[a-zA-Z0-9]))?"
_LOSS = r"(?:\\ell|\\mathcal\s*\{?L\}?|\\text\{?Loss\}?|[lLℓ](?![a-z])|loss|Loss)?"
_MARKS = {
    r"\odot": "*", r"\circ": "*", r"\otimes": "*", r"\cdot": "*", r"\times": "*", r"\ast": "*", "⊙": "*", "∘": "*",
    "⊗": "*", "·": "*", "×": "*", "@": "*", "−": "-", "–": "-", r"\left": "", r"\right": "", r"\big": "", r"\Big": "",
    r"\displaystyle": "", "&": " ", r"\\": "\n", "$": "\n", r"\ln": "log", r"\log": "log", r"\tanh": "tanh",
    r"\exp": "exp", r"\,": " ", r"\;": " ", r"\quad": "\n", r"\implies": "\n", r"\Rightarrow": "\n", "=>": "\n",
    "⇒": "\n", "→": "\n", r"\rightarrow": "\n", "²": "^2", "**": "^", r"\mathbf{1}": "1", "torch.": " ", "np.": " ",
}  # fmt: skip
_DRESSED = re.compile(r"\\(?:mathbf|boldsymbol|bm|mathrm|text|vec|operatorname)\s*\{([^{}]*)\}")
_TURNED = re.compile(r"\^\s*\{?\s*(?:\\top|\\intercal|T|t|⊤)\s*\}?(?![a-z])|\.T\b|\.t\(\)|⊤|ᵀ")
_SUM = re.compile(r"\\sum\s*(?:\\limits)?\s*_\s*\{?\s*([a-z])\s*\}?\s*(?:\^\s*(?:\{[^{}]*\}|[\w]+)(?:_\w)?)?\s*")


def accented(accent: str, letter: str, *others: str) -> str:
    r"""How people write a letter with an accent: `accented("hat", "y")` is \hat{y}, y_hat, hat y and the like."""
    latex = rf"\\(?:wide)?{accent}(?:\s*\{{\s*{letter}\s*\}}|\s*{letter})"
    return "|".join((latex, *others, rf"{letter}[\s_]?{accent}", rf"{accent}[\s_]?{letter}"))


def indexed(letter: str, index: str) -> str:
    """How people write a letter with an index that is part of its name: W_y, W^{(y)}, Wy."""
    return rf"{letter}\s*_?\s*\^?\s*\{{?\(?\s*{index}\s*\)?\}}?"


@dataclass(frozen=True, slots=True)
class Notation:
    """The quantities of a derivation, one letter each.

    Attributes:
        symbols: how each is written (a pattern), and its letter.
        gradients: a quantity's letter → that of the loss's gradient at it.
        meant: letter → its formula in the others, for gradients; in this order.
        values: a letter that is a function of another → that function.
        shown: letter → its name in the statement.
        letters: that formulas may hold.
    """

    symbols: Sequence[tuple[str, str]]
    gradients: Mapping[str, str]
    meant: Mapping[str, str]
    values: Mapping[str, str]
    shown: Mapping[str, str]
    letters: str

    def lettered(self, text: str) -> str:
        """Quantities and gradients as single letters between spaces, so that none joins a word; indices stay."""
        text = text[:LONGEST]
        for _ in range(2):
            text = _DRESSED.sub(r"\1", text)
        for mark, plain in _MARKS.items():
            text = text.replace(mark, plain)
        text = _TURNED.sub(" ", text)
        for spelling, letter in self.symbols:
            text = re.sub(spelling, f" {letter} ", text)
        for letter, gradient in self.gradients.items():
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

    def scalars(self, answer: str) -> list[str]:
        """The formulas in an answer, for one unit of each layer: `w*(q - y)*(1 - tanh(z)^2)` and the like."""
        text = re.sub(r"\\sum|∑|Σ", " ", self.lettered(answer))
        text = re.sub(r"tanh\s*\^\s*\{?\s*2\s*\}?\s*(?:\(([^()]*)\)|\s([a-z])\b)", r"(tanh(\1\2))^2", text)
        text = re.sub(r"(?<=[\s\w)])\s*[_^]\s*\{[^{}]*[a-z=][^{}]*\}(?!\s*\()|_\s*[a-z0-9]\b", " ", text)
        return list(_pieces(text))[:MOST_PIECES]

    def sums(self, answer: str) -> list[str]:
        """The formulas in an answer with every sum written out over the classes; y is one-hot, at the first of them."""
        text = re.sub(r"∑|Σ", r"\\sum", self.lettered(answer))
        text = re.sub(r"\s+_", "_", text)
        text = re.sub(r"_\s*\{\s*([a-z])\s*=\s*1\s*\}", r"_{\1}", text)
        found = []
        for piece in re.split(r"[\n;=≈]", text):
            written = _written_out(piece)
            if written is not None:
                written = re.sub(r"\by\s*_1", "1", written)
                written = re.sub(r"\by\s*_[23]", "0", written)
                found.append(re.sub(rf"\b([{self.letters}])\s*_([123])", r"\1\2", written).strip(" .,"))
        return found[:MOST_PIECES]

    def resolved(self, piece: str) -> str:
        """A formula without gradients and without letters that are functions of others."""
        for letter, value in self.values.items():
            piece = re.sub(rf"(?<![a-z]){letter}(?![a-z])", value, piece)
        for letter, meant in self.meant.items():
            piece = piece.replace(letter, meant)
        return piece

    def told(self, formula: str) -> str:
        """A formula in the statement's names."""
        return re.sub(r"([a-z]+)(\d?)", lambda w: self.shown.get(w[1], w[1]) + (f"_{w[2]}" if w[2] else ""), formula)


def _pieces(text: str) -> Iterator[str]:
    """What may be formulas: between equal signs, words and ends of lines."""
    for line in re.split(r"[\n;:=≈]|,(?![^(]*\))|\.(?!\d)", text):
        for piece in re.split(r"\b(?!(?:tanh|exp|log|frac)\b)[^\W\d_]{2,}\b", line):
            bare = piece.strip(" \t.,`*_")
            if bare:
                yield bare


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


@dataclass(frozen=True, slots=True)
class Derivation:
    """A question about a derivative, or about another formula that takes some lines.

    Attributes:
        notation: its quantities.
        right: formulas that must all be there, the one that the question is about first.
        known: wrong formula → what to tell the student.
        key: what a person looks for.
        words: for a right formula, words that say the same where it is not there as a formula.
        itself: the letter of the gradient that is asked for: that it is named is no answer.
        classes: whether sums over classes matter.
    """

    notation: Notation
    right: Sequence[str]
    known: Mapping[str, str]
    key: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    itself: str = ""
    classes: bool = False

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right if every formula is there; wrong if the first is not, and a known wrong one is."""
        n = self.notation
        read_off = n.sums(answer) if self.classes else n.scalars(answer)
        own = [n.resolved(piece) for piece in read_off if not self.itself or self.itself not in piece]
        if self._is_there(self.right[0], own, answer):
            pieces = [n.resolved(piece) for piece in read_off]
            others = all(self._is_there(right, pieces, answer) for right in self.right[1:])
            return Right() if others else ForHuman(self.key)
        for wrong, said in self.known.items():
            if any(self._equal(piece, wrong) for piece in own):
                return Wrong(f"is read as {n.told(wrong)}: {said}")
        return ForHuman(self.key)

    def _is_there(self, right: str, pieces: Sequence[str], answer: str) -> bool:
        said = self.words.get(right)
        worded = said is not None and re.search(said, answer, re.IGNORECASE | re.DOTALL) is not None
        return worded or any(self._equal(piece, right) for piece in pieces)

    def _equal(self, piece: str, right: str) -> bool:
        letters = [f"{letter}{n}" for letter in self.notation.letters for n in CLASSES] if self.classes else ()
        names = {letter: letter for letter in letters or self.notation.letters}
        try:
            return equal(read(piece, names), read(right, names))
        except Unreadable:
            return False
