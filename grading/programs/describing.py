"""What can be said about a program without running it: its names, its definitions, whether it is the starter's."""

import ast
import hashlib
from collections.abc import Iterator
from typing import Literal

from grading.programs.model import Cell, Definition, Source
from grading.programs.statements import Statement, outline
from grading.programs.syntax import parse

_NEW = frozenset({"__init__", "__new__"})


def identifiers(source: Source) -> frozenset[str]:
    """Every name, attribute and keyword that occurs in the code."""
    trees = (node for _, node in outline(source).tops)
    return frozenset(name for tree in trees for node in ast.walk(tree) for name in _identifiers(node))


def normalized(source: Source) -> str:
    """Digest of a source's code, the same for two that differ in layout, comments, outputs, or how cells are cut.

    An untouched starter has the starter's digest. Without any code, as in a report, the text counts.
    """
    digest = hashlib.sha256()
    if not source.code:
        for line in (line.strip() for cell in source.cells for line in cell.source.split("\n")):
            digest.update(line.encode(errors="replace") + b"\n" if line else b"")
    for cell in source.code:
        for line in _normal_lines(cell):
            digest.update(line.encode(errors="replace") + b"\n")
    return digest.hexdigest()


def told(source: Source) -> str:
    """Digest of what a notebook says beside its code: its text, and the outputs stored in it."""
    digest = hashlib.sha256()
    for cell in source.cells:
        if cell.kind != "code":
            lines = (line.strip() for line in cell.source.split("\n"))
            digest.update("\n".join(line for line in lines if line).encode(errors="replace") + b"\0")
        for output in cell.outputs:
            digest.update(output.text.encode(errors="replace") + b"\0" + (output.png or b""))
    return digest.hexdigest()


def definition(statement: Statement) -> Definition | None:
    """What a statement defines, or None."""
    match statement.node:
        case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
            return _definition(statement, "function", args)
        case ast.Assign(value=ast.Lambda(args=args)) | ast.AnnAssign(value=ast.Lambda(args=args)) if statement.defined:
            return _definition(statement, "lambda", args)
        case ast.ClassDef(body=body):
            makers = [m for m in body if isinstance(m, ast.FunctionDef) and m.name in _NEW]
            return _definition(statement, "class", makers[-1].args if makers else None)
        case _:
            return None


def _definition(
    statement: Statement, kind: Literal["function", "class", "lambda"], args: ast.arguments | None
) -> Definition:
    parameters: tuple[str, ...] = ()
    required, most = 0, None if kind == "class" else 0
    if args is not None:
        positional = [a.arg for a in (*args.posonlyargs, *args.args)]
        defaults = len(args.defaults)
        if kind == "class" and positional:
            positional = positional[1:]
            defaults = min(defaults, len(positional))
        required = len(positional) - defaults
        most = None if args.vararg else len(positional)
        parameters = (
            *positional,
            *([f"*{args.vararg.arg}"] if args.vararg else []),
            *(a.arg for a in args.kwonlyargs),
            *([f"**{args.kwarg.arg}"] if args.kwarg else []),
        )
    return Definition(statement.defined, kind, parameters, required, most)


def _normal_lines(cell: Cell) -> Iterator[str]:
    tree = None if cell.python is None else parse(cell.python).tree
    if tree is not None:
        yield from (_dumped(node) for node in tree.body)
        return
    for line in cell.source.split("\n"):
        bare = "".join(line.split())
        if bare and not bare.startswith("#"):
            yield bare


def _dumped(node: ast.AST) -> str:
    return ast.dump(node, annotate_fields=False)


def _identifiers(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=asname):
            yield from name.split(".")
            if asname:
                yield asname
        case _:
            pass
