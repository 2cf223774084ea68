"""What is changed in a program's syntax tree just before it is compiled, where no library can be served instead.

Three things, each left to a function that looks at the values when they are there:

- a condition about a GPU, where the program insists on one (`gpus` says why);
- arithmetic on a list of arrays of unlike shapes, which NumPy took for an array of objects before 1.24;
- `iterator.next()` and `loss.data[0]`, which old versions of torch had.

The program's own cells and the modules beside it go through this; libraries do not.
"""

import ast
import builtins
import importlib.machinery
import operator
from collections.abc import Callable, Iterator
from typing import Any

from .gpus import INSISTED
from .old_libraries import as_objects
from .state import ProgramState

KNOWN = "gpu names"
LISTS = "list names"
OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.Pow: "pow",
}
LEAVING = {"exit", "quit", "_exit", "kill"}
ABOUT = ("cuda", "gpu")
PLAIN = (
    ast.IfExp, ast.Attribute, ast.Name, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.JoinedStr,
    ast.FormattedValue, ast.expr_context, ast.cmpop, ast.boolop, ast.unaryop, ast.operator,
)  # fmt: skip
"""With calls of `PLAIN_CALLS`, what a device, a number of GPUs or whether there is one is written with."""

PLAIN_CALLS = {
    "device",
    "is_available",
    "device_count",
    "bool",
    "int",
    "str",
    "len",
    "get_device_name",
    "range",
    "list",
}
SAYING = {"print", "warn", "warning", "info"}
TRAINING = {"backward", "step", "fit", "train", "train_model", "main", "run"}


def install(program: ProgramState) -> None:
    """Let modules beside the program be adapted too."""
    lend(program)
    loader: Any = importlib.machinery.SourceFileLoader
    compiled = loader.source_to_code

    def source_to_code(self: Any, data: Any, path: Any, **named: Any) -> Any:
        if str(path).startswith(str(program.work)):
            data = adapted(program, ast.parse(data, path))
        return compiled(self, data, path, **named)

    loader.source_to_code = source_to_code


def adapted(program: ProgramState, tree: ast.Module) -> ast.Module:
    """The tree, changed in place."""
    lend(program)
    known, lists = program.scratch.setdefault(KNOWN, set()), program.scratch.setdefault(LISTS, set())
    for node in ast.walk(tree):
        for target, value in _assigned(node):
            if isinstance(value, ast.List | ast.ListComp) or _multiplied(value):
                lists.add(target)
            if _about_gpu(value, known) and _is_plain(value):
                known.add(target)
    _Adapting(known, lists, set(program.namespace), tree).visit(tree)
    return ast.fix_missing_locations(tree)


def lend(program: ProgramState) -> None:
    """Give every module what adapted text calls."""
    vars(builtins).update(
        __insisted__=_insisting(program),
        __arithmetic__=_arithmetic,
        __next_of__=lambda held: held.next() if hasattr(held, "next") else next(held),
        __data_of__=lambda data, index: data.item() if getattr(data, "ndim", 1) == index == 0 else data[index],
    )


