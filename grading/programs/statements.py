"""Cells → statements, each with the names that it gives, changes and needs.

`if`, `try` and `with` at module level are opened up, since what matters stands inside them (`try: import …`,
`if __name__ == "__main__":`); loops are one statement. Scopes are Python's own: `symtable` says which names are global.
"""

import ast
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from grading.programs.cost import Costs, resolve
from grading.programs.editing import Text
from grading.programs.model import Cell, Source
from grading.programs.syntax import base_name, dotted, executed_now, parse, scopes

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Opened = ast.If | ast.Try | ast.TryStar | ast.With | ast.AsyncWith
_COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})

# Calls that change an argument rather than what they are called on.
_CHANGES_ARGUMENT = frozenset(
    {"shuffle", "fill_diagonal", "put", "copyto", "place", "putmask", "setattr", "delattr", "heapify"}
)
_ONLY_LOOKS = frozenset({"print", "display", "len", "help", "type", "repr", "dir", "assert_"})


@dataclass(frozen=True, slots=True)
class Needs:
    """The module-level names in a piece of text.

    Attributes:
        binds: given a value when it runs.
        now: read when it runs.
        later: read when a function that it defines is called.
    """

    binds: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Statement:
    """One statement at module level, or inside an opened `if`, `try` or `with`.

    Attributes:
        top: number of the top-level statement it belongs to, over all cells.
        guards: the opened statements around it, outermost first.
        changes: names whose objects it changes in place.
    """

    cell: Cell
    label: str
    top: int
    node: ast.stmt
    guards: tuple["Guard", ...]
    needs: Needs
    changes: frozenset[str]

    @property
    def is_import(self) -> bool:
        """Whether it is an `import` or a `from … import`."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def defined(self) -> str:
        """The name of the function, class or lambda that it defines, or ""."""
        match self.node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                return name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
                return name
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Lambda()):
                return name
            case _:
                return ""

    @property
    def where(self) -> str:
        """Where it stands, in words: "cell 3, line 4"."""
        return f"{self.label}, line {self.node.lineno}"


@dataclass(slots=True, eq=False)
class Guard:
    """The head of an opened statement: a condition, the exceptions caught, the contexts entered."""

    node: Opened
    needs: Needs


@dataclass(slots=True)
class Outline:
    """All statements of a source, in order.

    Attributes:
        texts: each cell's text by `Cell.index`.
        tops: the top-level statements, as (cell, node).
        modules: names that imports bind: what is changed through them is a setting, not an object.
        unread: statements whose scopes contradict each other, as "cell 3, line 4".
    """

    texts: dict[int, Text] = field(default_factory=dict)
    tops: list[tuple[Cell, ast.stmt]] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)


@lru_cache(maxsize=8)
def outline(source: Source) -> Outline:
    """Take the parsing cells of a source apart. The outline is remembered, and shared: nobody changes it."""
    drawn = Outline()
    for cell in source.code:
        usable = cell.usable
        tree = None if usable is None else parse(usable).tree
        if usable is None or tree is None:
            continue
        text = Text(usable)
        drawn.texts[cell.index] = text
        drawn.modules.update(dict(imported(tree)))
        for node in tree.body:
            top = len(drawn.tops)
            drawn.tops.append((cell, node))
            for leaf, guards in _leaves(node, text, ()):
                needs = needs_of(text.alone(leaf))
                if needs is None:
                    drawn.unread.append(f"{source.label(cell)}, line {leaf.lineno}")
                    continue
                drawn.statements.append(Statement(cell, source.label(cell), top, leaf, guards, needs, frozenset()))
    _note_changes(drawn)
    return drawn


def _note_changes(drawn: Outline) -> None:
    written = {s.defined: frozenset[str]() for s in drawn.statements if s.defined}
    for statement in drawn.statements:
        if isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef):
            written[statement.defined] |= _written_by(statement)
    for statement in drawn.statements:
        statement.changes = changed_by(statement.node, written) - drawn.modules


def _written_by(function: Statement) -> frozenset[str]:
    """Module-level names that a function rebinds (`global`), or whose objects it changes, when it is called."""
    declared = {name for node in ast.walk(function.node) if isinstance(node, ast.Global) for name in node.names}
    changed = _changes(ast.walk(function.node), {})
    return frozenset(declared) | (changed & function.needs.later)


def _leaves(node: ast.stmt, text: Text, guards: tuple[Guard, ...]) -> Iterator[tuple[ast.stmt, tuple[Guard, ...]]]:
    blocks = blocks_of(node)
    if not blocks or not isinstance(node, ast.If | ast.Try | ast.TryStar | ast.With | ast.AsyncWith):
        yield node, guards
        return
    inside = (*guards, Guard(node, _head_needs(node, text)))
    for block in blocks:
        for child in block:
            yield from _leaves(child, text, inside)


def blocks_of(node: ast.stmt) -> Sequence[Sequence[ast.stmt]]:
    """The blocks of a statement that is opened up; none for one that is taken as a whole.

    A `with` is opened only where it holds definitions or imports: else its body means nothing without its context.
    """
    match node:
        case ast.If(body=body, orelse=orelse):
            return [block for block in (body, orelse) if block]
        case ast.Try() | ast.TryStar():
            handlers = [handler.body for handler in node.handlers]
            return [block for block in (node.body, *handlers, node.orelse, node.finalbody) if block]
        case ast.With(body=body) | ast.AsyncWith(body=body):
            holds = any(isinstance(child, (*DEFINITIONS, ast.Import, ast.ImportFrom)) for child in body)
            return [body] if holds else []
        case _:
            return []


def _head_needs(node: Opened, text: Text) -> Needs:
    heads: list[ast.expr] = []
    binds: set[str] = set()
    match node:
        case ast.If(test=test):
            heads = [] if is_main_guard(test) else [test]
        case ast.Try() | ast.TryStar():
            heads = [handler.type for handler in node.handlers if handler.type is not None]
            binds = {handler.name for handler in node.handlers if handler.name}
        case ast.With(items=items) | ast.AsyncWith(items=items):
            heads = [item.context_expr for item in items]
            binds = {base_name(item.optional_vars) for item in items if item.optional_vars is not None}
    read: set[str] = set()
    later: set[str] = set()
    for head in heads:
        needs = needs_of(f"({text.of(head)})")
        if needs is not None:
            read |= needs.now
            later |= needs.later
            binds |= needs.binds
    return Needs(frozenset(binds), frozenset(read), frozenset(later))


def is_main_guard(test: ast.expr) -> bool:
    """Whether an expression is `__name__ == "__main__"`."""
    match test:
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return True
        case ast.Compare(left=ast.Constant(value="__main__"), ops=[ast.Eq()], comparators=[ast.Name(id="__name__")]):
            return True
        case _:
            return False


def needs_of(text: str) -> Needs | None:
    """The module-level names in `text`, or None where Python refuses its scopes."""
    table = scopes(text)
    if table is None:
        return None
    binds: set[str] = set()
    now: set[str] = set()
    later: set[str] = set()
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            binds.add(symbol.get_name())
        if symbol.is_referenced():
            now.add(symbol.get_name())
    pending = [(child, False) for child in table.get_children()]
    while pending:
        inner, deferred = pending.pop()
        deferred = deferred or (inner.get_type() == "function" and inner.get_name() not in _COMPREHENSIONS)
        for symbol in inner.get_symbols():
            used = symbol.is_global() and (symbol.is_referenced() or symbol.is_assigned())
            # `device = device` in a class body reads the module's name, though Python calls the name local there.
            shadowed = inner.get_type() == "class" and symbol.is_referenced() and symbol.is_assigned()
            if used or shadowed:
                (later if deferred else now).add(symbol.get_name())
        pending += [(child, deferred) for child in inner.get_children()]
    return Needs(frozenset(binds), frozenset(now), frozenset(later))


def changed_by(node: ast.stmt, written: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Names whose objects a statement changes in place when it runs: `w[0] = 1`, `w += 1`, `w.append(1)`, `fill(w)`.

    `written` says of the program's own functions which module-level names a call of them changes.
    """
    return frozenset() if isinstance(node, DEFINITIONS) else _changes(executed_now(node), written)


