r"""Formulas, compared by what they mean.

A formula is read by the grammar below into SymPy objects, never by `sympify` or `parse_expr`, which execute what they
read. Two polynomials are equal if their difference expands to 0; other formulas (floors, quotients, roots) are compared
at `POINTS` random rational points to thirty digits, by mpmath and with bounds on every power. A rational
function that agrees at a random point of a thousand possible values in each variable without being equal is a zero of a
polynomial of degree d, which by Schwartz and Zippel has probability at most d/1000; with twelve points that is below
1e-20 for any formula a student writes.

Letters written together are one product before anything else: x/yz is x/(yz), as people mean it.

::

    formula := [name "="] sum            the left side of an equation is dropped
    sum     := product (("+" | "-") product)*
    product := power (("*" | "·" | "×" | "/" | nothing) power)*
    power   := prefix ["^" power | "**" power | "²" | "'"]
    prefix  := "-" power | atom
    atom    := number | name | function "(" sum ")" | "(" sum ")" | "|" sum "|" | "⌊" sum "⌋"

and LaTeX's spelling of the same: ``\frac{a}{b}``, ``\sqrt{a}``, ``\left( \right)``, ``\cdot``, ``x^{2}``, ``x_{i}``,
``\lfloor a \rfloor``, ``\ln``, ``\sigma``.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from grading.authoring.written import ForHuman, Right, Wrong

LONGEST = 1_000
DEEPEST = 40
MOST_BITS = 2_048
MOST_OPERATIONS = 80
MOST_DEGREE = 12
LARGEST_EXPONENT = 20_000
POINTS = 12
DIGITS = 30
AGREE = 1e-20
"""Relative; thirty digits leave 1e-28."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<command>\\[A-Za-z]+|\\[,;:! ])"
    r"|(?P<word>[^\W\d_²³]+\d*(?:_(?:\{[\w, ]{1,12}\}|\w+))?'?)"
    r"|(?P<mark>\*\*|[-+*/^(){}\[\]|⌊⌋⌈⌉·×²³√,=−]))"
)
_COMMANDS = {
    "cdot": "*", "times": "*", "div": "/", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "left": "",
    "right": "", "quad": "", "mathrm": "", "text": "", "mathit": "", "operatorname": "", "displaystyle": "", "big": "",
    "Big": "", "bigl": "", "bigr": "", "odot": "*",
}  # fmt: skip
_MARKS = {"·": "*", "×": "*", "**": "^", "−": "-", "[": "(", "]": ")"}
_CLOSING = {"(": ")", "|": "|", "⌊": "⌋", "⌈": "⌉", "{": "}"}

Expression = Any


class Unreadable(Exception):  # noqa: N818 - a fact about the text, not an error
    """The text is no formula of this grammar; the message says where it ends."""


def _sympy() -> Any:
    import sympy  # type: ignore[import-untyped] # half a second, and few rubrics ask for formulas

    return sympy


def _mp() -> Any:
    import mpmath  # type: ignore[import-untyped] # comes with SymPy

    return mpmath


_NAMES = {
    "exp": "exp", "log": "log", "ln": "log", "sqrt": "sqrt", "√": "sqrt", "tanh": "tanh", "cosh": "cosh",
    "sinh": "sinh", "sin": "sin", "cos": "cos", "abs": "abs", "floor": "floor", "int": "floor", "ceil": "ceil",
    "relu": "relu", "max": "max", "min": "min", "sign": "sign", "sigmoid": "sigmoid", "sigma": "sigmoid",
    "σ": "sigmoid", "softplus": "softplus",
}  # fmt: skip


@lru_cache(maxsize=1)
def _numeric() -> Mapping[str, Callable[..., Any]]:
    """What each function is at a point; none is ever asked for more digits than `DIGITS`."""
    m = _mp()

    def exp(x: Any) -> Any:
        # Beyond this no number could be written down, let alone compared.
        return m.exp(x) if abs(x) <= LARGEST_EXPONENT else m.nan

    return {
        "exp": exp, "log": lambda x: m.log(x) if x > 0 else m.nan, "sqrt": lambda x: m.sqrt(x) if x >= 0 else m.nan,
        "tanh": m.tanh, "cosh": lambda x: (exp(x) + exp(-x)) / 2, "sinh": lambda x: (exp(x) - exp(-x)) / 2,
        "sin": lambda x: m.sin(x) if abs(x) <= LARGEST_EXPONENT else m.nan,
        "cos": lambda x: m.cos(x) if abs(x) <= LARGEST_EXPONENT else m.nan,
        "abs": abs, "floor": m.floor, "ceil": m.ceil, "relu": lambda x: max(x, m.mpf(0)), "max": max, "min": min,
        "sign": m.sign, "sigmoid": lambda x: 1 / (1 + exp(-x)), "softplus": lambda x: m.log(1 + exp(x)),
    }  # fmt: skip


def _function(name: str, *arguments: Expression) -> Expression:
    """An application that SymPy leaves alone: it evaluates its own functions, for ever where the numbers are large."""
    return _sympy().Function(name)(*arguments)


