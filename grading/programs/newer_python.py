"""Python newer than the box's: what Python 3.12 to 3.14 allow, written as Python 3.11 has it.

Students run what their machine has; that the grader's Python is older is no mistake of theirs. LibCST reads the newer
grammar and keeps every line where it was. Only text that the box's Python does not parse comes here:

* type parameters (`def f[T](x: T)`, `class A[T]`, PEP 695) go, and what they name becomes `object`;
* `type X = …` becomes a plain name: aliases matter to type checkers only;
* f-strings with the same quotes, backslashes or comments inside their braces (PEP 701) are joined from their pieces.
"""

import ast
import json
import os
import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import libcst as cst

from grading.programs.syntax import parse, quietly

LONGEST = 1 << 17
"""Characters of a cell."""
SECONDS = 2
_NEWER = re.compile(r"\b(?:def|class)\s+\w+\s*\[|^\s*type\s+\w+|\b[rR]?[fF][rR]?['\"]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Older:
    """A text that the box's Python parses.

    Attributes:
        text: with as many lines as before.
        said: what was rewritten, in words.
    """

    text: str
    said: tuple[str, ...]


def older(text: str) -> Older | None:
    """The same program for the box's Python, or None where the text is not newer Python either."""
    if len(text) > LONGEST or not _NEWER.search(text):
        return None
    found = _in_a_child(text)
    if found is None or parse(found.text).tree is None or found.text.count("\n") != text.count("\n"):
        return None
    return found


def _in_a_child(text: str) -> Older | None:
    """What `_rewritten` gives, in a forked process: LibCST's parser is compiled, and deep nesting ends its process."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            signal.alarm(SECONDS)
            answer = json.dumps(_rewritten(text)).encode()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(answer)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    try:
        written, said = json.loads(answer)
    except ValueError:
        return None
    return Older(written, tuple(said)) if said else None


def _rewritten(text: str) -> tuple[str, list[str]]:
    """The text, and what was changed in it; nothing where it is no newer Python."""
    rewrite = _Rewrite()
    try:
        return cst.parse_module(text).visit(rewrite).code, list(rewrite.said)
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError, ValueError, TypeError, AttributeError):
        return text, []


class _Rewrite(cst.CSTTransformer):
    """Takes out of a tree what Python 3.11 does not have."""

    def __init__(self) -> None:
        self.said: dict[str, None] = {}
        self._parameters: list[frozenset[str]] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802 - LibCST's name
        self._parameters.append(_names_of(node.type_parameters))

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:  # noqa: N802
        del original_node
        if self._parameters.pop():
            self.said["type parameters"] = None
        return updated_node.with_changes(type_parameters=None)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802
        self._parameters.append(_names_of(node.type_parameters))

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:  # noqa: N802
        del original_node
        names = self._parameters.pop()
        if not names:
            return updated_node
        self.said["type parameters"] = None
        variables = ", ".join(f'__import__("typing").TypeVar("{name}")' for name in sorted(names))
        generic = cst.Arg(cst.parse_expression(f'__import__("typing").Generic[{variables}]'))
        return updated_node.with_changes(
            type_parameters=None, bases=(*updated_node.bases, generic), lpar=cst.LeftParen(), rpar=cst.RightParen()
        )

    def visit_TypeAlias(self, node: cst.TypeAlias) -> bool:  # noqa: N802
        del node
        return False

    def leave_TypeAlias(self, original_node: cst.TypeAlias, updated_node: cst.TypeAlias) -> cst.Assign:  # noqa: N802
        self.said["`type` statements"] = None
        lines = cst.Module([]).code_for_node(original_node).count("\n")
        value = cst.parse_expression("(" + "\n" * lines + "object)")
        return cst.Assign([cst.AssignTarget(updated_node.name)], value)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:  # noqa: N802
        del original_node
        named = any(updated_node.value in names for names in self._parameters)
        return updated_node.with_changes(value="object") if named else updated_node

    def leave_FormattedString(  # noqa: N802
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.BaseExpression:
        del original_node
        if _reads(updated_node):
            return updated_node
        self.said["quotes inside f-strings"] = None
        joined = f'"".join(({"".join(f"{piece}, " for piece in _pieces(updated_node.parts, updated_node.prefix))}))'
        return cst.parse_expression(joined)

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> bool:  # noqa: N802
        del node
        return False  # a joined f-string is no literal any more, and would not fit in here: see below

    def leave_ConcatenatedString(  # noqa: N802
        self, original_node: cst.ConcatenatedString, updated_node: cst.ConcatenatedString
    ) -> cst.BaseExpression:
        del original_node
        left, right = (side.visit(self) for side in (updated_node.left, updated_node.right))
        if isinstance(left, cst.BaseString) and isinstance(right, cst.BaseString):
            return updated_node.with_changes(left=left, right=right)
        return cst.BinaryOperation(
            cast("cst.BaseExpression", left),
            cst.Add(whitespace_before=updated_node.whitespace_between),
            cast("cst.BaseExpression", right),
            lpar=[cst.LeftParen()],
            rpar=[cst.RightParen()],
        )


def _names_of(parameters: cst.TypeParameters | None) -> frozenset[str]:
    return frozenset(p.param.name.value for p in parameters.params) if parameters is not None else frozenset()


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _reads(string: cst.FormattedString) -> bool:
    try:
        with quietly():
            ast.parse(f"({_code(string)})")
    except (SyntaxError, ValueError):
        return False
    return True


def _pieces(parts: Sequence[cst.BaseFormattedStringContent], prefix: str) -> list[str]:
    """Each part as an expression that gives its text."""
    pieces: list[str] = []
    for part in parts:
        if isinstance(part, cst.FormattedStringText):
            text = part.value.replace("{{", "{").replace("}}", "}")
            pieces.append(repr(text if "r" in prefix.casefold() else _unescaped(text)))
        elif isinstance(part, cst.FormattedStringExpression):
            shown = f"({_code(part.expression)})"
            if part.equal is not None:
                pieces.append(repr(_code(part.expression) + _code(part.equal)))
            conversion = part.conversion or ("r" if part.equal is not None and part.format_spec is None else "")
            value = {"r": f"repr({shown})", "s": f"str({shown})", "a": f"ascii({shown})"}.get(conversion, shown)
            spec = "".join(f"{piece}, " for piece in _pieces(part.format_spec or (), prefix))
            pieces.append(f'format({value}, "".join(({spec})))')
    return pieces


def _unescaped(text: str) -> str:
    for quote in ('"""', "'''"):
        if quote not in text and not text.endswith(quote[0]):
            with quietly():
                value: object = ast.literal_eval(f"{quote}{text}{quote}")
            return str(value)
    raise ValueError("no quotes for this text")