def _changes(nodes: Iterable[ast.AST], written: Mapping[str, frozenset[str]]) -> frozenset[str]:
    changed: set[str] = set()
    for inner in nodes:
        match inner:
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                changed.add(base_name(inner))
            case ast.AugAssign(target=target):
                changed.add(base_name(target))
            case ast.Expr(value=ast.Call() as call):
                changed |= _changed_by_call(call, written)
            case ast.Call(func=ast.Name(id=name)):
                changed |= written.get(name, frozenset())
            case _:
                pass
    return frozenset(changed - {""})


def _changed_by_call(call: ast.Call, functions: Container[str]) -> set[str]:
    name = dotted(call.func)
    last = name.rpartition(".")[2]
    if name in _ONLY_LOOKS:
        return set()
    changed = {base_name(call.func.value)} if isinstance(call.func, ast.Attribute) else set()
    if last in _CHANGES_ARGUMENT or last.endswith("_") or name in functions:
        given = {base_name(argument) for argument in (*call.args, *(k.value for k in call.keywords))}
        # A function that is handed on, as in `plot(sigmoid, W)`, comes back as it was.
        changed |= {argument for argument in given if argument not in functions}
    return changed


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name that an import inside `tree` binds, and what it stands for: `np`, `numpy`."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    root = alias.name.split(".")[0]
                    yield (alias.asname, alias.name) if alias.asname else (root, root)
            case ast.ImportFrom(module=module, names=names):
                for alias in names:
                    yield alias.asname or alias.name, f"{module}.{alias.name}" if module else alias.name
            case _:
                pass


def costs_of(drawn: Outline) -> Costs:
    """What the statements of an outline cost, by what its imports and functions are."""
    modules: dict[str, str] = {}
    bodies: defaultdict[str, list[ast.AST]] = defaultdict(list)
    for _, node in drawn.tops:
        modules.update(imported(node))
    for statement in drawn.statements:
        if statement.defined:
            bodies[statement.defined].append(statement.node)
    made = {
        name: resolve(dotted(func), modules)
        for statement in drawn.statements
        for name, func in _made_by(statement.node)
    }
    return Costs(modules, bodies, made)


def _made_by(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The name that a statement gives to the result of a call, and what is called."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
            yield name, func
        case _:
            pass
