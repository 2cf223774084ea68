"""Rewrites of a program: long loops and training loops cut, constants set from outside, what old libraries took.

Each one adds to an `Edits`; nothing is applied here. The names `__long_loop__`, `__few__`, `__entry__` and
`__entry_in__` are the guest's.
"""

import ast
import math
import re
from collections.abc import Iterator, Mapping

from grading.domain.report import Json
from grading.programs.cost import called_names, trains
from grading.programs.editing import Edits, Text

# A literal this many times the limit of a long loop is taken for its bound.
LONG_FACTOR = 5
_SHOWN = 40
_DOTTED_FROM = re.compile(r"\bfrom[\s\\]*\.")
_RELATIVE = re.compile(r"from(\s+)\.[.\s]*(?:(\w[\w.]*)(\s+)import\b|import\b\s*)")


def shorten_long_loops(tree: ast.AST, text: Text, edits: Edits, long_loop: int) -> None:
    """Wrap integer literals of at least `LONG_FACTOR * long_loop` that bound a loop in `__long_loop__( )`.

    Bounds are what a `for` goes over, what a `while` tests, what an `if` tests that breaks out, and what is given
    inside a function to a name that stands in one of these. A range is left alone: the guest cuts it by itself. Any
    other number of that size is somebody's constant and stays as it is. Numbers outside functions and loops stay too:
    they are read before anything is cut.
    """
    least = LONG_FACTOR * long_loop
    if not any(isinstance(n, ast.Constant) and isinstance(n.value, int) and n.value >= least for n in ast.walk(tree)):
        return
    bounds = list(_bounds(tree))
    names = {name for bound in bounds for name in _named(bound)}
    inside = [
        value
        for scope in ast.walk(tree)
        if isinstance(scope, _SCOPES)
        for node in ast.walk(scope)
        for name, value in _given(node)
        if name in names
    ]
    marked: set[int] = set()
    pending: list[ast.AST] = [*bounds, *inside]
    while pending:
        node = pending.pop()
        match node:
            case ast.JoinedStr() | ast.pattern():
                # Positions inside f-strings are wrong before Python 3.12, and a pattern takes no call.
                continue
            case ast.Call(func=ast.Name(id="range" | "xrange")):
                # The guest's `range` is cut as a whole: `range(1, 50000)` with a shorter end would be empty.
                continue
            case ast.Constant(value=int() as value) if value >= least and value is not True:
                if id(node) not in marked:
                    edits.wrap(text.span(node), "__long_loop__(", ")")
                marked.add(id(node))
            case _:
                pending += ast.iter_child_nodes(node)


_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.For | ast.AsyncFor | ast.While


def _bounds(tree: ast.AST) -> Iterator[ast.expr]:
    """The expressions that decide how often something is repeated."""
    for node in ast.walk(tree):
        match node:
            case ast.For(iter=bound) | ast.AsyncFor(iter=bound) | ast.comprehension(iter=bound):
                yield bound
            case ast.While(test=bound):
                yield bound
                for inner in ast.walk(node):
                    yield from _leaving(inner)
                continue
            case _:
                continue
        if isinstance(node, ast.For | ast.AsyncFor):
            for inner in ast.walk(node):
                yield from _leaving(inner)


def _leaving(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.If) and any(isinstance(s, ast.Break | ast.Return) for s in (*node.body, *node.orelse)):
        yield node.test


def _named(bound: ast.expr) -> Iterator[str]:
    pending: list[ast.AST] = [bound]
    while pending:
        match pending.pop():
            case ast.Call(func=ast.Name(id="range" | "xrange")):
                continue
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case node:
                pending += ast.iter_child_nodes(node)


def cap_training_loops(tree: ast.AST, text: Text, edits: Edits, training: frozenset[str]) -> list[int]:
    """Wrap the iterable of every loop that trains in `__few__( )`.

    `training` names the program's own functions and methods that train when called. Returns the loops' lines.
    """
    lines: list[int] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and (trains(node) or called_names(node) & training):
            # A second pair of parentheses: `for x in 1, 2` is one iterable, not two arguments.
            edits.wrap(text.span(node.iter), "__few__((", "))")
            lines.append(node.lineno)
    return sorted(lines)


