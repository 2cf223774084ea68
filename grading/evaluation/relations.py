"""Well-known relations, recognised from the answer and the right one where no listed mistake agrees.

Each function takes the right array and the one that came, float64 and finite, and says in one sentence to the student
what their relation is, or returns "". Sentences name relations (transposed, a factor, a sign) and never a right value.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.numerics.closeness import Gap, GapKind

Array = npt.NDArray[Any]
RTOL = 1e-5
ENOUGH = 3
"""A relation that fits fewer entries than this proves nothing."""


def relation(gap: Gap, *, arguments: Iterable[Array] = ()) -> str:
    """What relation a gap looks like, in one sentence to the student, or "".

    Args:
        gap: from `difference`, with both leaves.
        arguments: arrays that the question carried, to recognise an input returned unchanged and a factor that is one
            of its lengths.
    """
    given = list(arguments)
    match gap.kind:
        case GapKind.SHAPE:
            return _shape_relation(gap)
        case GapKind.FINITE:
            return _unfinite_relation(gap)
        case GapKind.DTYPE | GapKind.VALUE:
            return _value_relation(gap, given)
        case GapKind.STRUCTURE:
            return "Nothing was returned: is a return statement missing?" if gap.got == "None" else ""


def _shape_relation(gap: Gap) -> str:  # noqa: PLR0911 - one for each relation
    right, got = gap.right, gap.answer
    if right is None or got is None or right.array is None or got.array is None:
        return ""
    r, g = right.shape, got.shape
    if len(r) > 1 and g == r[::-1]:
        same = np.allclose(got.array.T, right.array, rtol=RTOL, equal_nan=True)
        return (
            "It is the right answer transposed."
            if same
            else "The axes are the other way round: is a transpose missing?"
        )
    if got.array.size == right.array.size and tuple(n for n in g if n != 1) == tuple(n for n in r if n != 1):
        return "The numbers are laid out along other axes: look at keepdims, or reshape the answer."
    if not r and g:
        return "One number is expected: is the sum or mean over the examples missing?"
    if r and not g:
        return "One number came where an array is expected: a sum or mean goes over too many axes."
    if len(g) == len(r) - 1 and any(r[:i] + r[i + 1 :] == g for i in range(len(r))):
        return "One axis is gone: a sum or mean goes over one axis too many."
    if len(g) == len(r) + 1 and any(g[:i] + g[i + 1 :] == r for i in range(len(g))):
        return "There is one axis too many: a sum or mean over it is missing."
    return ""


def _unfinite_relation(gap: Gap) -> str:
    if gap.value.startswith(("inf", "-inf")):
        return "Infinity appears: look for a division by 0, a log of 0, or an exp of a large number."
    return "NaN appears: look for 0/0, log of a negative number, or inf - inf after an overflow."


def _value_relation(gap: Gap, arguments: list[Array]) -> str:
    if gap.right is None or gap.answer is None or gap.right.array is None or gap.answer.array is None:
        return ""
    if "complex" in (gap.right.kind, gap.answer.kind):
        return ""
    with np.errstate(all="ignore"):
        right, got = gap.right.array.astype(np.float64), gap.answer.array.astype(np.float64)
        if gap.right.kind == "float" and gap.answer.kind == "int" and np.array_equal(got, np.trunc(right)):
            return "The fractions were cut off: the array has an integer dtype."
        for name in _RELATIONS:
            said = name(right, got, arguments)
            if said:
                return said
    return ""


def _same(a: Array, b: Array) -> bool:
    size = float(np.max(np.abs(a), initial=0.0))
    return a.shape == b.shape and bool(np.allclose(b, a, rtol=RTOL, atol=RTOL * size)) and size > 0


def _input_unchanged(right: Array, got: Array, arguments: list[Array]) -> str:
    del right
    return "It is one of the inputs, unchanged." if any(_same(a, got) for a in arguments) and got.size >= ENOUGH else ""


def _constant(right: Array, got: Array, arguments: list[Array]) -> str:
    del arguments
    if got.size < ENOUGH or np.ptp(got) > 0 or np.ptp(right) == 0:
        return ""
    return (
        "Every entry is 0: is the result computed, and written where it is returned?"
        if not got.any()
        else "Every entry is the same number."
    )


def _negated(right: Array, got: Array, arguments: list[Array]) -> str:
    del arguments
    return "The sign is the other way round." if _same(-right, got) else ""


def _transposed(right: Array, got: Array, arguments: list[Array]) -> str:
    del arguments
    square = right.ndim > 1 and right.shape == right.shape[::-1]
    return "It is the right answer transposed." if square and _same(right.T, got) else ""


def _factor(right: Array, got: Array, arguments: list[Array]) -> str:  # noqa: PLR0911 - one for each factor
    usable = np.abs(right) > RTOL * np.max(np.abs(right), initial=0.0)
    if int(usable.sum()) < (1 if right.size == 1 else ENOUGH):
        return ""
    factor = float(np.median(got[usable] / right[usable]))
    if not np.isfinite(factor) or factor == 0 or not _same(factor * right, got):
        return ""
    lengths = sorted({n for a in arguments for n in a.shape if n > 1})
    for n in lengths:
        if np.isclose(factor, n, rtol=RTOL):
            return f"It is {n} times too large, and {n} is a length of the input: a sum where a mean is due?"
        if np.isclose(factor, 1 / n, rtol=RTOL):
            return f"It is {n} times too small, and {n} is a length of the input: divided by it once too often?"
    if right.size == 1:
        return ""
    if abs(factor) > 1:
        return f"Every entry is {factor:.4g} times what it should be."
    return f"Every entry is what it should be divided by {1 / factor:.4g}."


def _offset(right: Array, got: Array, arguments: list[Array]) -> str:
    del arguments
    gap = got - right
    size = float(np.max(np.abs(right), initial=0.0))
    if right.size < ENOUGH or size == 0 or np.ptp(gap) > RTOL * size:
        return ""
    return "Every entry is off by the same amount: a constant is added or left out."


def _reversed(right: Array, got: Array, arguments: list[Array]) -> str:
    del arguments
    for axis in range(right.ndim):
        if right.shape[axis] > 1 and _same(np.flip(right, axis), got):
            return f"The order along axis {axis} is reversed."
    return ""


def _permuted(right: Array, got: Array, arguments: list[Array]) -> str:
    del arguments
    if right.size < 2 * ENOUGH or not _same(np.sort(right, axis=None), np.sort(got, axis=None)):
        return ""
    return "The numbers are right but stand in other places: look at reshape, transpose and the order of the axes."


def _few_wrong(right: Array, got: Array, arguments: list[Array]) -> str:
    del arguments
    size = float(np.max(np.abs(right), initial=0.0))
    off = np.abs(got - right) > RTOL * np.abs(right) + RTOL * size
    if not off.any() or off.all():
        return ""
    for axis in range(right.ndim):
        lines = np.flatnonzero(off.any(axis=tuple(i for i in range(right.ndim) if i != axis)))
        if len(lines) == 1 and right.shape[axis] > ENOUGH - 1:
            return f"Only index {int(lines[0])} along axis {axis} is off."
    negative = right < 0
    if bool((off == negative).all()):
        return "Only entries that should be negative are off."
    if bool((off == (right > 0)).all()):
        return "Only entries that should be positive are off."
    return ""


def _functions(right: Array, got: Array, arguments: list[Array]) -> str:
    del arguments
    if right.size < ENOUGH:
        return ""
    for text, f in _MAPPINGS:
        if _same(f(right), got):
            return text
    return ""


_MAPPINGS: tuple[tuple[str, Callable[[Array], Array]], ...] = (
    ("It is the square of what it should be.", np.square),
    ("It is the square root of what it should be.", np.sqrt),
    ("It is the logarithm of what it should be.", np.log),
    ("It is exp of what it should be.", np.exp),
    ("It is the absolute value of what it should be.", np.abs),
    ("It is 1 minus what it should be.", lambda x: 1 - x),
    ("It is 1 divided by what it should be.", lambda x: 1 / x),
    ("It is rounded to whole numbers.", np.round),
)

_RELATIONS = (
    _constant, _negated, _transposed, _factor, _offset, _functions, _reversed, _input_unchanged, _permuted, _few_wrong,
)  # fmt: skip
