"""Executing a program's units, one by one, in one namespace; saying what they defined and what went wrong."""

import __future__

import ast
import asyncio
import contextlib
import functools
import inspect
import linecache
import operator
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any, TypeVar

from ..wire.values import clean
from . import again, loops
from .adapting import adapted
from .state import ProgramState

MAX_DEFINED = 2000
MOST_SPARES = 50
SPARE_STEPS = 100
"""Turns of a long loop in what was left out and is run after all."""
FUTURES = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
MAX_TEXT = 2000
VERSIONS = "versions"
GUARDED = "guarded"
TEXTS = "texts"
GIVEN = "given"
BETWEEN = "between"
"""Where installers put pairs of functions, called with the program and a unit's text before and after it runs."""

T = TypeVar("T")
ELSEWHERE = (OSError, ImportError)
"""What a statement raises that needs a file, an address or a package which is only on the student's machine."""


def label(program: ProgramState, index: int) -> str:
    """What tracebacks call a unit: "cell 3"."""
    return program.units[index].label


def filename(program: ProgramState, index: int) -> str:
    """The name that a unit is compiled under."""
    return f"<{label(program, index)}>"


def execute(program: ProgramState, index: int) -> None:
    """Run one unit. Whatever it raises comes through."""
    unit = program.units[index]
    name = filename(program, index)
    source = "\n" * (unit.first_line - 1) + unit.source
    _show(program, name, source)
    tree = ast.parse(source, name)
    program.scratch.setdefault(GUARDED, {}).setdefault(name, set()).update(_guarded_lines(tree))
    tree = adapted(program, tree)
    program.unit = index
    before = dict(program.namespace)
    between = program.scratch.get(BETWEEN, ())
    _look(program, unit.source, [first for first, _ in between])
    try:
        with again.noted(program, index) if program.mode == "run" else contextlib.nullcontext():
            with_spares(program, lambda: _run(program, tree, name))
    except ELSEWHERE:
        if program.mode == "run":
            _run_the_rest(program, tree, name)
        raise
    except Exception as fault:
        if not again.again(program, index, lambda unit: _run_again(program, unit)):
            if again.behind(program, index):
                fault.add_note(again.NOTE)
            raise
    finally:
        loops.keep(program)
        _note_versions(program, index, before)
        _look(program, unit.source, [then for _, then in between])


def _run_again(program: ProgramState, index: int) -> None:
    """Run a unit once more; its lines are known."""
    unit, name = program.units[index], filename(program, index)
    tree = adapted(program, ast.parse("\n" * (unit.first_line - 1) + unit.source, name))
    with_spares(program, lambda: _run(program, tree, name))


def _look(program: ProgramState, source: str, hooks: list[Callable[[ProgramState, str], None]]) -> None:
    """What looks on may fail: the program runs as it would without."""
    for hook in hooks:
        with contextlib.suppress(Exception):
            hook(program, source)


def _show(program: ProgramState, name: str, source: str) -> None:
    """Let tracebacks and `inspect.getsource` find the lines of a unit, beside those of its cell's other units."""
    texts: dict[str, list[str]] = program.scratch.setdefault(TEXTS, {})
    lines, older = source.splitlines(keepends=True), texts.get(name, [])
    shared = [line if line.strip() else old for line, old in zip(lines, older, strict=False)]
    texts[name] = [*shared, *lines[len(older) :], *older[len(lines) :]]
    linecache.cache[name] = (sum(map(len, texts[name])), None, texts[name], name)


def _run(program: ProgramState, tree: ast.Module, name: str) -> None:
    flags = program.future | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(tree, name, "exec", flags=flags, dont_inherit=True)
    program.future |= code.co_flags & FUTURES
    if code.co_flags & inspect.CO_COROUTINE:
        # A cell that awaits, as IPython lets it.
        asyncio.run(eval(code, program.namespace))  # noqa: S307 - the box is for this
    else:
        exec(code, program.namespace)  # noqa: S102 - the box is for this


def with_spares(program: ProgramState, ask: Callable[[], T]) -> T:
    """What `ask` gives; where it stumbles over a name that was left out of the program, that is run, and it asks again.

    A definition may read what only a training gives, or a line whose cost was misjudged: slicing is ours, and so is
    the NameError that comes of it.
    """
    for _ in range(MOST_SPARES):
        try:
            return ask()
        except NameError as fault:
            if not _provided(program, fault):
                raise
    return ask()


def _provided(program: ProgramState, fault: NameError) -> bool:
    """Whether something that gives the missing name was run now."""
    if isinstance(fault, UnboundLocalError) or not isinstance(fault.name, str):
        return False
    waiting = [spare for spare in program.spares if fault.name in spare.gives and not spare.ran]
    for spare in waiting:
        spare.ran = True
    for spare in waiting:
        name = f"<{spare.unit.label}>"
        source = "\n" * (spare.unit.first_line - 1) + spare.unit.source
        where = f"{spare.unit.label}, line {spare.unit.first_line}"
        program.mended(f"{where}: run after all, since `{fault.name}` is needed")
        with contextlib.suppress(Exception), program.steps(program.step_limit or SPARE_STEPS):
            _show(program, name, source)
            tree = adapted(program, ast.parse(source, name))
            with_spares(program, lambda tree=tree, name=name: _run(program, tree, name))  # type: ignore[misc]
    return fault.name in program.namespace