_NUMBERS = {"int", "float"}
# No arrays, or no expression that could stand between parentheses with a name before them.
_AS_THEY_ARE = (
    ast.Constant, ast.JoinedStr, ast.Dict, ast.Starred, ast.GeneratorExp, ast.Yield, ast.YieldFrom
)  # fmt: skip


def take_entries(tree: ast.AST, text: Text, edits: Edits) -> None:
    """Wrap what `int()`, `float()`, the functions of `math` and `"…" %` are given in `__entry__( )`.

    Before 2.4 NumPy took an array with one entry for a number there, and where one is put into a place of another array
    (`losses[i] = loss`), which becomes `__entry_in__( )`. The guest hands everything else through.
    """
    if not any(word in text.text for word in ("int(", "float(", "math.", "%", "] =", "]=")):
        return
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.JoinedStr):
            continue  # positions inside are wrong before Python 3.12
        pending += ast.iter_child_nodes(node)
        for value in _numbers_in(node):
            if not isinstance(value, _AS_THEY_ARE):
                edits.wrap(text.span(value), "__entry__(", ")")
        match node:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=into), slice=index)], value=value) if _is_plain(
                index
            ) and not isinstance(value, (*_AS_THEY_ARE, ast.Tuple)):
                edits.wrap(text.span(value), "__entry_in__(", f", {into}, ({text.of(index)},))")
            case _:
                pass


def _is_plain(index: ast.expr) -> bool:
    """Whether an index may be read twice: names and numbers, one or several."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return all(isinstance(p, ast.Name) or (isinstance(p, ast.Constant) and type(p.value) is int) for p in parts)


def _numbers_in(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[value], keywords=[]) if name in _NUMBERS:
            return [value]
        case ast.Call(func=ast.Attribute(value=ast.Name(id="math")), args=values):
            return values
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str()), right=value):
            return [value]
        case _:
            return []


def override(tree: ast.AST, text: Text, edits: Edits, overrides: Mapping[str, Json]) -> list[tuple[int, str]]:
    """Put other values in place of those that the program gives to the names in `overrides`.

    Assignments (also to attributes), parameter defaults, keyword arguments and string keys of dict displays count.

    Returns:
        Line and words for each.
    """
    said: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        for name, value in _given(node):
            if name not in overrides:
                continue
            new, old = literal(overrides[name]), text.of(value)
            if old == new:
                continue
            edits.replace(text.span(value), new)
            if old == name:
                continue
            shown = " ".join(old.split())
            shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
            said.append((value.lineno, f"`{name}` is {new} here instead of `{shown}`"))
    return sorted(said)


def literal(value: Json) -> str:
    """Python source for a JSON value."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    return repr(value)


def make_imports_absolute(tree: ast.AST, text: Text, edits: Edits) -> list[int]:
    """Turn `from .utils import f` into `from utils import f`: a file submitted alone is in no package.

    Returns:
        The imports' lines.
    """
    lines: list[int] = []
    if not _DOTTED_FROM.search(text.text):
        return lines
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        start, end = text.span(node)
        if (match := _RELATIVE.match(text.text, start, end)) and "\n" not in match.group():
            module = match.group(2)
            new = f"from{match.group(1)}{module}{match.group(3)}import" if module else "import "
            if module is None and text.text[match.end() : end].startswith("("):
                continue
            edits.replace((start, match.end()), new)
            lines.append(node.lineno)
    return lines


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names and the expressions that a node gives them."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _paired(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield from _paired(target, value)
        case ast.arguments():
            yield from _defaults(node)
        case ast.keyword(arg=str(name), value=value):
            yield name, value
        case ast.Dict(keys=keys, values=values):
            for key, held in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, held
        case _:
            return


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    for argument, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        yield argument.arg, default
    for argument, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if keyword_default is not None:
            yield argument.arg, keyword_default


def _paired(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case ((ast.Name(id=name) | ast.Attribute(attr=name)), _):
            yield name, value
        case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), (ast.Tuple(elts=values) | ast.List(elts=values))):
            if len(targets) == len(values) and not any(isinstance(e, ast.Starred) for e in (*targets, *values)):
                for each, given in zip(targets, values, strict=True):
                    yield from _paired(each, given)
        case _:
            return
