"""How an answer differs from the right one: structure, then shape, then kind of number, then finiteness, then value.

Tolerances. Two right programs differ by rounding. For a sum of n terms in a format with unit roundoff u the relative
error is about u·sqrt(n) times the condition of the problem (Higham, *Accuracy and Stability of Numerical Algorithms*,
2nd ed., section 3.1 and 2.8). With n up to 10^4 and a condition up to 10^4 that is 10^6·u: 1e-10 in float64 and far too
much to promise in float32, so the table follows practice there (torch.testing: 1.3e-6 for one operation in float32,
1e-3 in float16, 1.6e-2 in bfloat16), widened for whole networks. Known mistakes differ from the right answer by parts
in a hundred, so there is room; a constant rounded at the fifth decimal is for the rubric's own `rtol`.

The absolute part is not a constant. It is `rtol` times the largest entry expected in the same array, so that gradients
of size 1e-9 are judged as strictly as those of size 1 and entries that cancel to almost nothing are not held to digits
they do not have.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.numerics.leaves import Leaf, as_leaf, is_numbers

Array = npt.NDArray[Any]


class GapKind(StrEnum):
    """In what an answer differs; a check stops at the first of these, in this order."""

    STRUCTURE = "structure"
    SHAPE = "shape"
    DTYPE = "dtype"
    FINITE = "finite"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an entry may be off: |got - expected| <= atol + rtol |expected|.

    Attributes:
        rtol: relative to the expected entry.
        atol: absolute; None = `rtol` times the largest expected entry of the array, and at least `floor`.
        floor: rounding of a number of size 1 that should have cancelled to nothing.
    """

    rtol: float
    atol: float | None = None
    floor: float = 0.0


TOLERANCES = {
    "float64": Tolerance(1e-7, floor=8 * 2.0**-53),
    "float32": Tolerance(1e-4, floor=8 * 2.0**-24),
    "float16": Tolerance(1e-2, floor=8 * 2.0**-11),
    "bfloat16": Tolerance(5e-2, floor=8 * 2.0**-8),
}
"""By the coarser of the two dtypes; see the module's docstring for the sources."""

_COARSENESS = ("float64", "float32", "float16", "bfloat16")
_SINGLE = frozenset({"float32", "complex64"})
_HALF = frozenset({"float16", "bfloat16"})


@dataclass(frozen=True, slots=True)
class Gap:
    """One leaf in which an answer differs.

    Attributes:
        kind: in what.
        path: where in the answer: "dW1", "[2]", "value.scores", or "" for the whole.
        expected: form of the right answer, in words. Form only: never its values.
        got: form of the answer, in words.
        index: where in the array the gap is greatest (the first such entry), or ().
        value: the answer's own entry there, as text ("nan", "0.731"), or "".
        greatest: the greatest |got - expected|; infinite where either is not finite. 0 unless `kind` is VALUE or
            FINITE.
        wrong: how many entries are off.
        size: how many entries there are.
        right: the right leaf, for diagnosis on the judge's side. Never shown.
        answer: the leaf that came, for diagnosis.
    """

    kind: GapKind
    path: str
    expected: str
    got: str
    index: tuple[int, ...] = ()
    value: str = ""
    greatest: float = 0.0
    wrong: int = 0
    size: int = 0
    right: Leaf | None = field(default=None, repr=False, compare=False)
    answer: Leaf | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """All leaves in which an answer differs.

    Attributes:
        gaps: at least one, in the order of the answer, those of form before those of value.
        leaves: how many leaves were compared or found missing.
    """

    gaps: tuple[Gap, ...]
    leaves: int

    @property
    def first(self) -> Gap:
        """The gap to tell about."""
        return self.gaps[0]

    @property
    def paths(self) -> tuple[str, ...]:
        """Where it differs."""
        return tuple(g.path for g in self.gaps)