def _run_the_rest(program: ProgramState, tree: ast.Module, name: str) -> None:
    """Go on after a statement that failed for want of what only the student's machine has.

    Later failures in the cell follow from the first, which is the one that is told.
    """
    rest = tree.body
    fault: BaseException | None = sys.exception()
    while fault is not None:
        line = _line(fault, name)
        passed = [i for i, statement in enumerate(rest) if _first_line(statement) <= line]
        if not passed:
            return
        rest = rest[passed[-1] + 1 :]
        if not rest:
            return
        program.mended(f"{name.strip('<>')} was run on after its line {line}, which failed here")
        fault = None
        try:
            _run(program, ast.Module(rest, []), name)
        except Exception as another:
            fault = another


def _line(fault: BaseException, name: str) -> int:
    """The line of a cell, outside functions, in which an exception passed; 0 where there is none."""
    frames = traceback.extract_tb(fault.__traceback__)
    return next((f.lineno or 0 for f in frames if f.filename == name and f.name == "<module>"), 0)


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])


def execute_text(program: ProgramState, source: str, name: str) -> None:
    """Run some source in the program's namespace: a `%run` file, a `%%time` cell."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    tree = adapted(program, ast.parse(source, name))
    exec(compile(tree, name, "exec", dont_inherit=True), program.namespace)  # noqa: S102 - the box is for this


def _guarded_lines(tree: ast.AST) -> set[int]:
    """Lines inside a `try` that has handlers: an import there may fail, the program is ready for it."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and node.handlers:
            for statement in node.body:
                lines.update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    return lines


def _note_versions(program: ProgramState, index: int, before: dict[str, Any]) -> None:
    """Keep every definition of a function or class: a later cell may define another under the same name."""
    versions: dict[str, dict[int, Any]] = program.scratch.setdefault(VERSIONS, {})
    for name, value in program.namespace.items():
        if before.get(name) is not value and isinstance(value, (types.FunctionType, type)):
            versions.setdefault(name, {})[index] = value


def defined(program: ProgramState) -> list[dict[str, Any]]:
    """What the program's own code put into its namespace: names, kinds, parameters, where."""
    versions = program.scratch.get(VERSIONS, {})
    given = program.scratch.get(GIVEN, {})
    found: list[dict[str, Any]] = []
    for name, value in list(program.namespace.items())[:MAX_DEFINED]:
        if not isinstance(name, str) or name.startswith("__") or given.get(name, found) is value:
            continue
        kind = _kind(value)
        parameters, required = signature(value)
        found.append(
            {
                "name": clean(name, 200),
                "kind": kind,
                "parameters": parameters,
                "required": required,
                "versions": sorted(versions.get(name, {})),
            }
        )
    return found


def _kind(value: object) -> str:
    if isinstance(value, types.FunctionType):
        return "function"
    if isinstance(value, type):
        return "class"
    if isinstance(value, types.ModuleType):
        return "module"
    return "callable" if callable(value) else "value"


def signature(value: Any) -> tuple[list[str], int]:
    """Names of the positional parameters (of a class: of its constructor), `*args` last; how many have no default."""
    if not isinstance(value, (types.FunctionType, types.MethodType, type)):
        return [], 0
    try:
        given = list(inspect.signature(value).parameters.values())
    except BaseException:  # a class may answer with anything
        return [], 0
    positional = [p for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    names = [clean(str(p.name), 100) for p in positional[:100]]
    names += [f"*{clean(str(p.name), 100)}" for p in given if p.kind is p.VAR_POSITIONAL]
    return names, sum(1 for p in positional if p.default is p.empty)


def describe(fault: BaseException) -> dict[str, Any]:
    """An exception as data: its class, its text, and the student's line where it came from."""
    try:
        text = str(fault)
    except BaseException:
        text = ""
    name = type(fault).__name__
    if again.NOTE in getattr(fault, "__notes__", ()):
        text = f"{text} ({again.NOTE})"
    if isinstance(fault, SystemExit):
        text = f"the program asked to exit ({text})" if text else "the program asked to exit"
    return {"exception": clean(str(name), 100), "text": clean(str(text), MAX_TEXT), "where": _where(fault)}


def _where(fault: BaseException) -> str:
    if isinstance(fault, SyntaxError) and fault.filename and str(fault.filename).startswith("<"):
        return clean(f"{str(fault.filename).strip('<>')}, line {fault.lineno}", 200)
    try:
        frames = traceback.extract_tb(fault.__traceback__)
    except BaseException:
        return ""
    for frame in reversed(frames):
        if frame.filename.startswith("<") and not frame.filename.startswith(("<frozen", "<string", "<__array")):
            return clean(f"{frame.filename.strip('<>')}, line {frame.lineno}", 200)
    return ""
