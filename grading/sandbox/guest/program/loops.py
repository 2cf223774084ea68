"""Loops that were marked at parse time as too long: cut to what the question needs.

`__long_loop__(50000)` stands where a literal stood, `__few__(iterable)` around the iterable of a training loop, and
`range` is ours where the program has a long loop, since `range(n)` may get its length from anywhere. A loop that goes
over something else, or while something holds, is left where its body begins once too often (`rounds`).
"""

import ast
import builtins
import itertools
import linecache
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .again import Cuts, cuts_of
from .old_libraries import entries_of
from .state import ProgramState

_range = builtins.range

RANGE = "range"


def install(program: ProgramState) -> None:
    """Put the names that rewritten text has into the program's namespace.

    In a whole run, `options["steps"]` cuts long loops from the start.
    """

    def long_loop(count: int) -> int:
        return count if program.step_limit is None else min(count, program.step_limit)

    def few(iterable: Iterable[Any]) -> Iterable[Any]:
        cuts, most = cuts_of(program), int(program.options.get("epochs", 1))
        if cuts.whole:
            return _in_time(iterable, cuts)
        if _rounds(iterable) > most:
            cuts.units.add(program.unit)
        return shortened(iterable, most)

    if program.mode == "run" and "steps" in program.options:
        program.step_limit = int(program.options["steps"])
    program.namespace["__long_loop__"] = long_loop
    program.namespace["__few__"] = few
    program.namespace.update(entries_of(program))
    if program.long_loop is not None:
        program.scratch[RANGE] = cutting_range(program)
        program.namespace["range"] = program.namespace["xrange"] = program.scratch[RANGE]
    else:
        program.namespace["xrange"] = _range


def keep(program: ProgramState) -> None:
    """Put our `range` back where an import took its place: `from builtins import range`."""
    ours = program.scratch.get(RANGE)
    for name in ("range", "xrange"):
        if ours is not None and program.namespace.get(name) is _range:
            program.namespace[name] = ours


def _rounds(iterable: Iterable[Any]) -> float:
    """How often a loop goes over what may be cut; 0 where that cannot be told."""
    inner = getattr(iterable, "iterable", iterable)
    if isinstance(inner, itertools.count):
        return float("inf")
    return len(inner) if isinstance(inner, _range) else 0


def _in_time(iterable: Iterable[Any], cuts: Cuts) -> Iterator[Any]:
    for entry in iterable:
        cuts.check()
        yield entry


def shortened(iterable: Iterable[Any], most: int) -> Iterable[Any]:
    """A range, or a progress bar or `enumerate` over one, cut to `most`; anything else as it is."""
    if isinstance(iterable, _range):
        return iterable[:most]
    inner = getattr(iterable, "iterable", None)  # tqdm keeps what it goes over there
    if isinstance(inner, _range):
        iterable.iterable = inner[:most]  # type: ignore[attr-defined]
        return iterable
    if isinstance(iterable, enumerate):
        # What it goes over cannot be seen; a data loader is bounded by its own option.
        return iterable
    if isinstance(iterable, itertools.count):
        return itertools.islice(iterable, most)
    return iterable


def cutting_range(program: ProgramState) -> type:
    """A `range` that is cut while a step limit is set.

    It makes ordinary ranges, and `isinstance` takes it for `range`.
    """

    class Meta(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, _range)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, _range)

    class Range(metaclass=Meta):
        """range, for one program."""

        def __new__(cls, *bounds: Any) -> Any:
            whole = _range(*bounds)
            limit, threshold = program.step_limit, program.long_loop
            if limit is None or threshold is None:
                return whole
            if len(whole) <= threshold:
                if len(whole) != program.loop_length:
                    return whole
                program.loop_length = None  # the first is the outermost: others go over as many examples
            return whole[:limit]

    Range.__name__ = Range.__qualname__ = "range"
    return Range


class Left(BaseException):
    """Raised in a function of the student's where it begins a round too many."""


LOOPS = (ast.For, ast.While)
SILENT = (ast.Pass, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.FunctionDef)


def rounds(code: types.CodeType, most: int) -> Callable[..., Any] | None:
    """A trace function that raises `Left` when a loop of this function begins its round `most` + 1.

    Only for a function whose outermost loops all go over something other than a range: ranges are cut as they are made,
    and the function then goes on to its end. None where that is not so, or its text is not known.
    """
    lines = _first_lines(code)
    if not lines:
        return None
    counts = dict.fromkeys(lines, 0)

    def local(frame: types.FrameType, event: str, _: object) -> Any:
        if event == "line" and frame.f_lineno in counts:
            counts[frame.f_lineno] += 1
            if counts[frame.f_lineno] > most:
                raise Left
        return local

    def enter(frame: types.FrameType, event: str, _: object) -> Any:
        return local if event == "call" and frame.f_code is code else None

    return enter


def _first_lines(code: types.CodeType) -> set[int]:
    """For each outermost loop the line that is reached once a round; none where one of the loops is over a range."""
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError, RecursionError):
        return set()
    own = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.name == code.co_name
        and code.co_firstlineno in {node.lineno, *(d.lineno for d in node.decorator_list)}
    ]
    lines: set[int] = set()
    for loop in _outermost(own[0].body) if own else []:
        if isinstance(loop, ast.For):
            named = {node.id for node in ast.walk(loop.iter) if isinstance(node, ast.Name)}
            if named & RANGES:
                return set()
            if not named & COUNTERS:
                continue  # over the layers, say
        first = next((s for s in loop.body if not isinstance(s, (*LOOPS, *SILENT)) and not _is_text(s)), None)
        if first is not None:
            lines.add(first.lineno)
    return lines


RANGES = {"range", "xrange"}
COUNTERS = {"trange", "tnrange", "arange", "linspace", "count", "np", "itertools", "numpy"}


def _outermost(body: list[ast.stmt]) -> list[ast.For | ast.While]:
    found: list[ast.For | ast.While] = []
    for statement in body:
        if isinstance(statement, LOOPS):
            found.append(statement)
        elif isinstance(statement, (ast.If, ast.With, ast.Try)):
            found += _outermost([s for s in ast.iter_child_nodes(statement) if isinstance(s, ast.stmt)])
    return found


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