def difference(
    expected: object, actual: object, *, rtol: float | None = None, atol: float | None = None, coarsest: str = "float64"
) -> Difference | None:
    """How `actual` differs from `expected`, or None where they agree.

    Dictionaries are compared by the expected keys (more keys do no harm), lists and tuples entry by entry, numbers and
    arrays of any container by value. Numbers of another kind (an int for a float) differ only if the values do. NaN
    agrees with nothing, not even NaN; an infinity agrees with itself.

    Args:
        expected: the right answer.
        actual: the answer to judge.
        rtol: relative tolerance; None = by dtype.
        atol: absolute tolerance; None = from `rtol` and the size of the array.
        coarsest: the coarsest dtype that the answer passed through on its way here, where `actual` no longer shows it.
    """
    gaps: list[Gap] = []
    leaves = 0
    for path, right, got in pairs(expected, actual):
        leaves += 1
        if isinstance(right, Gap):
            gaps.append(right)
            continue
        gap = _leaf_gap(path, right, got, tolerance_of(right, got, rtol, atol, coarsest))
        if gap is not None:
            gaps.append(gap)
    if not gaps:
        return None
    order = list(GapKind)
    form_first = sorted(gaps, key=lambda g: min(order.index(g.kind), order.index(GapKind.FINITE)))
    return Difference(tuple(form_first), leaves)


def agrees(
    expected: object, actual: object, *, rtol: float | None = None, atol: float | None = None, coarsest: str = "float64"
) -> bool:
    """Whether `difference` is None; stops at the first leaf that differs. Same arguments."""
    return all(
        not isinstance(right, Gap) and _fits(right, got, tolerance_of(right, got, rtol, atol, coarsest))
        for _, right, got in pairs(expected, actual)
    )


def pairs(expected: object, actual: object, path: str = "") -> Iterator[tuple[str, Leaf | Gap, Leaf]]:
    """Leaf by leaf: (path, right leaf, leaf that came); a `Gap` in place of the right leaf where there is no pair."""
    match expected:
        case dict():
            if not isinstance(actual, dict):
                yield _structure(path, f"a dictionary with {_listed(list(expected))}", actual)
                return
            for key, value in expected.items():
                inner = f"{path}.{key}" if path else str(key)
                if key in actual:
                    yield from pairs(value, actual[key], inner)
                else:
                    yield _structure(inner, describe(value), None, got="missing")
        case list() | tuple() if not _as_one(expected, actual):
            if not isinstance(actual, (list, tuple)):
                yield _structure(path, describe(expected), actual)
            elif len(actual) != len(expected):
                yield _structure(path, f"{len(expected)} values", actual, got=f"{len(actual)} values")
            else:
                for i, (e, a) in enumerate(zip(expected, actual, strict=True)):
                    yield from pairs(e, a, f"{path}[{i}]")
        case _:
            yield path, as_leaf(expected), as_leaf(actual)


def describe(value: object) -> str:
    """The form of a value in words: "float64 (4, 7)", "a tuple of 3", "a dictionary with W1, b1"."""
    match value:
        case dict():
            return f"a dictionary with {_listed(list(value))}" if value else "an empty dictionary"
        case list() | tuple():
            return f"a {type(value).__name__} of {len(value)}"
        case _:
            return str(as_leaf(value))


def allowed_gap(right: Array, tolerance: Tolerance) -> Array:
    """How far each entry may be off, an array of the shape of `right`."""
    size = np.abs(right)
    finite = size[np.isfinite(size)]
    largest = float(finite.max()) if finite.size else 0.0
    atol = max(tolerance.rtol * largest, tolerance.floor) if tolerance.atol is None else tolerance.atol
    return np.asarray(atol + tolerance.rtol * size)


def tolerance_of(
    right: Leaf, got: Leaf, rtol: float | None = None, atol: float | None = None, coarsest: str = "float64"
) -> Tolerance:
    """The tolerance for two leaves: the rubric's own, exact for whole numbers, else by the coarser dtype.

    An answer in half precision to a question in float32 or better is held to float32: fewer digits are no excuse.
    """
    if rtol is not None:
        return Tolerance(rtol, atol)
    if right.kind in ("bool", "int"):
        return Tolerance(0.0, 0.0)
    names = [_format(right.dtype), *(_at_best_single(_format(d), right) for d in (got.dtype, coarsest))]
    return TOLERANCES[max(names, key=_COARSENESS.index)]


