"""Parsing text that anybody may have written: a tree, or a fault in words, never an exception."""

import ast
import re
import symtable
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

# Deeper trees than any hand-written program: walking them recursively would exhaust the interpreter's stack.
DEPTH = 150
CELL_CHARACTERS = 1 << 20
MESSAGE_CHARACTERS = 200

# `warnings.catch_warnings` swaps process-wide state: two threads inside it at once would restore each other's filters.
_one_at_a_time = threading.Lock()

_BLANK_VALUE = re.compile(r"^\s*([\w.\[\]'\", ]{1,80}?)\s*=\s*(?:#.*)?$")
_PYTHON2 = (
    (re.compile(r"^\s*print\s+(?![=(,.)\]])\S", re.MULTILINE), "`print` is a statement"),
    (re.compile(r"^\s*print\s*>>", re.MULTILINE), "`print` is a statement"),
    (re.compile(r"^\s*except\s+[\w.]+\s*,\s*\w+\s*:", re.MULTILINE), "`except Error, name`"),
    (re.compile(r"^\s*raise\s+[\w.]+\s*,", re.MULTILINE), "`raise Error, text`"),
    (re.compile(r"^\s*exec\s+['\"\w]", re.MULTILINE), "`exec` is a statement"),
    (re.compile(r"\bur(['\"])"), "`ur''` strings"),
    (re.compile(r"\w\s*<>\s*\w"), "`<>`"),
)
_BARE_PRINT = re.compile(r"Missing parentheses in call to '(?:print|exec)'")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A syntax tree, or why there is none.

    Attributes:
        tree: None where the text does not parse.
        fault: "line 3: …" where it does not.
        line: the fault's line, counted from 1; 0 where there is none.
        statements: how many there are, nested ones included.
        incomplete: whether more text could still complete it (an open bracket, string or block).
    """

    tree: ast.Module | None
    fault: str | None = None
    line: int = 0
    statements: int = 0
    incomplete: bool = False


@contextmanager
def quietly() -> Iterator[None]:
    """Keep the warnings that student text provokes (invalid escapes, odd line ends) from reaching anybody."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@lru_cache(maxsize=64)
def parse(text: str) -> Parsed:
    """Parse a cell or a module without executing, warning or raising. The tree is shared: nobody changes it.

    Names of what Python 2 wrote differently, a right-hand side left blank and exhausted nesting are put in words.
    """
    if len(text) > CELL_CHARACTERS:
        return Parsed(None, f"has {len(text):,} characters; at most {CELL_CHARACTERS:,} are read")
    try:
        with quietly():
            tree = ast.parse(text)
    except SyntaxError as error:
        return _explained(text, error)
    except ValueError as error:
        return Parsed(None, f"is not text that Python reads: {str(error)[:MESSAGE_CHARACTERS]}")
    except (RecursionError, MemoryError):
        return Parsed(None, "is nested too deeply to be read")
    level: list[ast.AST] = [tree]
    statements = 0
    for _ in range(DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        statements += sum(isinstance(node, ast.stmt) for node in level)
    if level:
        return Parsed(None, f"is nested more than {DEPTH} levels deep")
    return Parsed(tree, statements=statements)


def scopes(text: str) -> symtable.SymbolTable | None:
    """The symbol table of text that parses, or None where its scopes contradict each other (`nonlocal` at the top)."""
    try:
        with quietly():
            return symtable.symtable(text, "<student>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def python2_signs(text: str) -> tuple[str, ...]:
    """Constructs that only Python 2 accepts, as far as they show in text that Python 3 does not parse."""
    return tuple(dict.fromkeys(sign for pattern, sign in _PYTHON2 if pattern.search(text)))


def executed_now(node: ast.AST) -> Iterator[ast.AST]:
    """Every node below `node` that runs when `node` does: bodies of functions and lambdas are left out."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        match current:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                pending += [*current.decorator_list, *current.args.defaults, *filter(None, current.args.kw_defaults)]
            case ast.Lambda():
                pending += [*current.args.defaults, *filter(None, current.args.kw_defaults)]
            case _:
                pending += ast.iter_child_nodes(current)


def dotted(node: ast.AST) -> str:
    """`np.linalg.norm` for that expression; "" for anything but names and attributes."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))


def base_name(node: ast.AST) -> str:
    """`w` for `w`, `w.data[0]` and `w[1].grad`; "" where no name stands at the root."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _explained(text: str, error: SyntaxError) -> Parsed:
    line = error.lineno or 0
    message = (error.msg or "invalid syntax")[:MESSAGE_CHARACTERS]
    lines = text.split("\n")
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    signs = python2_signs(written)
    if not signs and _BARE_PRINT.search(message):
        signs = ("`print` is a statement",)
    if not signs:
        signs = python2_signs(text) if "print" in written or "exec" in written else ()
    if signs:
        fault = f"line {line}: this is Python 2 ({', '.join(signs)}); rewrite it for Python 3"
    elif blank := _BLANK_VALUE.match(written):
        fault = f"line {line}: nothing stands to the right of `{blank.group(1).strip()} =`"
    else:
        fault = f"line {line}: {message}"
    return Parsed(None, fault, line, incomplete=_incomplete(message))


def _incomplete(message: str) -> bool:
    return any(
        sign in message
        for sign in (
            "was never closed",
            "unterminated triple-quoted",
            "unexpected EOF",
            "expected 'except'",
            "EOF while",
        )
    )
