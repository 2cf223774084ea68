"""Source → Facts: what can be said about a program without running it."""

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from grading.programs.cost import resolve
from grading.programs.model import Cell, Definition, Facts, Source
from grading.programs.statements import Statement, imported, outline
from grading.programs.syntax import dotted, parse, python2_signs

_FRAMEWORKS = ("torch", "tensorflow", "keras", "jax", "mxnet", "paddle", "chainer", "theano")
_PYTHON2_NAMES: Mapping[str, str] = MappingProxyType(
    {"xrange": "`xrange`", "raw_input": "`raw_input`", "unicode": "`unicode`", "basestring": "`basestring`"}
)
_PYTHON2_METHODS: Mapping[str, str] = MappingProxyType(
    {"iteritems": "`iteritems`", "itervalues": "`itervalues`", "iterkeys": "`iterkeys`", "has_key": "`has_key`"}
)
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]{0,80}")
_NEW = frozenset({"__init__", "__new__"})


def facts(source: Source) -> Facts:
    """Read off a source what it imports, calls and defines."""
    drawn = outline(source)
    modules: dict[str, str] = {}
    imports: set[str] = set()
    calls: set[str] = set()
    identifiers: set[str] = set()
    magics: set[str] = set()
    python2 = [sign for cell in source.code if cell.fault for sign in python2_signs(cell.source)]
    trees = [node for _, node in drawn.tops]
    for tree in trees:
        modules.update(imported(tree))
        imports |= set(_imported_modules(tree))
    for tree in trees:
        for node in ast.walk(tree):
            identifiers |= set(_identifiers(node))
            if isinstance(node, ast.Call):
                calls.add(resolve(dotted(node.func), modules))
                magics |= set(_magics(node))
    defined = tuple(d for statement in drawn.statements if (d := definition(statement)) is not None)
    names = {name for statement in drawn.statements for name in statement.needs.binds} - {"*"}
    own = {d.name for d in defined} | names
    python2 += [sign for name, sign in _PYTHON2_NAMES.items() if name in identifiers and name not in own]
    python2 += [sign for name, sign in _PYTHON2_METHODS.items() if name in identifiers]
    roots = {module.split(".")[0] for module in imports}
    code = source.code
    return Facts(
        imports=frozenset(imports),
        calls=frozenset(calls - {""}),
        definitions=defined,
        names=frozenset(names),
        identifiers=frozenset(identifiers),
        broken=tuple(broken for cell in code for broken in cell.broken),
        python2=tuple(dict.fromkeys(python2)),
        framework=next((name for name in _FRAMEWORKS if name in roots), ""),
        magics=tuple(sorted(magics)),
        errors=tuple(dict.fromkeys(_stored_errors(source))),
        executed=any(cell.execution_count is not None or cell.outputs for cell in code),
        digest=normalized(source),
    )


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


def definition_digests(source: Source) -> dict[str, str]:
    """Digest of the last version of every function, class and lambda, by name; compare with the starter's."""
    found = (definition(statement) for statement in outline(source).statements)
    return {d.name: d.digest for d in found if d is not None}


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
    node = statement.node
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
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
    digest = hashlib.sha256(_dumped(node).encode(errors="replace")).hexdigest()
    return Definition(statement.defined, kind, statement.cell.index, first, parameters, required, most, digest)


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


def _imported_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, level=level):
                yield "." * level + (module or "")
            case _:
                pass


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


def _magics(call: ast.Call) -> Iterator[str]:
    match call:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Call(func=ast.Name(id="get_ipython")), attr="run_line_magic" | "run_cell_magic"
            ),
            args=[ast.Constant(value=str(name)), *_],
        ):
            yield name
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr="system" | "getoutput")):
            yield "!"
        case _:
            pass


def _stored_errors(source: Source) -> Iterator[str]:
    for cell in source.cells:
        for output in cell.outputs:
            if output.kind == "error" and (match := _EXCEPTION.match(output.text)):
                yield match.group()