def _fits(right: Leaf, got: Leaf, tolerance: Tolerance) -> bool:
    if right.array is None or got.array is None:
        return right.kind == got.kind != "unusable" and right.text == got.text
    if right.shape != got.shape or got.kind == "complex" != right.kind:
        return False
    return not bool(entries_off(right, got, tolerance)[0].any())


def _leaf_gap(path: str, right: Leaf, got: Leaf, tolerance: Tolerance) -> Gap | None:
    def gap(kind: GapKind, **more: Any) -> Gap:
        return Gap(kind, path, str(right), str(got), right=right, answer=got, **more)

    if right.array is None or got.array is None:
        if _fits(right, got, tolerance):
            return None
        return gap(GapKind.VALUE if right.kind == got.kind == "text" else GapKind.STRUCTURE)
    if right.shape != got.shape:
        return gap(GapKind.SHAPE)
    if got.kind == "complex" != right.kind:
        return gap(GapKind.DTYPE)
    off, distance = entries_off(right, got, tolerance)
    if not off.any():
        return None
    worst = np.unravel_index(int(np.argmax(np.where(off, distance, -1.0))), off.shape) if off.shape else ()
    index = tuple(int(i) for i in worst)
    kind = GapKind.VALUE
    unfit = ~np.isfinite(got.array) & np.isfinite(right.array) | np.isnan(right.array)
    if unfit.any():
        kind = GapKind.FINITE
        index = tuple(int(i) for i in np.unravel_index(int(np.argmax(unfit)), off.shape)) if off.shape else ()
    elif right.kind == "float" and got.kind in ("int", "bool"):
        kind = GapKind.DTYPE
    found = got.array[index]
    return gap(
        kind,
        index=index,
        value=number_text(found),
        greatest=float(distance[index]),
        wrong=int(off.sum()),
        size=off.size,
    )


def entries_off(right: Leaf, got: Leaf, tolerance: Tolerance) -> tuple[Array, Array]:
    """Which entries are off, and by how much; two arrays of the common shape."""
    e, a = np.asarray(right.array), np.asarray(got.array)
    with np.errstate(all="ignore"):
        if tolerance.rtol == 0 and tolerance.atol == 0 and {right.kind, got.kind} <= {"bool", "int"}:
            off = np.asarray(e != a)
            return off, np.abs(a.astype(np.float64) - e.astype(np.float64))
        wide = np.complex128 if "complex" in (right.kind, got.kind) else np.float64
        e, a = e.astype(wide), a.astype(wide)
        distance = np.abs(a - e)
        # A NaN distance fails `distance <= allowed`; `not distance > allowed` would let it pass.
        fits = (distance <= allowed_gap(e, tolerance)) | (a == e)
        return np.asarray(~fits), np.asarray(np.where(np.isnan(distance), np.inf, distance))


def number_text(value: Any) -> str:
    """A number as a student should read it: six significant digits."""
    return f"{value:.6g}" if isinstance(value, np.floating | float) else str(value)


def _structure(path: str, expected: str, actual: object, *, got: str = "") -> tuple[str, Gap, Leaf]:
    leaf = as_leaf(actual)
    return path, Gap(GapKind.STRUCTURE, path, expected, got or describe(actual), answer=leaf), leaf


def _as_one(expected: list[Any] | tuple[Any, ...], actual: object) -> bool:
    """Whether two sequences are compared as one array: a tuple is several answers wherever it can be, a list is one."""
    if isinstance(expected, tuple) and (
        isinstance(actual, (list, tuple)) or as_leaf(actual).shape[:1] != (len(expected),)
    ):
        return False
    return is_numbers(expected) and is_numbers(actual)


def _format(dtype: str) -> str:
    if dtype in _SINGLE:
        return "float32"
    if dtype.startswith("float8"):
        return "bfloat16"
    return dtype if dtype in _HALF else "float64"


def _at_best_single(name: str, right: Leaf) -> str:
    return "float32" if name in _HALF and _format(right.dtype) not in _HALF else name


def _listed(names: list[Any]) -> str:
    shown = ", ".join(str(n) for n in names[:8])
    return shown + (f" and {len(names) - 8} more" if len(names) > 8 else "")  # noqa: PLR2004 - as many as fit a line
