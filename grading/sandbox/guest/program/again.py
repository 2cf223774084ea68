"""A cell that failed in or after a loop that we cut short: it is run again, less shortened.

Epochs and batches are few here, so a list may be shorter than `range(epochs)`, and what is set at every hundredth step
may never be set. That is our doing. So the cells that were cut, as far as the failing one reads from them, are run
again and it after them: first with all of their epochs, then with many batches. Whatever they had put into lists,
dictionaries and the program's own objects is taken out before. Where that does not help, or takes too long, the
failure says that it may be ours.
"""

import ast
import contextlib
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .state import OutOfTime, ProgramState

KEY = "cuts"
WATCH = "vision.watch"
CPU_S = 15.0
"""Processor time for one way of running cells again."""

MANY = 128
"""Batches of a pass: programs report at every hundredth."""

MOST_FAILURES = 2
MOST_ENTRIES = 10_000
DEPTH = 3
NOTE = "it may come of our cutting loops short"


class TooLong(BaseException):
    """Raised in a cell that is run again and takes too long."""


@dataclass(slots=True)
class Held:
    """What a list, a dictionary, a set or an object of the program held before a cell ran."""

    owner: Any
    content: Any

    def restore(self) -> None:
        """Put it back."""
        if isinstance(self.owner, list):
            self.owner[:] = self.content
        else:
            self.owner.clear()
            self.owner.update(self.content)


@dataclass(slots=True)
class Cuts:
    """What was cut in one program.

    Attributes:
        units: in which a loop or a pass over data was cut.
        before: unit → its names, and what they held, before it ran.
        whole: whether all epochs run now.
        until: processor time at which what is run again has taken too long.
    """

    units: set[int] = field(default_factory=set)
    before: dict[int, tuple[dict[str, Any], dict[int, Held]]] = field(default_factory=dict)
    whole: bool = False
    until: float | None = None
    failures: int = 0

    def check(self) -> None:
        """End what takes too long."""
        if self.until is not None and time.process_time() > self.until:
            raise TooLong


def cuts_of(program: ProgramState) -> Cuts:
    """The program's record of what was cut."""
    cuts = program.scratch.setdefault(KEY, Cuts())
    return cuts if isinstance(cuts, Cuts) else Cuts()


@contextlib.contextmanager
def noted(program: ProgramState, index: int) -> Iterator[None]:
    """While a unit runs: keep what was before it, and whether anything was cut in it."""
    cuts, loading = cuts_of(program), _loading(program)
    passes = loading.cut if loading is not None else 0
    if index not in cuts.before:
        cuts.before[index] = dict(program.namespace), _held(program)
    try:
        yield
    finally:
        if loading is not None and loading.cut > passes:
            cuts.units.add(index)


def again(program: ProgramState, index: int, run: Callable[[int], None]) -> bool:
    """Run the failed unit again, less shortened, after the cut ones that it reads from.

    Returns:
        Whether it came to its end.
    """
    units = behind(program, index)
    cuts = cuts_of(program)
    if not units or cuts.failures >= MOST_FAILURES:
        return False
    failed_in = program.unit
    for words, batches in (("all of their epochs", None), ("many batches", MANY)):
        _restore(program, units, index)
        try:
            with _wider(program, batches):
                for unit in units:
                    program.unit = unit
                    run(unit)
        except OutOfTime:
            break
        except (Exception, TooLong):  # noqa: S112 - the next way is tried, and at last the first failure is told
            continue
        finally:
            program.unit = failed_in
        shown = ", ".join(program.units[unit].label for unit in units)
        program.mended(f"{shown}: run again with {words}, since our cutting loops short made it fail")
        return True
    cuts.failures += 1
    return False


def behind(program: ProgramState, index: int) -> list[int]:
    """The cut units that one reads from, and itself after them; none where it has nothing to do with any."""
    if program.mode != "run":
        return []
    cuts = cuts_of(program)
    read = _names(program, index, ast.Load)
    earlier = [unit for unit in sorted(cuts.units) if unit < index and read & _given(program, unit)]
    return [*earlier, index] if earlier or index in cuts.units else []


def _names(program: ProgramState, unit: int, kind: type[ast.expr_context]) -> set[str]:
    with contextlib.suppress(SyntaxError):
        tree = ast.parse(program.units[unit].source)
        return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, kind)}
    return set()


def _given(program: ProgramState, unit: int) -> set[str]:
    """The names that a unit sets, and those of what it may have put something into."""
    _, held = cuts_of(program).before.get(unit, ({}, {}))
    into = {n for n in _names(program, unit, ast.Load) if _contained(program.namespace.get(n)) & held.keys()}
    return into | _names(program, unit, ast.Store)


@contextlib.contextmanager
def _wider(program: ProgramState, batches: int | None) -> Iterator[None]:
    cuts, loading = cuts_of(program), _loading(program)
    cuts.until = time.process_time() + CPU_S
    cuts.whole = batches is None
    try:
        with loading.wider(batches, cuts.check) if loading is not None else contextlib.nullcontext():
            yield
    finally:
        cuts.whole, cuts.until = False, None


def _loading(program: ProgramState) -> Any:
    """The watch over loaders, where there is one."""
    return getattr(program.scratch.get(WATCH), "loading", None)


def _held(program: ProgramState) -> dict[int, Held]:
    """What lists, dictionaries, sets and the program's own objects hold, `DEPTH` levels deep."""
    found: dict[int, Held] = {}
    for name, value in list(program.namespace.items()):
        if name.startswith("__") or isinstance(value, types.ModuleType | type | types.FunctionType):
            continue
        for inner in _inside(value):
            found.setdefault(id(inner), Held(inner, inner.copy()))
    return found


def _inside(value: Any, depth: int = DEPTH) -> Iterator[Any]:
    """The containers that a value is or leads to."""
    if type(value).__module__ == "__main__":
        value = getattr(value, "__dict__", None)
    if not isinstance(value, list | dict | set) or len(value) > MOST_ENTRIES:
        return
    yield value
    if depth > 1:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _inside(inner, depth - 1)


def _contained(value: Any) -> set[int]:
    return {id(inner) for inner in _inside(value)}


def _restore(program: ProgramState, units: list[int], index: int) -> None:
    """Take out of lists and objects what the units had put in, and give the failed one's names their values again."""
    cuts = cuts_of(program)
    seen: set[int] = set()
    for unit in units:
        for key, held in cuts.before.get(unit, ({}, {}))[1].items():
            if key not in seen:
                seen.add(key)
                held.restore()
    names, _ = cuts.before.get(index, ({}, {}))
    program.namespace.update(names)