class _Adapting(ast.NodeTransformer):
    def __init__(self, known: set[str], lists: set[str], bound: set[str], tree: ast.Module) -> None:
        self._known, self._lists, self._bound = known, lists, bound
        self._stored = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]

    # -- GPUs -------------------------------------------------------------------------------------------

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        self.generic_visit(node)
        if _about_gpu(node.test, self._known):
            node.test = _call("__insisted__", node.test, ast.Constant(True))
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if _about_gpu(node.test, self._known):
            leaves, other_leaves = _leaves(node.body), _leaves(node.orelse)
            if leaves and not other_leaves:
                node.test = _call("__insisted__", node.test, ast.Constant(False))
            elif (other_leaves and not leaves) or (_says_little(node.orelse) and self._does_the_work(node.body)):
                node.test = _call("__insisted__", node.test, ast.Constant(True))
        return node

    def _does_the_work(self, body: list[ast.stmt]) -> bool:
        """Whether what stands under the condition is needed later, or is the work itself."""
        inside = [n for statement in body for n in ast.walk(statement)]
        names = [n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        if any(self._stored.count(n) == names.count(n) and n not in self._bound for n in names):
            return True
        calls = {_called(n) for n in inside if isinstance(n, ast.Call)}
        return bool(calls & TRAINING) or any(isinstance(n, ast.FunctionDef | ast.ClassDef) for n in inside)

    # -- old libraries ----------------------------------------------------------------------------------

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        name = OPERATORS.get(type(node.op))
        if name is None or not (self._is_list(node.left) or self._is_list(node.right)):
            return node
        return ast.copy_location(_call("__arithmetic__", ast.Constant(name), node.left, node.right), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        name = OPERATORS.get(type(node.op))
        if name in (None, "add") or not isinstance(node.target, ast.Name | ast.Attribute):
            return node
        if not self._is_list(node.target) and not self._is_list(node.value):
            return node
        if isinstance(node.target, ast.Attribute) and not isinstance(node.target.value, ast.Name):
            return node  # what holds it would be looked up twice
        held = ast.parse(ast.unparse(node.target), mode="eval").body
        changed = _call("__arithmetic__", ast.Constant(f"i{name}"), held, node.value)
        return ast.copy_location(ast.Assign([node.target], changed), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "next" and not node.args and not node.keywords:
            return ast.copy_location(_call("__next_of__", node.func.value), node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Subscript(ast.Attribute(attr="data"), ast.Constant(value=0), ast.Load()):
                return ast.copy_location(_call("__data_of__", node.value, node.slice), node)
        return node

    def _is_list(self, node: ast.expr) -> bool:
        return _name(node) in self._lists


def _call(name: str, *args: ast.expr) -> ast.Call:
    call = ast.Call(ast.Name(name, ast.Load()), list(args), [])
    for node in (call, call.func):
        ast.copy_location(node, args[0] if hasattr(args[0], "lineno") else args[-1])
    return call


def _name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _called(call: ast.Call) -> str:
    return _name(call.func)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names and the expressions that they are given; of a function, what it returns."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((_name(target), value) for target in targets if _name(target))
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield _name(target), value
        case ast.FunctionDef(name=name):
            yield from ((name, n.value) for n in ast.walk(node) if isinstance(n, ast.Return) and n.value is not None)


def _multiplied(value: ast.expr) -> bool:
    return isinstance(value, ast.BinOp) and any(isinstance(side, ast.List) for side in (value.left, value.right))


def _about_gpu(value: ast.expr, known: set[str]) -> bool:
    for node in ast.walk(value):
        words = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else _name(node)
        if words in known or any(word in words.casefold() for word in ABOUT):
            return True
    return False


def _is_plain(value: ast.expr) -> bool:
    return all(
        isinstance(node, PLAIN) or (isinstance(node, ast.Call) and _called(node) in PLAIN_CALLS)
        for node in ast.walk(value)
    )


def _leaves(body: list[ast.stmt]) -> bool:
    """Whether a branch ends the program, or the function without a value."""
    match body[-1] if body else None:
        case (
            ast.Raise() | ast.Return(value=None | ast.Constant(value=None)) | ast.Assert(test=ast.Constant(value=False))
        ):
            return True
        case ast.Expr(value=ast.Call() as call):
            return _called(call) in LEAVING
    return False


def _says_little(body: list[ast.stmt]) -> bool:
    """Whether a branch is missing, or only says something."""

    def little(statement: ast.stmt) -> bool:
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return True
            case ast.Expr(value=ast.Call() as call):
                return _called(call) in SAYING
        return False

    return all(map(little, body))


def _insisting(program: ProgramState) -> Callable[[Any, bool], Any]:
    def insisted(condition: Any, wanted: bool) -> Any:
        if bool(condition) is not wanted:
            program.mended(INSISTED)
        return wanted

    return insisted


def _arithmetic(name: str, left: Any, right: Any) -> Any:
    """`left OP right`, where a list of arrays of unlike shapes is an array of objects if NumPy cannot do otherwise."""
    operation: Callable[[Any, Any], Any] = getattr(operator, name)
    try:
        return operation(left, right)
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
    return operation(as_objects(left), as_objects(right))
