"""Names that a later cell uses for something else.

A notebook runs top to bottom: what `sigmoid` meant when the network was trained is what the task is about, whatever a
last cell calls `sigmoid`. So a statement that only gives a name another value, after everything that used the name, is
left out of a slice.
"""

import ast
from collections.abc import Iterable, Mapping

from grading.programs.statements import Outline, Statement


def rebound(drawn: Outline) -> frozenset[Statement]:
    """Statements that give a name a new meaning after its last use.

    A name of a function or class: statements that bind it to something that nobody calls afterwards. Any other name:
    statements that bind it anew after the last one that reads it, or calls a definition that does.
    """
    statements = drawn.statements
    needed = _closures(statements)
    defined = {s.defined: i for i, s in reversed(list(enumerate(statements))) if s.defined}
    last_use: dict[str, int] = {}
    last_call: dict[str, int] = {}
    last_handed_on: dict[str, int] = {}
    for i, statement in enumerate(statements):
        if statement.defined:
            continue
        read = statement.needs.now - _bound_before_read(statement)
        last_use |= dict.fromkeys(read | {need for each in read for need in needed.get(each, ())}, i)
        last_call |= dict.fromkeys(_called(statement), i)
        last_handed_on |= dict.fromkeys(_handed_on(statement), i)

    def late(name: str, at: int) -> bool:
        if name in defined:
            # A string or a number is no function, wherever it goes; of anything else it is not known.
            if _is_data(statements[at].node):
                return defined[name] < at and last_call.get(name, -1) <= at
            return defined[name] < at and last_handed_on.get(name, -1) < at
        return 0 <= last_use.get(name, -1) < at

    bound: set[str] = set()
    found: set[Statement] = set()
    for i, statement in enumerate(statements):
        binds = statement.needs.binds
        kept = statement.defined or statement.is_import or statement.guards
        plain = not kept and not isinstance(statement.node, ast.AugAssign)
        if plain and binds and binds <= bound and all(late(name, i) for name in binds):
            found.add(statement)
        bound |= binds
    return frozenset(found)


def _closures(statements: Iterable[Statement]) -> Mapping[str, set[str]]:
    """For each definition, the module-level names that it needs when it is called, through others as well."""
    closed: dict[str, set[str]] = {}
    for statement in statements:
        if statement.defined:
            closed.setdefault(statement.defined, set()).update(statement.needs.later | statement.needs.now)
    grown = True
    while grown:
        grown = False
        for needs in closed.values():
            more = {far for near in needs & closed.keys() for far in closed[near]} - needs
            needs.update(more)
            grown = grown or bool(more)
    return closed


def _bound_before_read(statement: Statement) -> frozenset[str]:
    """Names that a loop gives its own values before it reads them."""
    match statement.node:
        case ast.For(target=target):
            return frozenset(node.id for node in ast.walk(target) if isinstance(node, ast.Name))
        case _:
            return frozenset()


def _called(statement: Statement) -> set[str]:
    """Names that are called somewhere in a statement."""
    calls = (node.func for node in ast.walk(statement.node) if isinstance(node, ast.Call))
    return {func.id for func in calls if isinstance(func, ast.Name)} - _bound_before_read(statement)


def _handed_on(statement: Statement) -> set[str]:
    """Names that are called, or given on as they are: to a call, a display, another name."""
    names: set[str] = set()
    for node in ast.walk(statement.node):
        match node:
            case ast.Call():
                given = [node.func, *node.args, *(k.value for k in node.keywords)]
            case ast.Dict() | ast.List() | ast.Tuple() | ast.Return() | ast.Assign() | ast.IfExp():
                given = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
            case _:
                continue
        names |= {n.id for n in given if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return names - _bound_before_read(statement)


def _is_data(node: ast.stmt) -> bool:
    """Whether a statement gives its names something that is evidently no function."""
    match node:
        case ast.For():
            return True
        case ast.Assign(value=value) | ast.AnnAssign(value=value):
            return isinstance(
                value,
                ast.Constant | ast.JoinedStr | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.BinOp | ast.Compare
                | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp,
            )  # fmt: skip
        case _:
            return False
