"""What a program's text says of torch's gradients: where it asks for them, and where it forgets them."""

import ast
from collections.abc import Collection, Iterator

from grading.programs import Source
from grading.programs.syntax import parse

ASKING = frozenset({"requires_grad", "requires_grad_", "Parameter", "Variable"})
OF_MODULES = frozenset({"parameters", "zero_grad", "named_parameters"})


def _trees(source: Source) -> Iterator[ast.Module]:
    for cell in source.code:
        tree = parse(cell.usable).tree if cell.usable is not None else None
        if tree is not None:
            yield tree


def tracking(source: Source) -> str:
    """Say "tracks" where the program asks torch to keep track of gradients, anywhere."""
    for tree in _trees(source):
        for node in ast.walk(tree):
            words = (getattr(node, "attr", ""), getattr(node, "id", ""), getattr(node, "arg", ""))
            if isinstance(node, ast.Attribute | ast.Name | ast.keyword) and not ASKING.isdisjoint(words):
                return "tracks"
    return "no tracking"


def zeroes_outside(source: Source | None, steps: Collection[str], *, modules: bool) -> bool:
    """Whether a loop of the program, and not its step, sets gradients to zero.

    Args:
        source: the program; None for a reference.
        steps: pieces of names of functions that take a step.
        modules: whether a module's gradients are meant, or those of tensors by themselves.
    """
    for tree in _trees(source) if source is not None else ():
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef) and any(s in statement.name.lower() for s in steps):
                continue
            nodes = list(ast.walk(statement))
            if any(getattr(n, "attr", "") in OF_MODULES for n in nodes) is modules and any(map(_zeroes, nodes)):
                return True
    return False


def _zeroes(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="zero_grad")):
            return "opt" not in ast.unparse(owner).lower()
        case ast.Call(func=ast.Attribute(value=owner, attr="zero_" | "fill_")):
            return "grad" in ast.unparse(owner)
        case ast.Assign(targets=[ast.Attribute(attr="grad")], value=ast.Constant(value=None)):
            return True
        case _:
            return False
