"""Numbers in prose and code: parameter counts, output sizes, rates.

A number may be written in many ways: 1,191,170 or 1 191 170 or 1.191.170 or 1191170 or 1.19 M or 1,19 million; 94 % or
0.94; 2,30 or 2.30. Where a way of writing is ambiguous ("62.006" is sixty-two in English and sixty-two thousand in
French), both readings count. A rounded number counts if the right one rounds to it and it has two digits or more.

The result of a calculation counts, not its terms: of "784*64 + 64*10 = 50,816" only the last number, and of a bare
"784*64 + 640" its value. An answer that contains a right and a known wrong result, or a dozen numbers, goes to a human.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from grading.authoring.written import ForHuman, Right, Wrong
from grading.programs.syntax import parse

MOST = 12
LONGEST = 20_000
LARGEST = 1e18
DEEPEST = 40
ROUNDED_DIGITS = 2

_SPACE = "\u0020\u00a0\u2009\u202f'’"
_NUMBER = re.compile(
    rf"""(?P<sign>(?<![\w)\]])[-−+])?
    (?P<digits>\d{{1,3}}(?:(?P<group>[,.]|[{_SPACE}])\d{{3}})(?:(?P=group)\d{{3}})*(?!\d)(?:[.,]\d+(?!\d|[.,]\d))?
      |\d+(?:[.,]\d+)?|[.,]\d+)
    (?:[eE](?P<exponent>[-+]?\d{{1,2}})(?!\w))?
    (?:[{_SPACE}]?(?P<suffix>%|[kKM](?![\w])|thousand\b|milliers?\b|mille\b|millions?\b))?""",
    re.VERBOSE,
)
_POWER = re.compile(r"(?<=\d)\s*[x×·*]\s*10\s*(?:(?:\^|\*\*)\s*\{?([-−]?\d{1,2})\}?|([⁻⁰¹²³⁴-⁹]{1,3}))")
_SCALES = {"k": 1e3, "m": 1e6, "t": 1e3, "%": 1e-2}
_SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
_TERM = r"\d[\d.,]*(?:[\u00a0\u202f\u2009]\d{3})*"
_SUM = re.compile(rf"[(\[\s]*{_TERM}[)\]\s]*(?:[-−+*/×·x]\s*[(\[\s]*{_TERM}[)\]\s]*)+")
_EQUALS = re.compile(r"==|=|≈|≃|\\approx|→|->")


@dataclass(frozen=True, slots=True)
class Found:
    """One number in a text.

    Attributes:
        text: as written.
        readings: what it may mean.
        step: distance of two neighbours when written to so many digits.
        digits: how many significant ones there are.
    """

    text: str
    readings: tuple[float, ...]
    step: float
    digits: int


def _typed(text: str) -> str:
    """The text with LaTeX's spaces, commas and products as typed ones, and powers of ten as exponents."""
    plain = text[:LONGEST].replace("{,}", ",").replace("\\,", "\u202f").replace("\\times", "×").replace("\\cdot", "·")
    return _POWER.sub(lambda m: f"e{(m[1] or m[2]).translate(_SUPERSCRIPT)}", plain)


def numbers(text: str) -> list[Found]:
    """Every number of a text, in order."""
    found, text = [], _typed(text)
    for match in _NUMBER.finditer(text):
        raw, suffix = match["digits"], (match["suffix"] or "").lower()
        power = int(match["exponent"] or 0)
        scale = 10.0**power * (_SCALES["m"] if suffix.startswith("million") else _SCALES.get(suffix[:1], 1.0))
        if suffix in {"mille", "millier", "milliers"}:
            scale = 10.0**power * 1e3
        sign = -1.0 if match["sign"] in ("-", "−") else 1.0
        plain = _readings(raw)
        values = [sign * v * scale for v in plain]
        if suffix == "%":
            values += [sign * v for v in plain]
        decimals = len(re.split(r"[.,]", raw)[-1]) if plain[-1] != int(plain[-1]) or _has_decimals(raw) else 0
        digits = len(re.sub(r"\D", "", raw).lstrip("0"))
        found.append(
            Found(
                match.group().strip(),
                tuple(dict.fromkeys(values)),
                10.0**-decimals * scale,
                digits,
            )
        )
    return found


def _has_decimals(raw: str) -> bool:
    return bool(re.fullmatch(r"\d*[.,]\d+", raw)) and not re.fullmatch(r"\d{1,3}[.,]\d{3}", raw)


