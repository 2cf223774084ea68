"""Loops that were marked at parse time as too long: cut to what the question needs.

`__long_loop__(50000)` stands where a literal stood, `__few__(iterable)` around the iterable of a training loop, and
`range` is ours where the program has a long loop, since `range(n)` may get its length from anywhere.
"""

import builtins
import itertools
from collections.abc import Iterable
from typing import Any

from .program import ProgramState

_range = builtins.range


def install(program: ProgramState) -> None:
    """Put the three names into the program's namespace.

    In a whole run, `options["steps"]` cuts long loops from the start.
    """

    def long_loop(count: int) -> int:
        return count if program.step_limit is None else min(count, program.step_limit)

    def few(iterable: Iterable[Any]) -> Iterable[Any]:
        return shortened(iterable, int(program.options.get("epochs", 1)))

    if program.mode == "run" and "steps" in program.options:
        program.step_limit = int(program.options["steps"])
    program.namespace["__long_loop__"] = long_loop
    program.namespace["__few__"] = few
    if program.long_loop is not None:
        cut = cutting_range(program)
        program.namespace["range"] = program.namespace["xrange"] = cut
    else:
        program.namespace["xrange"] = _range


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