def read(text: str, names: Mapping[str, str]) -> Expression:
    """A formula as a SymPy expression.

    Args:
        text: as a student wrote it.
        names: spelling → the symbol it stands for; spellings of one letter may stand side by side as a product.

    Raises:
        Unreadable: it is no formula, or too large a one.
    """
    if len(text) > LONGEST:
        raise Unreadable("longer than a formula")
    return _Reader(_tokens(text.strip().strip("$").strip()), names).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    while at < len(text.rstrip(" .;")):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable(f"stops at {text[at : at + 12]!r}")
        at = match.end()
        kind = match.lastgroup or ""
        value = match[kind]
        if kind == "command":
            name = value[1:]
            value = _COMMANDS.get(name, name) if name.isalpha() else ""
            kind = "mark" if name in _COMMANDS else "word"
        elif kind == "mark":
            value = _MARKS.get(value, value)
        if value:
            tokens.append((kind, value))
    return tokens


class _Reader:
    """Recursive descent over tokens."""

    def __init__(self, tokens: Sequence[tuple[str, str]], names: Mapping[str, str]) -> None:
        equals = [i for i, t in enumerate(tokens) if t == ("mark", "=")]
        self.tokens = [*tokens[equals[-1] + 1 :]] if equals else list(tokens)
        self.names = names
        self.at = 0
        self.depth = 0
        self.sympy = _sympy()

    def whole(self) -> Expression:
        value = self.sum()
        if self.at < len(self.tokens):
            raise Unreadable(f"stops at {self.peek()!r}")
        return value

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        value = self.peek()
        if not value or (wanted and value != wanted):
            raise Unreadable(
                f"{wanted or 'something'} is missing after {self.tokens[self.at - 1][1]!r}" if self.at else "is empty"
            )
        self.at += 1
        return value

    def checked(self, value: Expression) -> Expression:
        for part in value.as_numer_denom() if value.is_Rational else ():
            if int(part).bit_length() > MOST_BITS:
                raise Unreadable("a number in it is too large")
        if value.has(self.sympy.zoo, self.sympy.nan):
            raise Unreadable("it divides by 0")
        return value

    def sum(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("nested too deeply")
        value = self.product()
        while self.peek() in {"+", "-"}:
            sign = 1 if self.take() == "+" else -1
            value = self.checked(value + sign * self.product())
        self.depth -= 1
        return value

    def product(self) -> Expression:
        value = self.power()
        while True:
            mark = self.peek()
            if mark in {"*", "/"}:
                self.take()
                factor = self.power()
                value = self.checked(value * factor if mark == "*" else value / factor)
            elif self.begins():
                value = self.checked(value * self.power())
            else:
                return value

    def begins(self) -> bool:
        """Whether a factor starts here without a sign of multiplication."""
        if self.at >= len(self.tokens):
            return False
        kind, value = self.tokens[self.at]
        return kind in {"number", "word"} or value in {"(", "⌊", "⌈", "√", "{"}

    def power(self) -> Expression:
        if self.peek() in {"-", "+"}:
            self.depth += 1
            if self.depth > DEEPEST:
                raise Unreadable("nested too deeply")
            sign = -1 if self.take() == "-" else 1
            value = sign * self.power()
            self.depth -= 1
            return value
        value = self.atom()
        while self.peek() in {"^", "²", "³"}:
            mark = self.take()
            exponent = {"²": self.sympy.Integer(2), "³": self.sympy.Integer(3)}.get(mark)
            value = self.raised(value, self.power() if exponent is None else exponent)
        return value

    def raised(self, base: Expression, exponent: Expression) -> Expression:
        if base == self.sympy.E:
            return _function("exp", exponent)
        if exponent.is_number and not (exponent.is_Rational and abs(exponent) <= 64):  # noqa: PLR2004 - no formula has more
            raise Unreadable("an exponent in it is too large")
        if base.is_Rational and exponent.is_Rational:
            bits = max(int(base.p).bit_length(), int(base.q).bit_length())
            if bits * abs(exponent) > MOST_BITS:
                raise Unreadable("a number in it is too large")
        return self.checked(base**exponent)

    def atom(self) -> Expression:
        kind = self.tokens[self.at][0] if self.at < len(self.tokens) else ""
        value = self.take()
        if kind == "number":
            return self.checked(self.sympy.Rational(value))
        if value in _CLOSING:
            inner = self.sum()
            self.take(_CLOSING[value])
            rounding = {"|": "abs", "⌊": "floor", "⌈": "ceil"}.get(value)
            return _function(rounding, inner) if rounding else inner
        if value == "frac":
            top = self.braced()
            return self.checked(top / self.braced())
        if value.lower() in _NAMES and self.name(value) is None and self.peek() in {"(", "{", "⌊", "|"}:
            return self.applied(value.lower())
        if value == "√":
            return _function("sqrt", self.power())
        if kind == "word":
            return self.word(value)
        raise Unreadable(f"stops at {value!r}")

    def applied(self, name: str) -> Expression:
        closing = _CLOSING[self.take()]
        arguments = [self.sum()]
        while name in {"max", "min"} and self.peek() == ",":
            self.take()
            arguments.append(self.sum())
        self.take(closing)
        if name in {"max", "min"} and len(arguments) != 2:  # noqa: PLR2004 - of two numbers
            raise Unreadable(f"{name} takes two numbers")
        return _function(_NAMES[name], *arguments)

    def braced(self) -> Expression:
        if self.peek() != "{":
            return self.atom()
        self.take()
        inner = self.sum()
        self.take("}")
        return inner

    def name(self, word: str) -> Expression | None:
        plain = re.sub(r"[{} ]", "", word)
        found = [s for s in (word, plain, plain.replace("_", "")) if s in self.names]
        return self.sympy.Symbol(self.names[found[0]], real=True) if found else None

    def word(self, word: str) -> Expression:
        known = self.name(word)
        if known is not None:
            return known
        if word in {"e", "pi", "π"}:
            return self.sympy.E if word == "e" else self.sympy.pi
        letters = [self.name(letter) for letter in word]
        if len(word) > 1 and all(letter is not None for letter in letters):
            return self.sympy.Mul(*letters)
        raise Unreadable(f"{word[:20]!r} is no name of the question")


# -- comparing ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, as it may be written.

    Attributes:
        right: the right one.
        names: symbol → its spellings besides its own: {"k": ("f", "kernel")}.
        also: other right ones, such as the one without the floor.
        known: wrong formula → what to tell the student.
        whole: symbols that stand for whole numbers of at least 1; the others are any real numbers.
    """

    right: str
    names: Mapping[str, Sequence[str]]
    also: Sequence[str] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[str, ...] = ()

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right if it is equal to the right formula or to another accepted one; a human reads what no rule reads."""
        spellings = self.spellings
        try:
            got = read(answer, spellings)
        except Unreadable as why:
            return ForHuman((f"the formula could not be read: {why}", f"expected: {self.right}"))
        if any(equal(got, read(text, spellings), whole=self.whole) for text in (self.right, *self.also)):
            return Right()
        for text, said in self.known.items():
            if equal(got, read(text, spellings), whole=self.whole):
                return Wrong(f"is read as {got}: {said}")
        return Wrong(f"is read as {got}")

    @property
    def spellings(self) -> dict[str, str]:
        """Spelling → symbol."""
        return {spelling: symbol for symbol, others in self.names.items() for spelling in (symbol, *others)}


def equal(one: Expression, other: Expression, *, whole: Sequence[str] = ()) -> bool:
    """Whether two expressions are equal for all values of their symbols.

    Args:
        one: from `read`.
        other: from `read`.
        whole: symbols that are whole numbers of at least 1.
    """
    s = _sympy()
    gap = one - other
    if gap == 0:
        return True
    degrees = sum(abs(p.exp) for p in gap.atoms(s.Pow) if p.exp.is_Integer)
    if s.count_ops(gap) <= MOST_OPERATIONS and degrees <= MOST_DEGREE and gap.is_polynomial(*gap.free_symbols):
        return bool(s.expand(gap) == 0)
    symbols = sorted(gap.free_symbols, key=str)
    drawn = random.Random(0)  # noqa: S311 - points of comparison, no secret
    compared = 0
    for _ in range(4 * POINTS):
        point = {
            v: s.Integer(drawn.randint(1, 1000)) if str(v) in whole else s.Rational(drawn.randint(-3000, 3000), 1009)
            for v in symbols
        }
        with _mp().workdps(DIGITS):
            a, b = _value(one, point), _value(other, point)
            finite = [_mp().isfinite(v) for v in (a, b)]
            if not any(finite):
                continue
            if not all(finite) or not abs(a - b) <= AGREE * max(abs(a), abs(b), 1):
                return False
        compared += 1
        if compared == POINTS:
            return True
    return compared > 0


def _value(expression: Expression, point: Mapping[Expression, Expression]) -> Any:  # noqa: PLR0911 - one for each kind
    """The value at a point; NaN where there is no real one, or none that could be written down."""
    s, m = _sympy(), _mp()
    if expression.is_Symbol:
        return m.mpf(int(point[expression].p)) / int(point[expression].q)
    if expression.is_Rational:
        return m.mpf(int(expression.p)) / int(expression.q)
    if not expression.args:
        return {s.E: m.e, s.pi: m.pi}.get(expression, m.nan) * m.mpf(1)
    values = [_value(part, point) for part in expression.args]
    if not all(m.isfinite(v) for v in values):
        return m.nan
    if expression.is_Add:
        return m.fsum(values)
    if expression.is_Mul:
        return m.fprod(values)
    if expression.is_Pow:
        return _power(*values)
    return _numeric()[expression.func.__name__](*values)


def _power(base: Any, exponent: Any) -> Any:
    m = _mp()
    if base == 0:
        return m.mpf(0) if exponent > 0 else m.nan
    if abs(exponent * m.log(abs(base))) > LARGEST_EXPONENT or (base < 0 and exponent != int(exponent)):
        return m.nan
    return base**exponent if base > 0 else base ** int(exponent)