def _readings(raw: str) -> list[float]:
    """What a run of digits and separators may mean."""
    bare = re.sub(rf"[{_SPACE}]", "", raw)
    marks = re.findall(r"[.,]", bare)
    if not marks:
        return [float(bare)]
    if len(set(marks)) > 1:  # the last mark is the decimal one
        whole, part = bare[: bare.rindex(marks[-1])], bare[bare.rindex(marks[-1]) + 1 :]
        return [float(re.sub(r"[.,]", "", whole) + "." + part)]
    if len(marks) > 1:
        return [float(re.sub(r"[.,]", "", bare))]
    as_decimal = float(bare.replace(",", "."))
    if bare == raw and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", bare):
        return [float(re.sub(r"[.,]", "", bare)), as_decimal]
    return [as_decimal]


# -- calculations -----------------------------------------------------------------------------------------


def value_of(text: str) -> float | None:
    """The value of a sum or product of written numbers, or None where the text is none.

    >>> value_of("784*64 + 64 + 64×10 + 10"), value_of("2 apples")
    (50890.0, None)
    """
    signs = re.sub(r"[×·x]", "*", text.replace("−", "-").translate(str.maketrans("[]", "()")))
    tree = parse(re.sub(_TERM, lambda term: repr(_readings(term[0].rstrip(".,"))[0]), signs).strip()).tree
    match tree:
        case ast.Module(body=[ast.Expr(value=value)]):
            return stated(value)
    return None


def results(text: str) -> list[Found]:
    """The numbers that an answer ends in: what stands behind the last equals sign of a line, else all of the line."""
    found: list[Found] = []
    for line in _typed(text).splitlines():
        *_, last = _EQUALS.split(line)
        computed = _SUM.search(last)
        if computed is not None and (value := value_of(computed.group())) is not None:
            found.append(Found(computed.group().strip(), (value,), 0.0, 17))
            last = last[: computed.start()] + " " + last[computed.end() :]
        found += numbers(last)
    return found


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, as it may be written.

    Attributes:
        value: the right one.
        also: other right ones → a remark such as "without biases".
        known: wrong ones → what to tell the student.
        rtol: relative tolerance of numbers that are measured, not counted.
    """

    value: float
    also: Mapping[float, str] = field(default_factory=dict)
    known: Mapping[float, str] = field(default_factory=dict)
    rtol: float = 1e-9

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right if one of the results is an accepted number and none is a known wrong one."""
        found = results(answer)
        if not found:
            return Wrong("contains no number")
        if len(found) > MOST:
            return ForHuman((f"expected: one number; the answer contains {len(found)}",))
        good = [f for f in found if any(self._is(f, v) for v in (self.value, *self.also))]
        bad = [said for v, said in self.known.items() for f in found if self._is(f, v) and f not in good]
        if good and bad:
            return ForHuman(("the answer contains a right number and a known wrong one", *bad))
        if good:
            return Right(self.remark(answer))
        shown = ", ".join(f.text for f in found[:4])
        return Wrong(f"is read as {shown}" + (f": {bad[0]}" if bad else ""))

    def remark(self, answer: str) -> str:
        """What to say about an accepted variant, or ""."""
        found = results(answer)
        if any(self._is(f, self.value) for f in found):
            return ""
        return next((said for v, said in self.also.items() if any(self._is(f, v) for f in found)), "")

    def _is(self, found: Found, value: float) -> bool:
        slack = self.rtol * abs(value)
        if found.digits >= ROUNDED_DIGITS and found.step < abs(value):
            # One part in 10^9 on top: 0.265 as a double lies just below its own half step.
            slack = max(slack, found.step / 2 * (1 + 1e-9)) if not _whole(found) else slack
        return any(abs(r - value) <= slack for r in found.readings)


def _whole(found: Found) -> bool:
    """Whether the number was written out to its last unit: then it is no rounded one."""
    return found.step <= 1 and all(r == int(r) for r in found.readings if abs(r) < LARGEST)


# -- numbers in code --------------------------------------------------------------------------------------


def stated(node: ast.expr | None, depth: int = 0) -> float | None:
    """The number that an expression states, as people write rates: 1e-4, 10**-4, 1/10000; None for anything else."""
    if depth > DEEPEST:
        return None
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return float(value) if abs(value) <= LARGEST else None
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = stated(operand, depth + 1)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=op, right=right):
            a, b = stated(left, depth + 1), stated(right, depth + 1)
            return None if a is None or b is None else _operated(op, a, b)
        case _:
            return None


def _operated(op: ast.operator, a: float, b: float) -> float | None:
    try:
        match op:
            case ast.Add():
                value = a + b
            case ast.Sub():
                value = a - b
            case ast.Mult():
                value = a * b
            case ast.Div():
                value = a / b
            case ast.FloorDiv():
                value = a // b
            case ast.Pow():
                value = float(a**b) if a > 0 else 0.0
            case _:
                return None
    except (OverflowError, ZeroDivisionError):
        return None
    return value if abs(value) <= LARGEST else None
